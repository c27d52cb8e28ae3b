import { quantile } from "../../bench/statistics.js";
import type { Ending } from "../limiter.js";
import type { Random } from "../random.js";
import { InFlightLimiter } from "./in-flight-limiter.js";

const UPDATE_MS = 100;
const PROBE_INTERVAL_MS = 60_000;
const PROBE_JITTER = 0.15;
const PROBE_SAMPLES = 50;
const LEAST = 3;
const MOST = 1000;
const BUFFER = 0.25;
const LEAST_GRADIENT = 0.5;
const MOST_GRADIENT = 2;
/** Windows in a row with the limit at its least, after which the least latency is measured again. */
const WINDOWS_AT_LEAST = 5;

/**
 * Envoy's adaptive_concurrency with its defaults, and the interval of its documentation's example. The latency without
 * load is measured by letting only 3 requests in flight until 50 have been answered. With `live` (min_concurrency_limit
 * set) the limit stays as it is meanwhile, so that what is measured is the latency under load.
 */
export class EnvoyGradient extends InFlightLimiter {
  #limit = LEAST;
  #limitBeforeProbe = LEAST;
  #probing = true;
  #probeSinceMs = 0;
  #nextProbeMs = Infinity;
  #nextUpdateMs = UPDATE_MS;
  #leastLatencyMs = 0;
  #windowsAtLeast = 0;
  #samplesMs: number[] = [];

  constructor(
    private readonly random: Random,
    private readonly live = false,
  ) {
    super();
  }

  protected override current(nowMs: number): number {
    while (!this.#probing && Math.min(this.#nextUpdateMs, this.#nextProbeMs) <= nowMs) {
      if (this.#nextProbeMs <= this.#nextUpdateMs) this.#beginProbe(this.#nextProbeMs);
      else this.#update();
    }
    return this.#limit;
  }

  protected override sample(nowMs: number, latencyMs: number, _inflight: number, ending: Ending): void {
    this.current(nowMs);
    if (ending === "gone" || nowMs - latencyMs < this.#probeSinceMs) return;
    this.#samplesMs.push(latencyMs);
    if (this.#probing && this.#samplesMs.length >= PROBE_SAMPLES) this.#endProbe(nowMs);
  }

  #beginProbe(nowMs: number): void {
    this.#probing = true;
    this.#limitBeforeProbe = this.#limit;
    if (!this.live) this.#setLimit(LEAST);
    this.#samplesMs = [];
    this.#probeSinceMs = nowMs;
  }

  #endProbe(nowMs: number): void {
    this.#leastLatencyMs = this.#takeMedian();
    this.#setLimit(this.#limitBeforeProbe);
    this.#probing = false;
    this.#nextProbeMs = nowMs + PROBE_INTERVAL_MS * (1 + this.random.next() * PROBE_JITTER);
    this.#nextUpdateMs = nowMs + UPDATE_MS;
  }

  #update(): void {
    const nowMs = this.#nextUpdateMs;
    this.#nextUpdateMs += UPDATE_MS;
    if (this.#samplesMs.length === 0) return;
    const ratio = (this.#leastLatencyMs * (1 + BUFFER)) / this.#takeMedian();
    const limit = this.#limit * Math.max(LEAST_GRADIENT, Math.min(MOST_GRADIENT, ratio));
    this.#setLimit(Math.max(LEAST, Math.min(MOST, Math.floor(limit + Math.sqrt(limit)))));
    if (this.#windowsAtLeast >= WINDOWS_AT_LEAST) this.#nextProbeMs = nowMs;
  }

  #setLimit(limit: number): void {
    const stays = !this.#probing && this.#limit === LEAST && limit === LEAST;
    this.#windowsAtLeast = stays ? this.#windowsAtLeast + 1 : 0;
    this.#limit = limit;
  }

  #takeMedian(): number {
    const median = quantile(this.#samplesMs, 0.5);
    this.#samplesMs = [];
    return median;
  }
}
