import { type Context, Context as VmContext } from "./context.js";
import { Counter } from "./counts.js";
import { toBytes } from "./bytes.js";
import { buildImports } from "./imports.js";
import { GuestMemory } from "./memory.js";
import { VmMetrics } from "./metrics.js";
import type { PluginModule } from "./module.js";
import { Plugin, type PluginOptions } from "./plugin.js";
import type { Proxy } from "./proxy.js";
import { ALLOWED_WHILE_ALLOCATING, ALLOWED_WHILE_STARTING } from "./restrictions.js";

type GuestFunction = (...args: number[]) => number | undefined;

const LEVEL_ERROR = 4;

export interface VmOptions {
  /** The namespace of shared data and queues. "" when absent. */
  vmId?: string;
  /** What on_vm_start can read. */
  configuration?: string | Uint8Array;
  /** What WASI's environ_get gives. */
  environment?: Record<string, string>;
  /** The host functions and callbacks that are allowed, by raw name; none or an empty list allows all. */
  capabilities?: string[];
}

/** One instance of a module: what one worker thread of Envoy has. */
export class Vm {
  readonly vmId: string;
  readonly configuration: Uint8Array;
  readonly environment: ReadonlyMap<string, string>;
  readonly contexts = new Map<number, Context>();
  readonly metrics: VmMetrics;
  readonly counter = new Counter(() => this.memory);
  /** Roots whose on_done answered that they are not done yet. */
  readonly pendingDone = new Set<Plugin>();
  /** The context whose callback runs; proxy_set_effective_context puts another in its place. */
  current: Context;
  effectiveId = 0;
  /** Host functions that may be called now; undefined when all. Another one traps. */
  allowedCalls: ReadonlySet<string> | undefined;
  /** proxy_send_local_response was called: the running callback stops the stream whatever it returns. */
  stopNextIteration = false;
  memory!: GuestMemory;
  #trapped: Error | undefined;
  readonly #functions = new Map<string, GuestFunction>();
  #allocate: GuestFunction | undefined;
  #afterCall: (() => void)[] = [];
  #depth = 0;
  #nextContextId = 1;
  readonly #lastCallId = { http: 0, grpcCall: 1, grpcStream: 2 };

  private constructor(
    readonly proxy: Proxy,
    readonly module: PluginModule,
    /** Number of this VM in its process, from 0. */
    readonly index: number,
    readonly options: VmOptions,
  ) {
    this.vmId = options.vmId ?? "";
    this.configuration = toBytes(options.configuration);
    this.environment = new Map(Object.entries(options.environment ?? {}));
    this.metrics = new VmMetrics(proxy.metrics);
    this.current = new VmContext(this, 0);
    this.contexts.set(0, this.current);
  }

  /** Use Proxy.createVm. Fails with Envoy's message when Envoy would not load the module. */
  static async create(proxy: Proxy, module: PluginModule, index: number, options: VmOptions): Promise<Vm> {
    const vm = new Vm(proxy, module, index, options);
    refuseUnloadable(module);
    vm.#link(await WebAssembly.instantiate(module.compiled, buildImports(vm)));
    vm.#start();
    return vm;
  }

  /** Why the VM is dead; undefined while it lives. A dead VM runs no callback. */
  get trapped(): Error | undefined {
    return this.#trapped;
  }

  /** Size of the linear memory. */
  get memoryBytes(): number {
    return this.memory.byteLength;
  }

  /**
   * Starts a plugin in this VM as Envoy does: context_create of a root context, on_vm_start, on_configure.
   * on_vm_start runs for every plugin of the VM, not once per VM.
   */
  startPlugin(options: PluginOptions = {}): Plugin {
    return Plugin.start(this, options);
  }

  /** The context that a host function acts on. */
  get acting(): Context {
    return (this.effectiveId !== 0 && this.contexts.get(this.effectiveId)) || this.current;
  }

  takeContextId(): number {
    return this.#nextContextId++;
  }

