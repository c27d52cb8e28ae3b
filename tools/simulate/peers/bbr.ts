import type { Limiter, SimRequest } from "../limiter.js";

const BUCKET_MS = 100;
const BUCKETS = 100;
const CPU_PERIOD_MS = 500;
const CPU_DECAY = 0.95;
const CPU_THRESHOLD = 0.8;
const HOLD_MS = 1000;

interface Bucket {
  index: number;
  passed: number;
  latencyMs: number;
}

/**
 * BBR as in kratos (aegis, its defaults): while the processor load, smoothed over ten seconds, is above 80 %, and for a
 * second after a drop, no more requests in flight than greatest throughput * least latency of the last ten seconds. It
 * runs inside the server, so the load that it reads is the upstream's.
 */
export class Bbr implements Limiter {
  #inflight = 0;
  #cpu = 0;
  #nextCpuMs = CPU_PERIOD_MS;
  #droppedMs = -Infinity;
  #buckets: Bucket[] = [];
  #most = 0;
  #mostOf = -1;

  constructor(private readonly utilization: () => number) {}

  admit(nowMs: number): boolean {
    this.#readCpu(nowMs);
    const hot = this.#cpu >= CPU_THRESHOLD;
    const drop =
      (hot || nowMs - this.#droppedMs <= HOLD_MS) && this.#inflight > 1 && this.#inflight > this.limit(nowMs);
    if (drop && hot && this.#droppedMs === -Infinity) this.#droppedMs = nowMs;
    if (!hot && nowMs - this.#droppedMs > HOLD_MS) this.#droppedMs = -Infinity;
    if (!drop) this.#inflight++;
    return !drop;
  }

  limit(nowMs: number): number {
    const index = Math.floor(nowMs / BUCKET_MS);
    if (this.#mostOf !== index) {
      this.#mostOf = index;
      this.#most = this.#greatest(index);
    }
    return this.#most;
  }

  done(): void {
    // Inside the upstream a request is in flight until it is served, whoever has left.
  }

  served(nowMs: number, { admittedMs }: SimRequest): void {
    this.#inflight--;
    const index = Math.floor(nowMs / BUCKET_MS);
    let bucket = this.#buckets.at(-1);
    if (bucket?.index !== index) this.#buckets.push((bucket = { index, passed: 0, latencyMs: 0 }));
    bucket.passed++;
    bucket.latencyMs += nowMs - admittedMs;
  }

  /** From whole buckets only. */
  #greatest(index: number): number {
    this.#buckets = this.#buckets.filter((bucket) => bucket.index > index - BUCKETS);
    const whole = this.#buckets.filter((bucket) => bucket.index < index);
    if (whole.length === 0) return Infinity;
    const passed = Math.max(1, ...whole.map((bucket) => bucket.passed));
    const leastMs = Math.max(1, Math.ceil(Math.min(...whole.map((bucket) => bucket.latencyMs / bucket.passed))));
    return Math.floor((passed * leastMs * (1000 / BUCKET_MS)) / 1000 + 0.5);
  }

  #readCpu(nowMs: number): void {
    for (; this.#nextCpuMs <= nowMs; this.#nextCpuMs += CPU_PERIOD_MS) {
      this.#cpu = this.#cpu * CPU_DECAY + this.utilization() * (1 - CPU_DECAY);
    }
  }
}
