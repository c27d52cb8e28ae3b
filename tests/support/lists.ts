import { join } from "node:path";
import { compile } from "../../tools/build/asc.js";
import { formatFinding } from "../../tools/errors.js";
import { repoRoot } from "../../tools/root.js";

interface Exports {
  memory: { buffer: ArrayBuffer };
  _initialize(): void;
  proxy_on_memory_allocate(size: number): number;
  read(ptr: number, length: number): number;
  problemLength(index: number): number;
  writeProblem(index: number, to: number): void;
  sizes(index: number): bigint;
  has(index: number, ptr: number, length: number): number;
  hasHowMany(index: number, ptr: number, size: number, count: number): number;
}

/** The reader of lists that plugins have, in a module of its own (tests/fixtures/lists). A trap is an exception. */
export class ListModule {
  private readonly buffer: number;

  private constructor(private readonly wasm: Exports) {
    this.buffer = wasm.proxy_on_memory_allocate(4096);
  }

  static async load(): Promise<() => Promise<ListModule>> {
    const { wasm, findings } = await compile(join(repoRoot, "tests/fixtures/lists/lists.ts"), "release");
    if (!wasm) throw new Error(findings.map(formatFinding).join("\n"));
    const module = await WebAssembly.compile(wasm);
    const imports: Record<string, Record<string, () => number>> = {};
    for (const { module: from, name } of WebAssembly.Module.imports(module)) (imports[from] ??= {})[name] = () => 0;
    return async () => {
      const { exports } = await WebAssembly.instantiate(module, imports);
      (exports as unknown as Exports)._initialize();
      return new ListModule(exports as unknown as Exports);
    };
  }

  get memoryBytes(): number {
    return this.wasm.memory.buffer.byteLength;
  }

  /** Reads the lists of a configuration and answers its problems. */
  read(lists: object): string[] {
    const bytes = Buffer.from(JSON.stringify(lists));
    const ptr = this.wasm.proxy_on_memory_allocate(bytes.length);
    this.put(bytes, ptr);
    return Array.from({ length: this.wasm.read(ptr, bytes.length) }, (_, i) => {
      const length = this.wasm.problemLength(i);
      const to = this.wasm.proxy_on_memory_allocate(length);
      this.wasm.writeProblem(i, to);
      return Buffer.from(this.wasm.memory.buffer, to, length).toString();
    });
  }

  sizes(list = 0): { ids: number; ranges: number } {
    const both = this.wasm.sizes(list);
    return { ids: Number(both & 0xffffffffn), ranges: Number(both >> 32n) };
  }

  has(id: string, list = 0): boolean {
    const bytes = Buffer.from(id);
    this.put(bytes, this.buffer);
    return this.wasm.has(list, this.buffer, bytes.length) !== 0;
  }

  /** Writes ids of one length into the module's memory; the function asks for them all and answers how many are there. */
  prepare(ids: readonly string[], list = 0): () => number {
    const size = ids[0]!.length;
    const bytes = Buffer.from(ids.join(""));
    const ptr = this.wasm.proxy_on_memory_allocate(bytes.length);
    this.put(bytes, ptr);
    return () => this.wasm.hasHowMany(list, ptr, size, ids.length);
  }

  private put(bytes: Uint8Array, ptr: number): void {
    new Uint8Array(this.wasm.memory.buffer).set(bytes, ptr);
  }
}
