import assert from "node:assert/strict";
import { type Plugin, type PluginModule, Proxy, type Stream, type Vm } from "../../tools/host/index.js";

const SALT = "2026-11-limits";
/** Faster than the defaults, so that seconds are few. */
const REVERT = { baseline: "10s", max_baseline: "1m", watch: "2m", min_requests: 20 };

/** What a rollout has beside the configurations. */
export interface RolloutOptions {
  percent?: number;
  salt?: string;
  revert?: object;
}

/** A configuration with a rollout, as the plugins' schema describes it. */
export function rolloutOf(fresh: object, stable: object, { percent = 100, salt = SALT, revert }: RolloutOptions = {}) {
  return { ...fresh, rollout: { percent, salt, stable, revert: { ...REVERT, ...revert } } };
}

/** The states that the gauge shows. */
export const State = { stable: 0, baseline: 1, new: 2, reverted: 3 } as const;

/** One proxy with a rollout: several VMs, of which each serves streams. */
export class RolloutRig {
  readonly plugins: Plugin[] = [];
  readonly vms: Vm[] = [];

  private constructor(
    readonly name: string,
    readonly proxy: Proxy,
    private readonly module: PluginModule,
  ) {}

  static async start(
    module: PluginModule,
    name: string,
    config: object,
    { workers = 1, proxy = new Proxy({ nodeId: "node-1" }) }: { workers?: number; proxy?: Proxy } = {},
  ): Promise<RolloutRig> {
    const rig = new RolloutRig(name, proxy, module);
    for (let i = 0; i < workers; i++) rig.vms.push(await proxy.createVm(rig.module));
    rig.configure(config);
    return rig;
  }

  /** Every VM gets the configuration, as when Envoy gets it; the plugins before go on until they are `done`. */
  configure(config: object): Plugin[] {
    const options = { name: this.name, rootId: this.name, configuration: JSON.stringify(config) };
    const before = this.plugins.splice(0, this.plugins.length, ...this.vms.map((vm) => vm.startPlugin(options)));
    for (const { ok, failure } of this.plugins) assert.ok(ok, `${failure}: ${this.logs().join("\n")}`);
    return before;
  }

  /** A stream of worker `worker` whose request is at hand. */
  open(worker = 0): Stream {
    const stream = this.plugins[worker]!.openStream();
    stream.requestHeaders([[":authority", "shop.example"], [":path", "/"], [":method", "GET"]], true); // prettier-ignore
    return stream;
  }

  /** A request; @returns the status of its answer. @param upstream what the upstream answers if it is asked. */
  send(worker = 0, upstream = "200"): string {
    const stream = this.open(worker);
    if (!stream.localResponse) stream.responseHeaders([[":status", upstream]], false);
    stream.close();
    return new Map(stream.response.headers).get(":status")!;
  }

  /** So many seconds with so many requests each, to all workers in turn. @returns how many got each status. */
  run(seconds: number, perSecond: number, upstream: (index: number) => string = () => "200"): Record<string, number> {
    const answers: Record<string, number> = {};
    for (let second = 0; second < seconds; second++) {
      for (let i = 0; i < perSecond; i++) {
        const status = this.send(i % this.plugins.length, upstream(second * perSecond + i));
        answers[status] = (answers[status] ?? 0) + 1;
      }
      this.proxy.clock.advanceMs(1000);
    }
    this.assertAlive();
    return answers;
  }

  state(salt = SALT): number | undefined {
    return this.proxy.metrics.value(`rollout=.=${salt};.;tidegate_${this.name}_rollout_state`);
  }

  reverts(salt = SALT): number | undefined {
    return this.proxy.metrics.value(`rollout=.=${salt};.;tidegate_${this.name}_rollout_reverts_total`);
  }

  /** Lines of the log about the rollout. */
  logs(text = "rollout"): string[] {
    return this.proxy.logs.map(({ message }) => message).filter((line) => line.includes(text));
  }

  assertAlive(): void {
    for (const { trapped } of this.vms) if (trapped) throw trapped;
  }
}
