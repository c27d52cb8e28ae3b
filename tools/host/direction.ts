import type { HeaderList } from "./abi.js";
import { HostBuffer } from "./buffer.js";
import { concat, EMPTY } from "./bytes.js";
import type { HeaderMap } from "./header-map.js";

/** What has passed the plugin in one direction. Header lists are in Envoy's order, body and trailers as far as passed. */
export interface Message {
  readonly headers: HeaderList;
  readonly body: Uint8Array;
  readonly trailers: HeaderList;
}

interface Callbacks {
  readonly headers: string;
  readonly body: string;
  readonly trailers: string;
}

// Written once: a name put together for each stream would have to be hashed for each.
const CALLBACKS: Record<"request" | "response", Callbacks> = {
  request: {
    headers: "proxy_on_request_headers",
    body: "proxy_on_request_body",
    trailers: "proxy_on_request_trailers",
  },
  response: {
    headers: "proxy_on_response_headers",
    body: "proxy_on_response_body",
    trailers: "proxy_on_response_trailers",
  },
};

/** One direction of a stream: what the plugin holds back and what it has let pass. */
export class Direction implements Message {
  headerMap: HeaderMap | undefined;
  trailerMap: HeaderMap | undefined;
  /** The plugin has paused this direction. */
  paused = false;
  /** The plugin paused on headers in the way that keeps body and trailers from it, too. */
  holdsAll = false;
  /** Body that the plugin keeps back (StopIterationAndBuffer, StopIterationAndWatermark). */
  readonly kept = new HostBuffer(EMPTY, true);
  /** The next body callback shows what is kept instead of the new data. */
  showsKept = false;
  /** Arrived while everything is held. */
  heldBody: Uint8Array | undefined;
  heldEnd = false;
  heldTrailers: HeaderMap | undefined;
  #passed: Uint8Array[] = [];

  /** Raw names of its callbacks. */
  readonly callbacks: Callbacks;

  constructor(readonly kind: "request" | "response") {
    this.callbacks = CALLBACKS[kind];
  }

  get headers(): HeaderList {
    return (this.headerMap?.entries() ?? []).map(([name, value]) => [name, value]);
  }

  get trailers(): HeaderList {
    return (this.trailerMap?.entries() ?? []).map(([name, value]) => [name, value]);
  }

  get body(): Uint8Array {
    if (this.#passed.length > 1) this.#passed = [Buffer.concat(this.#passed)];
    return this.#passed[0] ?? EMPTY;
  }

  pass(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#passed.push(bytes);
  }

  /** Lets what is kept pass. */
  flush(): void {
    this.pass(this.kept.bytes);
    this.kept.bytes = EMPTY;
  }

  keep(bytes: Uint8Array): void {
    this.kept.bytes = concat(this.kept.bytes, bytes);
  }

  /** Keeps body and end of stream for when the plugin continues. */
  hold(body: Uint8Array, end: boolean): void {
    this.heldBody = concat(this.heldBody ?? EMPTY, body);
    this.heldEnd = end;
  }

  /** Forgets what has passed; a local response takes its place. */
  restart(headers: HeaderMap, body: Uint8Array): void {
    this.headerMap = headers;
    this.trailerMap = undefined;
    this.#passed = [];
    this.pass(body);
  }
}
