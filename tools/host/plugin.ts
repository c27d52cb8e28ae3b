import { toBytes } from "./bytes.js";
import type { CallCounts } from "./counts.js";
import type { PropertyMap } from "./properties.js";
import { RootContext } from "./root-context.js";
import { Stream, type StreamOptions } from "./stream.js";
import type { Vm } from "./vm.js";

/**
 * What becomes of streams when the VM has trapped. closed: 503 from the stream that traps on. open: 503 for the
 * stream that traps, later ones pass by (failure_policy: FAIL_OPEN). open-at-once: that stream passes, too (the
 * deprecated fail_open: true).
 */
export type FailurePolicy = "closed" | "open" | "open-at-once";

export interface PluginOptions {
  name?: string;
  rootId?: string;
  /** What on_configure can read. */
  configuration?: string | Uint8Array;
  /** Found by proxy_get_property, before what the Proxy was given. */
  properties?: PropertyMap;
  failurePolicy?: FailurePolicy;
  /** Lets on_request_headers return StopIteration without stopping the body as well. */
  allowOnHeadersStopIteration?: boolean;
}

/** One plugin configuration in a VM, that is one root context. */
export class Plugin {
  readonly name: string;
  readonly rootId: string;
  readonly configuration: Uint8Array;
  readonly properties: PropertyMap;
  readonly failurePolicy: FailurePolicy;
  readonly allowOnHeadersStopIteration: boolean;
  /** Why the plugin did not start; Envoy refuses the listener then. */
  readonly failure: "vm_start" | "configure" | "trap" | undefined;
  readonly root: RootContext;
  /** What the last tick cost. */
  lastTick: CallCounts | undefined;
  #ticks = 0;

  private constructor(
    readonly vm: Vm,
    options: PluginOptions,
  ) {
    this.name = options.name ?? "";
    this.rootId = options.rootId ?? "";
    this.configuration = toBytes(options.configuration);
    this.properties = options.properties ?? {};
    this.failurePolicy = options.failurePolicy ?? "closed";
    this.allowOnHeadersStopIteration = options.allowOnHeadersStopIteration ?? false;
    this.root = new RootContext(vm.takeContextId(), this);
    vm.contexts.set(this.root.id, this.root);
    const failure = this.#start();
    this.failure = vm.trapped ? "trap" : failure;
    vm.counter.take("proxy_on_configure");
  }

  /** Use Vm.startPlugin. */
  static start(vm: Vm, options: PluginOptions): Plugin {
    return new Plugin(vm, options);
  }

  get ok(): boolean {
    return this.failure === undefined;
  }

  /** How many ticks have run. */
  get ticks(): number {
    return this.#ticks;
  }

  /** A new HTTP stream through this plugin. Fails for a plugin that is not `ok`, since Envoy would have no such stream. */
  openStream(options: StreamOptions = {}): Stream {
    if (!this.ok) throw new Error(`the plugin did not start: ${this.failure}`);
    return new Stream(this, options);
  }

  /** Runs on_tick now, whatever the clock says. @returns what it cost. */
  tick(): CallCounts {
    this.vm.callback(this.root, "proxy_on_tick", this.root.id);
    this.ticked();
    return this.lastTick!;
  }

  /** Ends the plugin as Envoy does when its configuration goes: on_done, then on_delete once the module is done. */
  done(): void {
    const { vm, root } = this;
    root.setTickPeriod(0);
    const isDone = vm.exports("proxy_on_done") ? vm.callback(root, "proxy_on_done", root.id) !== 0 : true;
    if (isDone || vm.trapped) this.deleteRoot();
    else vm.pendingDone.add(this);
    vm.counter.take("proxy_on_done");
  }

  /** For the host: proxy_done was called, or on_done said that there is nothing to wait for. */
  deleteRoot(): void {
    this.vm.callback(this.root, "proxy_on_delete", this.root.id);
    this.vm.contexts.delete(this.root.id);
  }

  /** For the host: a tick has run. */
  ticked(): void {
    this.#ticks++;
    this.lastTick = this.vm.counter.take("proxy_on_tick");
  }

  #start(): "vm_start" | "configure" | undefined {
    const { vm, root } = this;
    root.configuring = true;
    vm.call(root, "proxy_on_context_create", root.id, 0);
    root.configuring = false;
    const refusesStart = this.#startsVm() === 0;
    vm.finishCall();
    if (refusesStart) return "vm_start";
    root.configuring = true;
    const refuses = vm.exports("proxy_on_configure") && this.#configures() === 0;
    root.configuring = false;
    return refuses ? "configure" : undefined;
  }

  /** Envoy asks even when the module trapped just before. @returns what it answers, 1 where it has no such callback. */
  #startsVm(): number {
    const { vm, root } = this;
    if (!vm.exports("proxy_on_vm_start")) return 1;
    return vm.call(root, "proxy_on_vm_start", root.id, vm.configuration.length);
  }

  #configures(): number {
    return this.vm.callback(this.root, "proxy_on_configure", this.root.id, this.configuration.length);
  }
}
