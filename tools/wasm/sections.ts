import { ByteReader } from "./byte-reader.js";

// A module is eight bytes and sections: a number that says of what, a size, and so many bytes.
// Source: WebAssembly core specification 2.0, 5 (binary format).

/** One section, its number saying what it holds. */
export interface Section {
  id: number;
  bytes: Uint8Array;
}

/** Why bytes are no module, in words that go on after "the file". */
export interface NoModule {
  why: "no WebAssembly" | "a component" | "of another version" | "cut off" | "broken";
  detail: string;
}

const WASM_MAGIC = [0, 0x61, 0x73, 0x6d];
const HEADER_SIZE = 8;

/** Whether bytes begin as WebAssembly does. */
export function isWasm(bytes: Uint8Array): boolean {
  return WASM_MAGIC.every((byte, i) => bytes[i] === byte);
}

/** The sections of a module, unread, in their order. */
export function readSections(bytes: Uint8Array): Section[] | NoModule {
  const problem = headerProblem(bytes);
  if (problem) return problem;
  const sections: Section[] = [];
  const reader = new ByteReader(bytes, HEADER_SIZE);
  while (!reader.isAtEnd) {
    const at = reader.position;
    try {
      sections.push({ id: reader.byte(), bytes: reader.take(reader.number()) });
    } catch {
      return { why: "cut off", detail: `the section at byte ${at} goes on after the end, at byte ${bytes.length}` };
    }
  }
  return sections;
}

function headerProblem(bytes: Uint8Array): NoModule | undefined {
  if (bytes.length === 0) return { why: "no WebAssembly", detail: "it is empty" };
  if (!isWasm(bytes)) return { why: "no WebAssembly", detail: `it begins with ${firstBytes(bytes)}` };
  if (bytes.length < HEADER_SIZE) return { why: "cut off", detail: `it ends at byte ${bytes.length}` };
  const [version, , layer] = bytes.subarray(4);
  if (layer === 1) return { why: "a component", detail: "it is written in the component model" };
  if (version !== 1 || layer !== 0) return { why: "of another version", detail: `its version is ${version}` };
  return undefined;
}

function firstBytes(bytes: Uint8Array): string {
  return [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
