import { setTimeout as sleep } from "node:timers/promises";
import { type EnvoyProcess, startEnvoy } from "../envoy/process.js";
import { UserError } from "../errors.js";
import { freePorts } from "../ports.js";
import { benchBootstrap } from "./bootstrap.js";
import { Load } from "./load.js";
import { cpuMicroseconds, residentBytes, untilIdle } from "./process-cost.js";
import type { Variant } from "./variants.js";

/** The least time in which Envoy's V8 has optimised a module's callbacks and all connections are open. */
const WARM_UP_MS = 1_000;
/** On a busy machine the load may not get to run in a slice. */
const MAX_ATTEMPTS = 100;
const PROOF_TIMEOUT_MS = 5_000;
const PROOF_INTERVAL_MS = 250;

export interface Place {
  envoy: { path: string };
  /** Numbers of the processors for Envoy and for the load. */
  processors: [envoy: number, load: number];
  signal: AbortSignal;
}

/** One variant's Envoy of one worker, and the load for it; idle except in `slice`. */
export class RunningVariant {
  private constructor(
    readonly variant: Variant,
    private readonly envoy: EnvoyProcess,
    private readonly port: number,
    private readonly load: Load,
  ) {}

  /** Starts and warms up. Fails with a `UserError` when the variant does not do its job. */
  static async start(variant: Variant, { envoy, processors, signal }: Place): Promise<RunningVariant> {
    const [port = 0] = await freePorts(1);
    const started = await startEnvoy({
      envoy,
      config: benchBootstrap(variant.filters, port),
      logLevel: "error",
      concurrency: 1,
      prefix: ["taskset", "-c", String(processors[0])],
      signal,
    });
    const running = new RunningVariant(variant, started, port, new Load(port, processors[1]));
    try {
      await sleep(WARM_UP_MS, undefined, { signal });
      running.load.pause();
      await running.prove();
      return running;
    } catch (error) {
      await running.stop();
      throw signal.aborted ? signal.reason : error;
    }
  }

  async stop(): Promise<void> {
    this.load.end();
    await this.envoy.stop();
  }

  residentBytes(): Promise<number> {
    return residentBytes(this.envoy.pid);
  }

  /**
   * Loads Envoy for a moment. @returns its CPU microseconds per request.
   * Fails when a request was not answered 2xx, or none at all in many attempts.
   */
  async slice(milliseconds: number): Promise<number> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const requests = await this.answered();
      const used = await this.cpuWhenIdle();
      this.load.resume();
      await sleep(milliseconds);
      this.load.pause();
      const nowUsed = await this.cpuWhenIdle();
      const answered = (await this.answered()) - requests;
      if (answered > 0) return (nowUsed - used) / answered;
    }
    throw new UserError(
      `${this.variant.name}: no request was answered in ${MAX_ATTEMPTS * milliseconds} ms of load`,
      3,
    );
  }

  private async cpuWhenIdle(): Promise<number> {
    await untilIdle(this.envoy.pid);
    return await cpuMicroseconds(this.envoy.pid);
  }

  /** Requests answered so far, all of them with 2xx. */
  private async answered(): Promise<number> {
    const stats = await this.envoy.admin("/stats?filter=http.bench.downstream_rq_");
    const count = (name: string): number => Number(new RegExp(`^http.bench.${name}: (\\d+)$`, "m").exec(stats)?.[1]);
    const refused = count("downstream_rq_4xx") + count("downstream_rq_5xx");
    if (refused > 0) throw new UserError(`${this.variant.name}: ${refused} requests were answered with an error`, 3);
    return count("downstream_rq_2xx");
  }

  /** A filter that does nothing would be the fastest of all: makes sure that this one did its job while it warmed up. */
  private async prove(): Promise<void> {
    const { name, proof } = this.variant;
    if (!proof) return;
    if ("header" in proof) {
      const [header, value] = proof.header;
      const response = await fetch(`http://127.0.0.1:${this.port}/api/items`);
      await response.text();
      if (response.headers.get(header) === value) return;
      throw new UserError(`${name}: the response has no header "${header}: ${value}"`, 3);
    }
    for (const deadline = Date.now() + PROOF_TIMEOUT_MS; Date.now() < deadline; await sleep(PROOF_INTERVAL_MS)) {
      if (proof.counters.test(await this.envoy.admin("/stats"))) return;
    }
    throw new UserError(`${name}: none of its counters counted a request (${proof.counters.source})`, 3);
  }
}
