import { ByteReader, CutOff } from "./byte-reader.js";
import { type NoModule, readSections, type Section } from "./sections.js";

// Source: WebAssembly core specification 2.0, 5 (binary format).

/** What a function takes and gives: letters, `i` being i32, `I` i64, `f` f32, `d` f64 and `?` anything else. */
export interface FunctionType {
  params: string;
  results: string;
}

/** What a module needs from outside, or offers to it. */
export interface External {
  name: string;
  kind: "function" | "table" | "memory" | "global" | "tag" | "unknown";
  /** Of a function; undefined when it is written in a way that is not known here. */
  type?: FunctionType;
}

export interface Import extends External {
  module: string;
}

/** A linear memory, in pages of 64 KiB. */
export interface Memory {
  initial: number;
  /** Absent: as large as the host allows. */
  maximum?: number;
  isShared: boolean;
  is64Bit: boolean;
}

/** A part that only tools read. */
export interface CustomSection {
  name: string;
  bytes: Uint8Array;
}

/** A module without what its functions do. */
export interface WasmModule {
  imports: Import[];
  exports: External[];
  /** Of its own and imported. */
  memories: Memory[];
  customs: CustomSection[];
}

const KINDS = ["function", "table", "memory", "global", "tag"] as const;
const LETTERS: Readonly<Record<number, string>> = { 0x7f: "i", 0x7e: "I", 0x7d: "f", 0x7c: "d" };
const FUNCTION_FORM = 0x60;

/** Reads a module up to what its functions do, which is not checked. */
export function readModule(bytes: Uint8Array): WasmModule | NoModule {
  const sections = readSections(bytes);
  if ("why" in sections) return sections;
  try {
    return moduleOf(sections);
  } catch (error) {
    if (!(error instanceof CutOff)) throw error;
    return { why: "broken", detail: "a section ends before what it holds" };
  }
}

function moduleOf(sections: readonly Section[]): WasmModule {
  const contentOf = (id: number): ByteReader =>
    new ByteReader(sections.find((section) => section.id === id)?.bytes ?? EMPTY_LIST);
  const types = readTypes(contentOf(1));
  const memories: Memory[] = [];
  const imports = listIn(contentOf(2), (reader) => readImport(reader, types, memories));
  const typeIndices = listIn(contentOf(3), (reader) => reader.number());
  const functions = imports.filter(({ kind }) => kind === "function");
  const typesOf = [...functions.map(({ type }) => type), ...typeIndices.map((index) => types[index])];
  memories.push(...listIn(contentOf(5), readMemory));
  const exports = listIn(contentOf(7), (reader) => readExport(reader, typesOf));
  const customs = sections.filter(({ id }) => id === 0).map(({ bytes }) => readCustom(bytes));
  return { imports, exports, memories, customs };
}

const EMPTY_LIST = new Uint8Array([0]);

function listIn<T>(reader: ByteReader, item: (reader: ByteReader) => T): T[] {
  return reader.list(() => item(reader));
}

/** Types of functions; those of newer proposals, and what follows them, are left out. */
function readTypes(reader: ByteReader): (FunctionType | undefined)[] {
  const types: FunctionType[] = [];
  for (let count = reader.number(); count > 0; count--) {
    if (reader.byte() !== FUNCTION_FORM) return types;
    const [params, results] = [lettersOf(reader), lettersOf(reader)];
    if (params === undefined || results === undefined) return types;
    types.push({ params, results });
  }
  return types;
}

/** Undefined when a type of more than one byte is among them. */
function lettersOf(reader: ByteReader): string | undefined {
  const kinds = reader.list(() => reader.byte());
  const isLong = kinds.some((kind) => kind === 0x63 || kind === 0x64);
  return isLong ? undefined : kinds.map((kind) => LETTERS[kind] ?? "?").join("");
}

function readImport(reader: ByteReader, types: readonly (FunctionType | undefined)[], memories: Memory[]): Import {
  const [module, name] = [reader.text(), reader.text()];
  const kind = KINDS[reader.byte()] ?? "unknown";
  if (kind === "function") return { module, name, kind, ...typed(types[reader.number()]) };
  if (kind === "memory") memories.push(readMemory(reader));
  else skipType(reader, kind);
  return { module, name, kind };
}

/** Of what is imported, and is neither a function nor a memory. */
function skipType(reader: ByteReader, kind: External["kind"]): void {
  if (kind === "unknown") throw new CutOff();
  reader.byte();
  if (kind === "table") readMemory(reader);
  else reader.number();
}

function readExport(reader: ByteReader, types: readonly (FunctionType | undefined)[]): External {
  const name = reader.text();
  const kind = KINDS[reader.byte()] ?? "unknown";
  const index = reader.number();
  return kind === "function" ? { name, kind, ...typed(types[index]) } : { name, kind };
}

function typed(type: FunctionType | undefined): { type?: FunctionType } {
  return type ? { type } : {};
}

/** Limits of a memory, or of a table. */
function readMemory(reader: ByteReader): Memory {
  const flags = reader.byte();
  const memory = { initial: reader.number(), isShared: (flags & 2) !== 0, is64Bit: (flags & 4) !== 0 };
  return flags & 1 ? { ...memory, maximum: reader.number() } : memory;
}

function readCustom(bytes: Uint8Array): CustomSection {
  const reader = new ByteReader(bytes);
  const name = reader.text();
  return { name, bytes: bytes.subarray(reader.position) };
}
