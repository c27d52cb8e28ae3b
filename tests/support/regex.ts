import { join } from "node:path";
import { type BuildMode, compile } from "../../tools/build/asc.js";
import { formatFinding } from "../../tools/errors.js";
import { repoRoot } from "../../tools/root.js";

interface Exports {
  memory: { buffer: ArrayBuffer };
  _initialize(): void;
  buffer(): number;
  parse(length: number): number;
  matches(length: number): number;
}

/** The regular expressions that plugins have, in a module of their own (tests/fixtures/regex). A trap is an exception. */
export class RegexModule {
  /** Blocks of memory that were taken from the heap; counted when the module was compiled for counting. */
  allocations = 0;
  #wasm!: Exports;

  static async load(mode: BuildMode = "release"): Promise<RegexModule> {
    const { wasm, findings } = await compile(join(repoRoot, "tests/fixtures/regex/regex.ts"), mode);
    if (!wasm) throw new Error(findings.map(formatFinding).join("\n"));
    const module = await WebAssembly.compile(wasm);
    const loaded = new RegexModule();
    const imports: Record<string, Record<string, unknown>> = {};
    for (const { module: from, name } of WebAssembly.Module.imports(module)) {
      // What the collector traces: a visit must answer 1, a store or load the address.
      const pass = (address = 1) => (name === "onvisit" ? 1 : address);
      (imports[from] ??= {})[name] = name === "onalloc" ? () => loaded.allocations++ : pass;
    }
    const { exports } = await WebAssembly.instantiate(module, imports);
    loaded.#wasm = exports as unknown as Exports;
    loaded.#wasm._initialize();
    return loaded;
  }

  get memoryBytes(): number {
    return this.#wasm.memory.buffer.byteLength;
  }

  /** Takes the pattern for what follows. @returns its problem, "" when there is none. */
  parse(pattern: string | Uint8Array): string {
    const length = this.#wasm.parse(this.#write(Buffer.from(pattern)));
    return Buffer.from(this.#wasm.memory.buffer, this.#wasm.buffer(), length).toString();
  }

  matches(value: string | Uint8Array): boolean {
    return this.#wasm.matches(this.#write(Buffer.from(value))) !== 0;
  }

  /** Matches the value so many times. @returns the fewest milliseconds that one time took. */
  fastest(value: string, times: number): number {
    const length = this.#write(Buffer.from(value));
    let fastest = Infinity;
    for (let i = 0; i < times; i++) {
      const begin = performance.now();
      this.#wasm.matches(length);
      fastest = Math.min(fastest, performance.now() - begin);
    }
    return fastest;
  }

  #write(text: Uint8Array): number {
    new Uint8Array(this.#wasm.memory.buffer).set(text, this.#wasm.buffer());
    return text.length;
  }
}
