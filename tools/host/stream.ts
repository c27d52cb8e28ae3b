import { type HeaderList, DataStatus, HeadersStatus, StreamType, TrailersStatus } from "./abi.js";
import { HostBuffer } from "./buffer.js";
import { EMPTY, toBytes } from "./bytes.js";
import type { LocalReplyRequest } from "./context.js";
import type { CallCounts } from "./counts.js";
import { Direction, type Message } from "./direction.js";
import { HeaderMap } from "./header-map.js";
import { type LocalResponse, localResponse, replyHeaders } from "./local-reply.js";
import type { Plugin } from "./plugin.js";
import type { PropertyMap } from "./properties.js";
import { StreamContext } from "./stream-context.js";

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

type StopStatus = { stop: number; max: number };
const HEADERS: StopStatus = { stop: HeadersStatus.StopAllIterationAndWatermark, max: 4 };
const DATA: StopStatus = { stop: DataStatus.StopIterationNoBuffer, max: 3 };
const TRAILERS: StopStatus = { stop: TrailersStatus.StopIteration, max: 1 };

/**
 * One HTTP stream through a plugin, driven as Envoy 1.40 drives its filter. Call the methods in the order in which
 * a proxy would: request headers, body, trailers, then the response, then `close`. A local response runs the response
 * callbacks at once; only `close` is left to do then.
 */
