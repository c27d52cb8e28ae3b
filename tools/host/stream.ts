import { type HeaderList, HeadersStatus } from "./abi.js";
import { toBytes } from "./bytes.js";
import type { CallCounts } from "./counts.js";
import type { Direction, Message } from "./direction.js";
import { EXPLAIN, FilterDriver } from "./filter-driver.js";
import { HeaderMap } from "./header-map.js";
import type { LocalResponse } from "./local-reply.js";
import type { Plugin } from "./plugin.js";
import type { PropertyMap } from "./properties.js";
import type { LogLine } from "./proxy.js";

export interface StreamOptions {
  /** Found by proxy_get_property before everything else. */
  properties?: PropertyMap;
}

/** What a callback did. */
export interface Outcome {
  /** The filter status as Envoy acts on it (FilterHeadersStatus, FilterDataStatus or FilterTrailersStatus). */
  status: number;
  /** What the module returned; undefined when no callback ran. */
  returned: number | undefined;
  paused: boolean;
  /** What it cost, including context_create and the response callbacks of a local response. */
  counts: CallCounts;
  /** The VM trapped: Envoy answers 503 with these details. */
  failed?: "wasm_fail_stream";
}

/**
 * One HTTP stream through a plugin, driven as Envoy 1.40 drives its filter. Call the methods in the order in which
 * a proxy would: request headers, body, trailers, then the response, then `close`. A local response runs the response
 * callbacks at once; only `close` is left to do then.
 */
export class Stream {
  /** The plugin is not asked: its VM was dead when the stream began and its failure policy is open. */
  readonly bypassed: boolean;
  readonly #driver: FilterDriver;
  #failureShown = false;

  /** Use Plugin.openStream. */
  constructor(
    readonly plugin: Plugin,
    options: StreamOptions,
  ) {
    this.bypassed = plugin.vm.trapped !== undefined && plugin.failurePolicy !== "closed";
    this.#driver = new FilterDriver(plugin, options.properties);
  }

  get contextId(): number {
    return this.#driver.context.id;
  }

  /** The request as the upstream would get it. */
  get request(): Message {
    return this.#driver.request;
  }

  /** The response as the client would get it, before the connection manager adds its own headers. */
  get response(): Message {
    return this.#driver.response;
  }

  get requestPaused(): boolean {
    return this.#driver.request.paused;
  }

  get responsePaused(): boolean {
    return this.#driver.response.paused;
  }

  get localResponse(): LocalResponse | undefined {
    return this.#driver.localResponse;
  }

  /** The stream was reset: its response code details. */
  get reset(): string | undefined {
    return this.#driver.resetDetails;
  }

  /** The client has the response's headers. */
  get responseHeadersSent(): boolean {
    return this.#driver.responseHeadersSent;
  }

  /** How often Envoy was made to match the route again. */
  get routeCacheClears(): number {
    return this.#driver.context.routeCacheClears;
  }

  /** Filter state that the plugin set: proxy_set_property writes "wasm.<path>". Byte strings. */
  get filterState(): ReadonlyMap<string, string> {
    return this.#driver.context.filterState;
  }

  /**
   * Has the module log how it would decide a request, which stays as it is: its export `tidegate_explain` runs in place of
   * proxy_on_request_headers. @returns what it logged. Fails for a module without that export, and for one that traps.
   */
  explain(headers: HeaderList): LogLine[] {
    const { vm } = this.plugin;
    if (!vm.exports(EXPLAIN)) throw new Error(`the module does not export ${EXPLAIN}`);
    const { logs } = vm.proxy;
    const before = logs.length;
    this.#driver.create();
    this.#driver.explain(new HeaderMap("request-headers", headers));
    vm.counter.take(EXPLAIN);
    if (vm.trapped) throw vm.trapped;
    return logs.slice(before);
  }

  requestHeaders(headers: HeaderList, endOfStream = false): Outcome {
    const { request } = this.#driver;
    request.headerMap = new HeaderMap("request-headers", headers);
    return this.#measure(request, request.callbacks.headers, () => {
      this.#driver.create();
      return this.#driver.headers(request, endOfStream);
    });
  }

  requestBody(body: string | Uint8Array, endOfStream = false): Outcome {
    return this.#body(this.#driver.request, toBytes(body), endOfStream);
  }

  requestTrailers(trailers: HeaderList): Outcome {
    return this.#trailers(this.#driver.request, new HeaderMap("request-trailers", trailers));
  }

  responseHeaders(headers: HeaderList, endOfStream = false): Outcome {
    const { response } = this.#driver;
    this.#refuseAfterEnd();
    if (this.#driver.responseStarted) throw new Error("the stream has its response headers already");
    this.#driver.responseStarted = true;
    response.headerMap = new HeaderMap("response-headers", headers);
    return this.#measure(response, response.callbacks.headers, () => this.#driver.headers(response, endOfStream));
  }

  responseBody(body: string | Uint8Array, endOfStream = false): Outcome {
    return this.#body(this.#driver.response, toBytes(body), endOfStream);
  }

  responseTrailers(trailers: HeaderList): Outcome {
    return this.#trailers(this.#driver.response, new HeaderMap("response-trailers", trailers));
  }

  /** Ends the stream: proxy_on_log, proxy_on_done, proxy_on_delete. @returns what they cost. */
  close(): CallCounts {
    const { vm } = this.plugin;
    if (this.#driver.closed) throw new Error("the stream is closed already");
    this.#driver.closed = true;
    if (!this.bypassed) this.#driver.end();
    vm.contexts.delete(this.contextId);
    return vm.counter.take("proxy_on_log");
  }

  #body(direction: Direction, body: Uint8Array, end: boolean): Outcome {
    return this.#measure(direction, direction.callbacks.body, () => this.#driver.body(direction, body, end), body);
  }

  #trailers(direction: Direction, trailers: HeaderMap): Outcome {
    return this.#measure(direction, direction.callbacks.trailers, () => this.#driver.trailers(direction, trailers));
  }

  #measure(direction: Direction, callback: string, run: () => number, passingBy?: Uint8Array): Outcome {
    this.#refuseAfterEnd();
    const driver = this.#driver;
    driver.returned = undefined;
    if (this.bypassed && passingBy) direction.pass(passingBy);
    const status = this.bypassed ? HeadersStatus.Continue : run();
    const outcome: Outcome = {
      status,
      returned: driver.returned,
      paused: direction.paused,
      counts: this.plugin.vm.counter.take(driver.returned !== undefined ? callback : ""),
    };
    if (driver.failed && !this.#failureShown) {
      this.#failureShown = true;
      outcome.failed = "wasm_fail_stream";
    }
    return outcome;
  }

  #refuseAfterEnd(): void {
    const { closed, localResponse, resetDetails } = this.#driver;
    if (closed) throw new Error("the stream is closed");
    if (localResponse) throw new Error("the stream has been answered by a local response");
    if (resetDetails) throw new Error(`the stream has been reset: ${resetDetails}`);
  }
}
