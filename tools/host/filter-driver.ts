import { DataStatus, HeadersStatus, StreamType, TrailersStatus } from "./abi.js";
import { HostBuffer } from "./buffer.js";
import { EMPTY } from "./bytes.js";
import type { LocalReplyRequest } from "./context.js";
import { Direction } from "./direction.js";
import type { HeaderMap } from "./header-map.js";
import { type LocalResponse, localResponse, replyHeaders } from "./local-reply.js";
import type { Plugin } from "./plugin.js";
import type { PropertyMap } from "./properties.js";
import { StreamContext } from "./stream-context.js";

/** The status that stops a direction and the highest that a module may return; anything above stops, too. */
interface StopStatus {
  stop: number;
  max: number;
}
const HEADERS: StopStatus = { stop: HeadersStatus.StopAllIterationAndWatermark, max: 4 };
const DATA: StopStatus = { stop: DataStatus.StopIterationNoBuffer, max: 3 };
const TRAILERS: StopStatus = { stop: TrailersStatus.StopIteration, max: 1 };

/** What a module may export for our tool; Envoy never calls it. */
export const EXPLAIN = "tidegate_explain";

/** Runs the callbacks of one stream as Envoy's wasm filter and filter manager do together. */
export class FilterDriver {
  readonly request = new Direction("request");
  readonly response = new Direction("response");
  readonly context: StreamContext;
  localResponse: LocalResponse | undefined;
  resetDetails: string | undefined;
  /** The VM trapped under this stream, or was dead already. */
  failed = false;
  closed = false;
  /** What the module returned last; undefined since a caller cleared it and no callback ran. */
  returned: number | undefined;
  responseStarted = false;
  responseHeadersSent = false;

  constructor(
    private readonly plugin: Plugin,
    properties: PropertyMap | undefined,
  ) {
    const id = plugin.vm.takeContextId();
    this.context = new StreamContext(id, plugin.root, plugin, properties, {
      resume: (type) => this.#resume(type === StreamType.Request ? this.request : this.response),
      reset: (details) => (this.resetDetails ??= details),
      localReply: (reply) => this.#localReply(reply),
    });
    plugin.vm.contexts.set(id, this.context);
  }

  /** Envoy makes the module's context only when the first callback is due. */
  create(): void {
    const { context } = this;
    if (context.created) return;
    context.created = true;
    this.plugin.vm.callback(context, "proxy_on_context_create", context.id, context.root.id);
  }

  /** The module's own export `tidegate_explain` in place of proxy_on_request_headers. */
  explain(map: HeaderMap): void {
    const { context } = this;
    context.requestHeaders = map;
    context.endOfStream = true;
    this.plugin.vm.callback(context, EXPLAIN, context.id);
    context.requestHeaders = undefined;
  }

  /** The headers of a direction, which has its `headerMap`. @returns the status that Envoy acts on. */
  headers(direction: Direction, end: boolean): number {
    const { context } = this;
    const map = direction.headerMap!;
    const isRequest = direction.kind === "request";
    const key = isRequest ? "requestHeaders" : "responseHeaders";
    context[key] = map;
    context.endOfStream = end;
    if (!isRequest) this.#tellResponse();
    const status = this.#run(direction.callbacks.headers, HEADERS, map.size, end);
    const passes = status === HeadersStatus.Continue || status === HeadersStatus.ContinueAndEndStream;
    direction.paused = !passes;
    direction.holdsAll = status >= HeadersStatus.StopAllIterationAndBuffer;
    if (status === HeadersStatus.Continue) context[key] = undefined;
    if (isRequest) context.requestPassed = passes;
    else {
      this.responseHeadersSent = passes && !this.resetDetails;
      context.responsePaused = !passes;
    }
    return status;
  }

  /** A piece of a body; held when the headers are paused in the way that holds everything. */
  body(direction: Direction, body: Uint8Array, end: boolean): number {
    if (direction.kind === "request") this.context.bytesReceived += body.length;
    if (!direction.holdsAll) return this.#data(direction, body, end);
    direction.hold(body, end);
    return DataStatus.StopIterationAndWatermark;
  }

  trailers(direction: Direction, trailers: HeaderMap): number {
    if (!direction.holdsAll) return this.#endByTrailers(direction, trailers);
    direction.heldTrailers = trailers;
    return TrailersStatus.StopIteration;
  }

