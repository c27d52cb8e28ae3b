import { ByteReader } from "./byte-reader.js";
import type { CustomSection } from "./module.js";

/** A tool or a language that had a part in a module. */
export interface Producer {
  /** Such as `language`, `processed-by`, `sdk`. */
  field: string;
  name: string;
  /** Empty when it is not said. */
  version: string;
}

/** What the section `producers` says; nothing when there is none, or it is broken. Source: WebAssembly tool conventions. */
export function producersOf(customs: readonly CustomSection[]): Producer[] {
  const section = customs.find(({ name }) => name === "producers");
  if (!section) return [];
  const reader = new ByteReader(section.bytes);
  try {
    return reader.list(() => fieldOf(reader)).flat();
  } catch {
    return [];
  }
}

function fieldOf(reader: ByteReader): Producer[] {
  const field = reader.text();
  return reader.list(() => ({ field, name: reader.text(), version: reader.text() }));
}