  /** The next token of a kind; the two lowest bits tell the kinds apart. */
  takeCallToken(kind: "http" | "grpcCall" | "grpcStream"): number {
    return (this.#lastCallId[kind] += 4);
  }

  exports(name: string): boolean {
    return this.#functions.has(name);
  }

  /** Runs `action` when the outermost callback has returned. */
  afterCall(action: () => void): void {
    this.#afterCall.push(action);
  }

  /** A whole callback: the call and what is to be done after it. @returns what it returned, 0 when it does not exist. */
  callback(context: Context, name: string, ...args: number[]): number {
    const result = this.#trapped ? 0 : this.call(context, name, ...args);
    this.finishCall();
    return result;
  }

  /** The call alone; `finishCall` must follow. */
  call(context: Context, name: string, ...args: number[]): number {
    const run = this.#functions.get(name);
    return run ? this.#enter(context, name, run, args) : 0;
  }

  finishCall(): void {
    this.stopNextIteration = false;
    while (this.#afterCall.length > 0) this.#afterCall.shift()!();
    if (this.#depth === 0) this.proxy.runLater();
  }

  /** Asks the module for memory. @returns the address, 0 when it has none (a trap in its allocator included). */
  allocate(size: number): number {
    const before = this.allowedCalls;
    this.allowedCalls = ALLOWED_WHILE_ALLOCATING;
    this.counter.hostAllocations++;
    const pointer = this.#enter(this.contexts.get(0)!, "malloc", this.#allocate!, [size]) >>> 0;
    this.allowedCalls = before;
    return pointer !== 0 && this.memory.inBounds(pointer, size) ? pointer : 0;
  }

  /** Gives the module a byte string: its address and size go where it asked. An empty one has address 0. */
  giveString(value: string, pointerAt: number, sizeAt: number): boolean {
    let pointer = 0;
    if (value.length > 0) {
      pointer = this.allocate(value.length);
      if (pointer === 0) return false;
      this.memory.writeString(pointer, value);
    }
    return this.memory.writeU32(pointerAt, pointer) && this.memory.writeU32(sizeAt, value.length);
  }

  giveBytes(value: Uint8Array, pointerAt: number, sizeAt: number): boolean {
    let pointer = 0;
    if (value.length > 0) {
      pointer = this.allocate(value.length);
      if (pointer === 0) return false;
      this.memory.writeBytes(pointer, value);
    }
    return this.memory.writeU32(pointerAt, pointer) && this.memory.writeU32(sizeAt, value.length);
  }

  log(level: number, message: string): void {
    this.proxy.log(level, message, this.index);
  }

  /** Enters the module with the contexts saved and put back; a trap kills the VM and counts as returning 0. */
  #enter(context: Context, name: string, run: GuestFunction, args: number[]): number {
    const { current, effectiveId } = this;
    this.current = context;
    this.effectiveId = 0;
    this.#depth++;
    try {
      return run(args[0]!, args[1]!, args[2]!, args[3]!, args[4]!) ?? 0;
    } catch (error) {
      this.#trap(name, error);
      return 0;
    } finally {
      this.#depth--;
      this.current = current;
      this.effectiveId = effectiveId;
    }
  }

  #trap(name: string, error: unknown): void {
    if (!(error instanceof WebAssembly.RuntimeError || error instanceof RangeError)) throw error;
    this.#trapped ??= error;
    this.log(LEVEL_ERROR, `Function: ${name} failed: Uncaught ${error.name}: ${error.message}`);
  }

  #link(instance: WebAssembly.Instance): void {
    const memory = instance.exports["memory"] as WebAssembly.Memory | undefined;
    if (!memory) throw new Error("the module has no memory");
    this.memory = new GuestMemory(memory);
    const { capabilities = [] } = this.options;
    for (const [name, value] of Object.entries(instance.exports)) {
      const allowed = !name.startsWith("proxy_on_") || capabilities.length === 0 || capabilities.includes(name);
      if (typeof value === "function" && allowed) this.#functions.set(name, value as GuestFunction);
    }
    const allocate = instance.exports["malloc"] ?? instance.exports["proxy_on_memory_allocate"];
    this.#allocate = allocate as GuestFunction | undefined;
    if (!this.#allocate) throw new Error("Wasm module is missing malloc function.");
  }

  #start(): void {
    this.allowedCalls = ALLOWED_WHILE_STARTING;
    const vmContext = this.contexts.get(0)!;
    if (this.exports("_initialize")) {
      this.call(vmContext, "_initialize");
      this.call(vmContext, this.exports("main") ? "main" : "__main_void", 0, 0);
    } else {
      this.call(vmContext, "_start");
    }
    this.allowedCalls = undefined;
    this.finishCall();
    this.counter.take("_initialize");
    if (this.#trapped) throw new Error(`Failed to initialize Wasm code: ${this.#trapped.message}`);
  }
}

function refuseUnloadable(module: PluginModule): void {
  if (module.abiVersion === undefined) throw new Error("Missing or unknown Proxy-Wasm ABI version");
}
