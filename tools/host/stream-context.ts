import { BufferType, MapType, Status, StreamType } from "./abi.js";
import { HostBuffer } from "./buffer.js";
import { EMPTY } from "./bytes.js";
import { Context, type LocalReplyRequest } from "./context.js";
import { EnvoyCrash } from "./envoy-crash.js";
import { HeaderMap } from "./header-map.js";
import type { Plugin } from "./plugin.js";
import { type PropertyMap, readProperty } from "./properties.js";
import type { RootContext } from "./root-context.js";

/** What a stream context asks of the stream that it belongs to. Each is done after the running callback returns. */
export interface StreamActions {
  resume(type: number): void;
  reset(details: string): void;
  localReply(reply: LocalReplyRequest): void;
}

/**
 * The context of one HTTP stream. A map or a body can be reached from the beginning of its callback on; when the
 * callback returns Continue it is gone, when it pauses the stream it stays until the stream continues.
 */
export class StreamContext extends Context {
  requestHeaders: HeaderMap | undefined;
  requestTrailers: HeaderMap | undefined;
  responseHeaders: HeaderMap | undefined;
  responseTrailers: HeaderMap | undefined;
  requestBody: HostBuffer | undefined;
  responseBody: HostBuffer | undefined;
  /** The last callback was the last of its direction. */
  endOfStream = false;
  /** While proxy_on_log runs, all maps but the request's trailers can be read and none can be written. */
  logged: { requestHeaders?: HeaderMap; responseHeaders?: HeaderMap; responseTrailers?: HeaderMap } | undefined;
  /** proxy_on_context_create was called, or need not be. */
  created = false;
  routeCacheClears = 0;
  bytesReceived = 0;
  bytesSent = 0;
  /** The response's headers were paused. */
  responsePaused = false;
  /** The request's headers have reached the router. */
  requestPassed = false;
  responseCode: number | undefined;
  responseCodeDetails: string | undefined;
  readonly startNs: bigint;
  readonly #startMonotonicNs: bigint;
  #localReplyAsked = false;
  /** Made when it is first asked for: few streams have any. */
  #filterState: Map<string, string> | undefined;

  constructor(
    id: number,
    override readonly root: RootContext,
    override readonly plugin: Plugin,
    readonly properties: PropertyMap | undefined,
    private readonly actions: StreamActions,
  ) {
    super(plugin.vm, id);
    const { clock } = plugin.vm.proxy;
    this.startNs = clock.wallNs();
    this.#startMonotonicNs = clock.monotonicNs();
  }

  /** Known only when the stream is complete, which is when it is logged. */
  get durationNs(): bigint | undefined {
    return this.logged && this.vm.proxy.clock.monotonicNs() - this.#startMonotonicNs;
  }

  /** Set by proxy_set_property as "wasm.<path>", by set_envoy_filter_state as it is named. Byte strings. */
  get filterState(): Map<string, string> {
    return (this.#filterState ??= new Map<string, string>());
  }

  get propertyRequestHeaders(): HeaderMap | undefined {
    return this.requestHeaders ?? this.logged?.requestHeaders;
  }

  get propertyResponseHeaders(): HeaderMap | undefined {
    return this.responseHeaders ?? this.logged?.responseHeaders;
  }

  get propertyResponseTrailers(): HeaderMap | undefined {
    return this.responseTrailers ?? this.logged?.responseTrailers;
  }

  override writableMap(type: number): HeaderMap | undefined {
    switch (type) {
      case MapType.RequestHeaders:
        return this.requestHeaders;
      case MapType.RequestTrailers:
        if (!this.requestTrailers && this.requestBody && this.endOfStream)
          this.requestTrailers = new HeaderMap("request-trailers");
        return this.requestTrailers;
      case MapType.ResponseHeaders:
        return this.responseHeaders;
      case MapType.ResponseTrailers:
        if (!this.responseTrailers && this.responseBody && this.endOfStream)
          this.responseTrailers = new HeaderMap("response-trailers");
        return this.responseTrailers;
      default:
        return undefined;
    }
  }

  override readableMap(type: number): HeaderMap | undefined {
    switch (type) {
      case MapType.RequestHeaders:
        return this.logged ? this.logged.requestHeaders : this.requestHeaders;
      case MapType.RequestTrailers:
        return this.logged ? undefined : this.requestTrailers;
      case MapType.ResponseHeaders:
        return this.logged ? this.logged.responseHeaders : this.responseHeaders;
      case MapType.ResponseTrailers:
        return this.logged ? this.logged.responseTrailers : this.responseTrailers;
      default:
        return this.root.readableMap(type);
    }
  }

  override get missingMapStatus(): Status {
    return this.logged ? Status.NotFound : Status.BadArgument;
  }

  override buffer(type: number): HostBuffer | undefined {
    switch (type) {
      case BufferType.HttpRequestBody:
        return this.show(this.requestBody ?? new HostBuffer(EMPTY, false));
      case BufferType.HttpResponseBody:
        return this.show(this.responseBody ?? new HostBuffer(EMPTY, false));
      case BufferType.HttpCallResponseBody:
      case BufferType.GrpcReceiveBuffer:
      case BufferType.NetworkDownstreamData:
      case BufferType.NetworkUpstreamData:
        return this.root.buffer(type);
      default:
        return super.buffer(type);
    }
  }

  override getProperty(path: string): string | Status {
    return readProperty(path, this.plugin, this);
  }

  override setProperty(path: string, value: string): Status {
    this.filterState.set(`wasm.${path}`, value);
    return Status.Ok;
  }

  override setFilterState(name: string, value: string): Status {
    this.filterState.set(name, value);
    return Status.Ok;
  }

  override declareProperty(name: string): boolean {
    return this.root.declareProperty(name);
  }

  /** With ABI 0.2.x every write of a request header makes Envoy match the route again. */
  override requestHeadersWritten(): void {
    this.routeCacheClears++;
  }

  override clearRouteCache(): void {
    this.routeCacheClears++;
  }

  /** Odd as in Envoy: continuing the response hides the request's maps and body, too, and not the response's. */
  override continueStream(type: number): Status {
    if (type === StreamType.Downstream) return Status.Ok;
    if (type === StreamType.Upstream) return Status.Unimplemented;
    if (type === StreamType.Response) this.#refuseResponseToContinue();
    this.vm.afterCall(() => this.actions.resume(type));
    this.requestHeaders = this.requestTrailers = undefined;
    this.requestBody = undefined;
    return Status.Ok;
  }

  #refuseResponseToContinue(): void {
    if (this.responseCode === undefined) throw new EnvoyCrash("continuing a response that has not begun");
    if (this.responseHeaders && !this.responsePaused)
      throw new EnvoyCrash("continuing a response in its own headers callback sends the headers twice");
  }

  override closeStream(type: number): Status {
    if (type === StreamType.Request || type === StreamType.Response)
      this.vm.afterCall(() => this.actions.reset("wasm_close_stream"));
    return Status.Ok;
  }

  /** Only the first of a callback counts; the module is told Ok for the others as well. */
  override sendLocalResponse(reply: LocalReplyRequest): void {
    if (this.logged) throw new EnvoyCrash("a local response in proxy_on_log runs proxy_on_log again, without end");
    if (this.#localReplyAsked) return;
    this.#localReplyAsked = true;
    this.vm.afterCall(() => {
      this.#localReplyAsked = false;
      this.actions.localReply(reply);
    });
  }
}
