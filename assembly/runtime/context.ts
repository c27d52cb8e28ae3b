import {
  BufferTypeValues,
  FilterDataStatusValues,
  FilterHeadersStatusValues,
  FilterTrailersStatusValues,
} from "../abi/types";
import { ByteView } from "../core/bytes";
import { readBuffer } from "../host/buffers";
import { Presence } from "../host/presence";

/**
 * One configured plugin in one VM: Envoy makes one for each worker and each configuration of the plugin.
 * A callback arrives only if the plugin's index exports it.
 */
export abstract class RootContext {
  /** Contexts of ended streams, for streams to come. */
  private readonly idle: Context[] = [];
  private stateless: Context | null = null;
  /** For the runtime: how often `onTick` comes; 0 for never. */
  tickPeriodMs: u32 = 0;
  /** For the runtime: time without a tick, measured by the ticks of another root context. */
  silentMs: u64 = 0;

  constructor(
    /** Envoy's number of it. */
    readonly contextId: u32,
  ) {}

  /** Makes a context for a stream. Called when all that exist are taken; they are used again and again. */
  abstract createContext(): Context;

  /** The VM starts; false refuses. `readVmConfiguration` is at hand. */
  onStart(vmConfigurationSize: u32): bool {
    return true;
  }

  /** The plugin's configuration is at hand (`readConfiguration`); false makes Envoy refuse it. Must not trap. */
  onConfigure(configurationSize: u32): bool {
    return true;
  }

  /** The period set with `setTickPeriod` has passed. */
  onTick(): void {}

  /** An answer to an HttpCall of this root context or of one of its streams; `headers` is 0 when the call failed. */
  onHttpCallResponse(token: u32, headers: u32, bodySize: u32, trailers: u32): void {}

  /** A SharedQueue that this root context has registered has an item; `token` says which queue. */
  onQueueReady(token: u32): void {}

  /** The plugin shall end; false: not before `done` is called. */
  onDone(): bool {
    return true;
  }

  /** The plugin has ended. */
  onDelete(): void {}

  /** The plugin's configuration as bytes, valid until the callback returns. Only in onConfigure. */
  readConfiguration(into: ByteView): Presence {
    return readBuffer(BufferTypeValues.PluginConfiguration, 0, u32.MAX_VALUE, into);
  }

  /** The VM's configuration as bytes, valid until the callback returns. Only in onStart. */
  readVmConfiguration(into: ByteView): Presence {
    return readBuffer(BufferTypeValues.VmConfiguration, 0, u32.MAX_VALUE, into);
  }

  /** For the runtime: a context for a new stream. */
  acquire(contextId: u32): Context {
    const context = this.idle.length > 0 ? this.idle.pop() : this.createContext();
    context.owner = this;
    context.contextId = contextId;
    context.onCreate();
    return context;
  }

  /** For the runtime: the stream of `context` has ended. */
  recycle(context: Context): void {
    this.idle.push(context);
  }

  /** For the runtime: the one context that serves all streams of a plugin whose streams carry no state. */
  shared(contextId: u32): Context {
    let context = this.stateless;
    if (context == null) this.stateless = context = this.createContext();
    context.contextId = contextId;
    return context;
  }
}

/**
 * One stream. If the plugin's index exports `proxy_on_delete`, a context belongs to one stream from its first to its
 * last callback; it then serves another stream, beginning with `onCreate`. If not, one context serves all streams
 * of the root context and nothing may be kept in it from one callback to the next.
 */
export abstract class Context {
  /** Envoy's number of the stream. */
  contextId: u32 = 0;
  /** For the runtime: the root context that made this one. */
  owner: RootContext | null = null;

  /** A stream begins: set all state of the stream here. Not called when `proxy_on_delete` is not exported. */
  onCreate(): void {}

  /** The request's headers are at hand; `headers` is how many, `endOfStream` that there is no body. */
  onRequestHeaders(headers: u32, endOfStream: bool): FilterHeadersStatusValues {
    return FilterHeadersStatusValues.Continue;
  }

  /** In place of onRequestHeaders, by our tool: logs how the request would be decided, and changes nothing. */
  onExplain(): void {}

  /** A part of the request's body is at hand: `bodySize` bytes, with those that a callback before has buffered. */
  onRequestBody(bodySize: u32, endOfStream: bool): FilterDataStatusValues {
    return FilterDataStatusValues.Continue;
  }

  /** The request's trailers are at hand. */
  onRequestTrailers(trailers: u32): FilterTrailersStatusValues {
    return FilterTrailersStatusValues.Continue;
  }

  /** The response's headers are at hand. */
  onResponseHeaders(headers: u32, endOfStream: bool): FilterHeadersStatusValues {
    return FilterHeadersStatusValues.Continue;
  }

  /** A part of the response's body is at hand. */
  onResponseBody(bodySize: u32, endOfStream: bool): FilterDataStatusValues {
    return FilterDataStatusValues.Continue;
  }

  /** The response's trailers are at hand. */
  onResponseTrailers(trailers: u32): FilterTrailersStatusValues {
    return FilterTrailersStatusValues.Continue;
  }

  /** The stream is complete; headers and properties can still be read. */
  onLog(): void {}

  /** The stream is over; false: the context stays until `proxy_done`. */
  onDone(): bool {
    return true;
  }

  /** The stream is gone, however it ended. */
  onDelete(): void {}
}
