import { BufferType, MapType, Status } from "./abi.js";
import { HostBuffer } from "./buffer.js";
import type { Alarm } from "./clock.js";
import { Context } from "./context.js";
import type { HeaderMap } from "./header-map.js";
import type { Plugin } from "./plugin.js";
import { readProperty } from "./properties.js";

/** What a callback about an HTTP or gRPC call may read while it runs. */
export interface CallResponse {
  headers?: HeaderMap;
  trailers?: HeaderMap;
  body?: Uint8Array;
  initialMetadata?: HeaderMap;
  trailingMetadata?: HeaderMap;
  message?: Uint8Array;
}

/** The context of a plugin as such: configuration, ticks, HTTP and gRPC calls. */
export class RootContext extends Context {
  override readonly root: RootContext = this;
  /** Set while a callback about a call runs. */
  response: CallResponse = {};
  /** What proxy_get_status returns. */
  status: { code: number; message: string } = { code: 0, message: "" };
  /** True while the plugin's configuration can be read: in on_configure and the first on_context_create. */
  configuring = false;
  readonly #declared = new Set<string>();
  #tick: Alarm | undefined;
  #tickPeriodMs = 0;

  constructor(
    id: number,
    override readonly plugin: Plugin,
  ) {
    super(plugin.vm, id);
  }

  override readableMap(type: number): HeaderMap | undefined {
    switch (type) {
      case MapType.HttpCallResponseHeaders:
        return this.response.headers;
      case MapType.HttpCallResponseTrailers:
        return this.response.trailers;
      case MapType.GrpcReceiveInitialMetadata:
        return this.response.initialMetadata;
      case MapType.GrpcReceiveTrailingMetadata:
        return this.response.trailingMetadata;
      default:
        return undefined;
    }
  }

  override buffer(type: number): HostBuffer | undefined {
    switch (type) {
      case BufferType.PluginConfiguration:
        return this.configuring ? this.show(new HostBuffer(this.plugin.configuration, false)) : undefined;
      case BufferType.HttpCallResponseBody:
        return this.response.body && this.show(new HostBuffer(this.response.body, false));
      case BufferType.GrpcReceiveBuffer:
        return this.show(
          new HostBuffer(this.response.message ?? new Uint8Array(0), this.response.message !== undefined),
        );
      case BufferType.HttpRequestBody:
      case BufferType.HttpResponseBody:
      case BufferType.NetworkDownstreamData:
      case BufferType.NetworkUpstreamData:
        return this.show(new HostBuffer(new Uint8Array(0), false));
      default:
        return super.buffer(type);
    }
  }

  override getProperty(path: string): string | Status {
    return readProperty(path, this.plugin);
  }

  override declareProperty(name: string): boolean {
    return !this.#declared.has(name) && Boolean(this.#declared.add(name));
  }

  /** A shared queue that this plugin registered has a new item. Told after the callback that put it there. */
  queueReady(token: number): void {
    const tell = (): void => {
      if (this.vm.trapped || !this.vm.contexts.has(this.id)) return;
      this.vm.callback(this, "proxy_on_queue_ready", this.id, token);
    };
    this.vm.proxy.later(tell);
  }

  /** 0 stops the ticks. A tick that is already due in the old period is forgotten. */
  setTickPeriod(milliseconds: number): void {
    this.#tick?.cancel();
    this.#tick = undefined;
    this.#tickPeriodMs = milliseconds;
    if (milliseconds > 0) this.#arm();
  }

  get tickPeriodMs(): number {
    return this.#tickPeriodMs;
  }

  #arm(): void {
    this.#tick = this.vm.proxy.clock.after(this.#tickPeriodMs, () => {
      if (this.vm.trapped || !this.vm.contexts.has(this.id)) return;
      this.vm.callback(this, "proxy_on_tick", this.id);
      this.plugin.ticked();
      this.#tick?.cancel();
      if (this.#tickPeriodMs > 0) this.#arm();
    });
  }
}
