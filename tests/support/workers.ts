import { type HeaderList, type PluginModule, Proxy } from "../../tools/host/index.js";
import { type RateLimitConfig, Rig } from "./ratelimit.js";

/** What a quota promises of the requests that it admits. */
export interface Promised {
  ratePerSec: number;
  burst: number;
  workers: number;
  lease: number;
}

/** A process with several workers, each with a VM of its own, that share what Envoy's workers share. */
export class Workers {
  requests = 0;
  /** Reads and writes of shared data. */
  sharedCalls = 0;
  /** Times of all admissions in seconds since the start. */
  times: number[] = [];
  /** By worker. */
  readonly admissions: number[];
  #beganNs: bigint;

  private constructor(
    readonly proxy: Proxy,
    readonly rigs: Rig[],
  ) {
    this.admissions = rigs.map(() => 0);
    this.#beganNs = proxy.clock.monotonicNs();
  }

  /** Configures the VM of the main thread, which serves nothing, and then those of `count` workers, as Envoy does. */
  static async start(
    module: PluginModule,
    count: number,
    config: RateLimitConfig,
    proxy = new Proxy(),
  ): Promise<Workers> {
    const main = await Rig.start(module, config, proxy);
    const rigs: Rig[] = [];
    for (let i = 0; i < count; i++) rigs.push(await Rig.start(module, config, proxy));
    main.plugin.done();
    return new Workers(proxy, rigs);
  }

  get admitted(): number {
    return this.times.length;
  }

  /** Seconds since `begin`. */
  get elapsed(): number {
    return Number(this.proxy.clock.monotonicNs() - this.#beganNs) / 1e9;
  }

  /** Begins to count anew, as of another key. */
  begin(): void {
    this.#beganNs = this.proxy.clock.monotonicNs();
    this.requests = 0;
    this.sharedCalls = 0;
    this.times = [];
    this.admissions.fill(0);
  }

  /** Sends a request to a worker. @returns whether it was admitted. */
  send(worker: number, headers: HeaderList): boolean {
    const { admitted, counts } = this.rigs[worker]!.send(headers);
    const { proxy_get_shared_data: reads = 0, proxy_set_shared_data: writes = 0 } = counts.hostCalls;
    this.requests++;
    this.sharedCalls += reads + writes;
    if (!admitted) return false;
    this.times.push(this.elapsed);
    this.admissions[worker]!++;
    return true;
  }

  /** How many of `count` requests a worker admits now. */
  burst(worker: number, count: number, headers: HeaderList): number {
    let admitted = 0;
    for (let i = 0; i < count; i++) if (this.send(worker, headers)) admitted++;
    return admitted;
  }
}

/** What rounding of times to ns may add to a number of requests. */
const EPSILON = 1e-3;

/** Admissions beyond burst + rate * d in the worst of all windows of time; in the order of `times`. */
export function windowExcess(times: readonly number[], { ratePerSec, burst }: Promised): number {
  let least = Infinity;
  let worst = -Infinity;
  times.forEach((time, before) => {
    const level = before - ratePerSec * time;
    least = Math.min(least, level);
    worst = Math.max(worst, level + 1 - least);
  });
  return Math.ceil(worst - burst - EPSILON);
}

/** Admissions beyond burst + rate * t since the start. */
export function lifeExcess(times: readonly number[], { ratePerSec, burst }: Promised): number {
  const over = times.map((time, before) => before + 1 - ratePerSec * time);
  return Math.ceil(Math.max(-Infinity, ...over) - burst - EPSILON);
}

/** What a window may have beyond burst + rate * d. */
export function allowance({ workers, lease }: Promised): number {
  return (workers - 1) * (lease - 1);
}