export class Stream {
  readonly #request = new Direction("request", {
    headers: "proxy_on_request_headers",
    body: "proxy_on_request_body",
    trailers: "proxy_on_request_trailers",
  });
  readonly #response = new Direction("response", {
    headers: "proxy_on_response_headers",
    body: "proxy_on_response_body",
    trailers: "proxy_on_response_trailers",
  });
  readonly #context: StreamContext;
  /** The plugin is not asked: its VM was dead when the stream began and its failure policy is open. */
  readonly bypassed: boolean;
  #localResponse: LocalResponse | undefined;
  #resetDetails: string | undefined;
  #failed = false;
  #failureShown = false;
  #returned: number | undefined;
  #responseStarted = false;
  #responseHeadersPassed = false;
  #closed = false;

  /** Use Plugin.openStream. */
  constructor(
    readonly plugin: Plugin,
    options: StreamOptions,
  ) {
    const { vm, root } = plugin;
    this.bypassed = vm.trapped !== undefined && plugin.failurePolicy !== "closed";
    this.#context = new StreamContext(vm.takeContextId(), root, plugin, options.properties, {
      resume: (type) => this.#resume(type === StreamType.Request ? this.#request : this.#response),
      reset: (details) => (this.#resetDetails ??= details),
      localReply: (reply) => this.#localReply(reply),
    });
    vm.contexts.set(this.contextId, this.#context);
  }

  get contextId(): number {
    return this.#context.id;
  }

  /** The request as the upstream would get it. */
  get request(): Message {
    return this.#request;
  }

  /** The response as the client would get it, before the connection manager adds its own headers. */
  get response(): Message {
    return this.#response;
  }

  get requestPaused(): boolean {
    return this.#request.paused;
  }

  get responsePaused(): boolean {
    return this.#response.paused;
  }

  get localResponse(): LocalResponse | undefined {
    return this.#localResponse;
  }

  /** The stream was reset: its response code details. */
  get reset(): string | undefined {
    return this.#resetDetails;
  }

  /** The client has the response's headers. */
  get responseHeadersSent(): boolean {
    return this.#responseHeadersPassed;
  }

  get routeCacheClears(): number {
    return this.#context.routeCacheClears;
  }

  /** Filter state that the plugin set: proxy_set_property writes "wasm.<path>". Byte strings. */
  get filterState(): ReadonlyMap<string, string> {
    return this.#context.filterState;
  }

  requestHeaders(headers: HeaderList, endOfStream = false): Outcome {
    this.#request.headerMap = new HeaderMap("request-headers", headers);
    return this.#measure(this.#request.callbacks.headers, () => {
      this.#create();
      return this.#headers(this.#request, endOfStream);
    });
  }

  requestBody(body: string | Uint8Array, endOfStream = false): Outcome {
    return this.#body(this.#request, toBytes(body), endOfStream);
  }

  requestTrailers(trailers: HeaderList): Outcome {
    return this.#trailers(this.#request, new HeaderMap("request-trailers", trailers));
  }

  responseHeaders(headers: HeaderList, endOfStream = false): Outcome {
    if (this.#responseStarted) throw new Error("the stream has its response headers already");
    this.#responseStarted = true;
    this.#response.headerMap = new HeaderMap("response-headers", headers);
    return this.#measure(this.#response.callbacks.headers, () => this.#headers(this.#response, endOfStream));
  }

  responseBody(body: string | Uint8Array, endOfStream = false): Outcome {
    return this.#body(this.#response, toBytes(body), endOfStream);
  }

  responseTrailers(trailers: HeaderList): Outcome {
    return this.#trailers(this.#response, new HeaderMap("response-trailers", trailers));
  }

  /** Ends the stream: proxy_on_log, proxy_on_done, proxy_on_delete. @returns what they cost. */
  close(): CallCounts {
    const { vm } = this.plugin;
    if (this.#closed) throw new Error("the stream is closed already");
    this.#closed = true;
    if (!this.bypassed) this.#end();
    vm.contexts.delete(this.contextId);
    return vm.counter.take("proxy_on_log");
  }

  #end(): void {
    const { vm } = this.plugin;
    const context = this.#context;
    this.#create();
    context.responseCodeDetails ??= this.#resetDetails;
    context.logged = {
      requestHeaders: this.#request.headerMap,
      responseHeaders: this.#response.headerMap,
      responseTrailers: this.#response.trailerMap,
    };
    vm.callback(context, "proxy_on_log", context.id);
    context.logged = undefined;
    vm.callback(context, "proxy_on_done", context.id);
    vm.callback(context, "proxy_on_delete", context.id);
  }

  /** What response.code and response.code_details say from the response's headers on. */
  #tellResponse(): void {
    const context = this.#context;
    context.responseCode = Number(this.#response.headerMap!.first(":status") ?? 0);
    context.responseCodeDetails = this.#localResponse?.details ?? "via_upstream";
  }

  /** Envoy makes the module's context only when the first callback is due. */
  #create(): void {
    const context = this.#context;
    if (context.created || this.bypassed) return;
    context.created = true;
    this.plugin.vm.callback(context, "proxy_on_context_create", context.id, context.root.id);
  }

  #measure(callback: string, run: () => number): Outcome {
    this.#refuseAfterEnd();
    this.#returned = undefined;
    const status = this.bypassed ? HeadersStatus.Continue : run();
    const ran = this.#returned !== undefined || this.#failed;
    const outcome: Outcome = {
      status,
      returned: this.#returned,
      paused: status !== HeadersStatus.Continue && status !== HeadersStatus.ContinueAndEndStream,
      counts: this.plugin.vm.counter.take(ran ? callback : ""),
    };
    if (this.#failed && !this.#failureShown) {
      this.#failureShown = true;
      outcome.failed = "wasm_fail_stream";
    }
    return outcome;
  }

  #refuseAfterEnd(): void {
    if (this.#closed) throw new Error("the stream is closed");
    if (this.#localResponse) throw new Error("the stream has been answered by a local response");
    if (this.#resetDetails) throw new Error(`the stream has been reset: ${this.#resetDetails}`);
  }

  /** One filter callback with Envoy's checks around it. @returns the status that Envoy acts on. */
  #run(callback: string, statuses: StopStatus, size: number, end?: boolean): number {
    const { vm } = this.plugin;
    const context = this.#context;
    if (vm.trapped) return this.#failStream(statuses);
    if (!vm.exports(callback)) return HeadersStatus.Continue;
    const returned = vm.call(context, callback, context.id, size, end ? 1 : 0) >>> 0;
    this.#returned = returned;
    const status = vm.trapped ? this.#failStream(statuses) : this.#convert(returned, statuses);
    vm.finishCall();
    return status;
  }

  #convert(returned: number, statuses: StopStatus): number {
    const { vm, allowOnHeadersStopIteration } = this.plugin;
    if (vm.stopNextIteration || returned > statuses.max) return statuses.stop;
    if (statuses === HEADERS && returned === HeadersStatus.StopIteration && !allowOnHeadersStopIteration)
      return statuses.stop;
    return returned;
  }

  #failStream(statuses: StopStatus): number {
    if (this.plugin.failurePolicy === "open-at-once") return HeadersStatus.Continue;
    if (!this.#failed) {
      this.#failed = true;
      const details = "wasm_fail_stream";
      this.#localReply({ status: 503, details, headers: [], body: new Uint8Array(0), grpcStatus: 14 });
    }
    return statuses.stop;
  }

  #headers(direction: Direction, end: boolean): number {
    const context = this.#context;
    const map = direction.headerMap!;
    const key = direction.kind === "request" ? "requestHeaders" : "responseHeaders";
    context[key] = map;
    context.endOfStream = end;
    if (direction.kind === "response") this.#tellResponse();
    const status = this.#run(direction.callbacks.headers, HEADERS, map.size, end);
    const passes = status === HeadersStatus.Continue || status === HeadersStatus.ContinueAndEndStream;
    direction.paused = !passes;
    direction.holdsAll = status === 3 || status === 4;
    if (status === HeadersStatus.Continue) context[key] = undefined;
    if (direction.kind === "response") {
      this.#responseHeadersPassed = passes && !this.#resetDetails;
      context.responsePaused = !passes;
    } else {
      context.requestPassed = passes;
    }
    return status;
  }

  #body(direction: Direction, body: Uint8Array, end: boolean): Outcome {
    return this.#measure(direction.callbacks.body, () => {
      if (direction.kind === "request") this.#context.bytesReceived += body.length;
      if (!direction.holdsAll) return this.#data(direction, body, end);
      direction.hold(body, end);
      return DataStatus.StopIterationAndWatermark;
    });
  }

  #data(direction: Direction, body: Uint8Array, end: boolean): number {
    const context = this.#context;
    const key = direction.kind === "request" ? "requestBody" : "responseBody";
    const chunk = new HostBuffer(body, true);
    const shown = direction.showsKept ? direction.kept : chunk;
    if (direction.showsKept) direction.keep(body);
    context[key] = shown;
    context.endOfStream = end;
    const status = this.#run(direction.callbacks.body, DATA, shown.size, end);
    if (shown === chunk && status !== DataStatus.StopIterationNoBuffer) direction.keep(chunk.bytes);
    chunk.bytes = EMPTY;
    direction.showsKept = status === DataStatus.StopIterationAndBuffer;
    direction.paused = status !== DataStatus.Continue;
    if (status === DataStatus.Continue) this.#continueBody(direction);
    else if (direction.showsKept) context[key] = direction.kept;
    return status;
  }

  #continueBody(direction: Direction): void {
    const context = this.#context;
    direction.flush();
    if (direction.kind === "request") {
      context.requestBody = undefined;
      direction.trailerMap ??= context.requestTrailers;
    } else {
      context.responseBody = undefined;
      direction.trailerMap ??= context.responseTrailers;
      this.#responseHeadersPassed = true;
      context.bytesSent = direction.body.length;
    }
  }

  #trailers(direction: Direction, trailers: HeaderMap): Outcome {
    return this.#measure(direction.callbacks.trailers, () => {
      if (!direction.holdsAll) return this.#endByTrailers(direction, trailers);
      direction.heldTrailers = trailers;
      return TrailersStatus.StopIteration;
    });
  }

  #endByTrailers(direction: Direction, trailers: HeaderMap): number {
    const key = direction.kind === "request" ? "requestTrailers" : "responseTrailers";
    direction.trailerMap = trailers;
    this.#context[key] = trailers;
    const status = this.#run(direction.callbacks.trailers, TRAILERS, trailers.size);
    direction.paused = status !== TrailersStatus.Continue;
    if (!direction.paused) {
      this.#context[key] = undefined;
      direction.flush();
    }
    return status;
  }

  /** proxy_continue_stream: what was held comes to the plugin now, unless the plugin had not paused. */
  #resume(direction: Direction): void {
    if (!direction.paused || this.#localResponse || this.#resetDetails) return;
    direction.paused = direction.holdsAll = direction.showsKept = false;
    direction.flush();
    if (direction.kind === "response") this.#responseHeadersPassed = true;
    else this.#context.requestPassed = true;
    const { heldBody, heldTrailers } = direction;
    direction.heldBody = direction.heldTrailers = undefined;
    if (heldBody) this.#data(direction, heldBody, direction.heldEnd && !heldTrailers);
    if (heldTrailers) this.#endByTrailers(direction, heldTrailers);
  }

  /** Before the response it goes through the response callbacks; during its headers it replaces it; later it resets. */
  #localReply(request: LocalReplyRequest): void {
    if (this.#closed || this.#resetDetails) return;
    if (this.#responseHeadersPassed) {
      this.#resetDetails = this.#context.responseCodeDetails = localResponse(request).details;
      return;
    }
    const reply = localResponse(request);
    this.#localResponse = reply;
    const contentType = this.#request.headerMap?.first("content-type") ?? "";
    const { headers, body } = replyHeaders(reply, /^application\/grpc($|\+|;)/.test(contentType));
    const direct = this.#responseStarted;
    this.#responseStarted = true;
    this.#response.restart(headers, direct ? body : new Uint8Array(0));
    if (direct) return this.#tellResponse();
    this.#headers(this.#response, body.length === 0);
    if (body.length > 0 && this.#localResponse === reply) this.#data(this.#response, body, true);
  }
}