  /** proxy_on_log, proxy_on_done, proxy_on_delete. */
  end(): void {
    const { vm } = this.plugin;
    const { context, request, response } = this;
    this.create();
    context.responseCodeDetails ??= this.resetDetails;
    context.logged = {
      requestHeaders: request.headerMap,
      responseHeaders: response.headerMap,
      responseTrailers: response.trailerMap,
    };
    vm.callback(context, "proxy_on_log", context.id);
    context.logged = undefined;
    vm.callback(context, "proxy_on_done", context.id);
    vm.callback(context, "proxy_on_delete", context.id);
  }

  /** What response.code and response.code_details say from the response's headers on. */
  #tellResponse(): void {
    const { context } = this;
    context.responseCode = Number(this.response.headerMap!.first(":status") ?? 0);
    context.responseCodeDetails = this.localResponse?.details ?? "via_upstream";
  }

  /** One callback with Envoy's checks around it. @returns the status that Envoy acts on. */
  #run(callback: string, statuses: StopStatus, size: number, end?: boolean): number {
    const { vm } = this.plugin;
    const { context } = this;
    if (vm.trapped) return this.#failStream(statuses);
    if (!vm.exports(callback)) return HeadersStatus.Continue;
    const returned = vm.call(context, callback, context.id, size, end ? 1 : 0) >>> 0;
    this.returned = returned;
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
    if (!this.failed) {
      this.failed = true;
      this.#localReply({ status: 503, details: "wasm_fail_stream", headers: [], body: EMPTY, grpcStatus: 14 });
    }
    return statuses.stop;
  }

  /** What is kept back from an earlier piece is shown together with the new one after StopIterationAndBuffer only. */
  #data(direction: Direction, body: Uint8Array, end: boolean): number {
    const { context } = this;
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
    const { context } = this;
    direction.flush();
    if (direction.kind === "request") {
      context.requestBody = undefined;
      direction.trailerMap ??= context.requestTrailers;
      context.requestPassed = true;
    } else {
      context.responseBody = undefined;
      direction.trailerMap ??= context.responseTrailers;
      context.bytesSent = direction.body.length;
      this.responseHeadersSent = true;
    }
  }

  #endByTrailers(direction: Direction, trailers: HeaderMap): number {
    const key = direction.kind === "request" ? "requestTrailers" : "responseTrailers";
    direction.trailerMap = trailers;
    this.context[key] = trailers;
    const status = this.#run(direction.callbacks.trailers, TRAILERS, trailers.size);
    direction.paused = status !== TrailersStatus.Continue;
    if (!direction.paused) {
      this.context[key] = undefined;
      direction.flush();
    }
    return status;
  }

  /** proxy_continue_stream: what was held comes to the plugin now, unless the plugin had not paused. */
  #resume(direction: Direction): void {
    if (!direction.paused || this.localResponse || this.resetDetails) return;
    direction.paused = direction.holdsAll = direction.showsKept = false;
    direction.flush();
    if (direction.kind === "response") this.responseHeadersSent = true;
    else this.context.requestPassed = true;
    const { heldBody, heldTrailers } = direction;
    direction.heldBody = direction.heldTrailers = undefined;
    if (heldBody) this.#data(direction, heldBody, direction.heldEnd && !heldTrailers);
    if (heldTrailers) this.#endByTrailers(direction, heldTrailers);
  }

  /** Before the response it goes through the response callbacks; during its headers it replaces it; later it resets. */
  #localReply(request: LocalReplyRequest): void {
    if (this.closed || this.resetDetails) return;
    const reply = localResponse(request);
    if (this.responseHeadersSent) {
      this.resetDetails = this.context.responseCodeDetails = reply.details;
      return;
    }
    this.localResponse = reply;
    const contentType = this.request.headerMap?.first("content-type") ?? "";
    const { headers, body } = replyHeaders(reply, /^application\/grpc($|\+|;)/.test(contentType));
    const direct = this.responseStarted;
    this.responseStarted = true;
    this.response.restart(headers, direct ? body : EMPTY);
    if (direct) return this.#tellResponse();
    this.headers(this.response, body.length === 0);
    if (body.length > 0 && this.localResponse === reply) this.#data(this.response, body, true);
  }
}
