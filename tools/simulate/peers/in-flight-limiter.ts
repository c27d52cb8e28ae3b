import type { Ending, Limiter, SimRequest } from "../limiter.js";

/** A limiter that rejects what would exceed a number of requests in flight. */
export abstract class InFlightLimiter implements Limiter {
  protected inflight = 0;

  /** As many as may be in flight now. */
  protected abstract current(nowMs: number): number;

  /** An admitted request has ended; `inflight` is what it was when that request was admitted, itself included. */
  protected abstract sample(nowMs: number, latencyMs: number, inflight: number, ending: Ending): void;

  admit(nowMs: number, _request: SimRequest): boolean {
    if (this.inflight >= this.current(nowMs)) return false;
    this.inflight++;
    return true;
  }

  done(nowMs: number, request: SimRequest, latencyMs: number, ending: Ending): void {
    this.inflight--;
    this.sample(nowMs, latencyMs, request.inflight, ending);
  }

  limit(nowMs: number): number {
    return this.current(nowMs);
  }
}

/** An ending that tells of overload. */
export function isDrop(ending: Ending): boolean {
  return ending !== "ok";
}
