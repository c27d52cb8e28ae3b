/** One request. All that chance decides about it is decided on arrival, so that every limiter meets the same ones. */
export interface SimRequest {
  readonly number: number;
  readonly arrivedMs: number;
  /** Index and path of its route. */
  readonly route: number;
  readonly path: string;
  /** Server time that it takes at full speed. */
  readonly workMs: number;
  /** Number of its user; undefined when users are not told apart. */
  readonly user: number | undefined;
  /** Value of the header that tells its priority. */
  readonly priority: string | undefined;
  /** Number of the worker that its connection belongs to. */
  readonly worker: number;
  /** The upstream fails it, at once. */
  readonly fails: boolean;
  admittedMs: number;
  /** Requests in flight when it was admitted, itself included. */
  inflight: number;
  /** What it would have taken with no other request there; known once a server took it. */
  unloadedMs: number;
  /** Answered, timed out or gone: nobody waits for it any more. */
  over: boolean;
}

/** How an admitted request ended as the proxy sees it. */
export type Ending =
  /** The upstream answered 200. */
  | "ok"
  /** The upstream answered 5xx. */
  | "failed"
  /** The deadline passed: the proxy answered 504. */
  | "timeout"
  /** The client left before an answer. */
  | "gone";

/** What is compared: it admits or rejects each request and sees how those it admitted end. Time never goes back. */
export interface Limiter {
  admit(nowMs: number, request: SimRequest): boolean;
  /** An admitted request has ended; `latencyMs` is as long as the proxy had it. */
  done(nowMs: number, request: SimRequest, latencyMs: number, ending: Ending): void;
  /** The upstream has done the work of an admitted request, whether or not anybody still waits for it. */
  served?(nowMs: number, request: SimRequest): void;
  /** Requests that may be in flight; undefined for a limiter that has no such limit. */
  limit(nowMs: number): number | undefined;
  /** Nothing of the proxy ran since the last call until now: what fell due meanwhile is late. */
  stall?(nowMs: number): void;
  /** Somebody set the wall clock. */
  stepWall?(milliseconds: number): void;
}

/** What a limiter may know at its start. */
export interface Surroundings {
  workers: number;
  seed: number;
  /** Requests a second that the upstream can serve at the beginning: for what is configured by hand. */
  capacityPerSecond: number;
  servers: number;
  /** Share of the servers that is busy now: the processor load, for what runs inside the upstream. */
  utilization(): number;
}
