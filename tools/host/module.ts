import { abiVersionOf } from "./abi.js";

/** A compiled plugin. It can be instantiated in any number of VMs. */
export class PluginModule {
  /** What it needs, as "module.name". */
  readonly imports: readonly string[];
  /** Names of what it exports. */
  readonly exports: readonly string[];
  /** "0.2.1", "0.2.0" or "0.1.0"; undefined when it exports none of the version marks. */
  readonly abiVersion: string | undefined;
  /** Whether it reports its heap allocations (built for counting, with ASC_RTRACE=1). */
  readonly countsAllocations: boolean;
  /** @internal */
  readonly compiled: WebAssembly.Module;

  private constructor(compiled: WebAssembly.Module) {
    this.compiled = compiled;
    this.imports = WebAssembly.Module.imports(compiled).map(({ module, name }) => `${module}.${name}`);
    this.exports = WebAssembly.Module.exports(compiled).map(({ name }) => name);
    this.abiVersion = abiVersionOf(this.exports);
    this.countsAllocations = this.imports.includes("rtrace.onalloc");
  }

  /** Compiles and validates a module. Fails with WebAssembly.CompileError when the bytes are not WebAssembly. */
  static async compile(bytes: Uint8Array): Promise<PluginModule> {
    return new PluginModule(await WebAssembly.compile(bytes));
  }
}
