import type { Finding, Severity } from "../errors.js";
import type { Code } from "./codes.js";
import type { SourceDocument } from "./source-document.js";

/** Keys and indices from the top of a document to a value; an index may also be written as a string. */
export type Path = readonly (string | number)[];

/** A finding before its place in the file is known: it names a value, or that value's key, by its path. */
export interface Fault {
  code: Code;
  /** Absent: an error. */
  severity?: Severity;
  path: Path;
  /** Whether the key or its value is at fault; the value when absent. */
  at?: "key" | "value";
  message: string;
  remedy?: string;
  /** The key that an unknown key was probably meant to be. */
  meant?: string;
  /** That something is wrong is all that is known: who knows what should stand there may give another remedy. */
  isVague?: boolean;
}

/** Puts a fault where its value stands in the file; what is missing is reported at the nearest thing around it. */
export function toFinding(fault: Fault, document: SourceDocument): Finding {
  const { code, severity = "error", message, remedy } = fault;
  const place = document.locate(fault.path, fault.at);
  return { code, severity, file: document.file, ...place, message, ...(remedy ? { remedy } : {}) };
}

/** True when one path leads through the other, or both are the same. */
export function overlap(one: Path, other: Path): boolean {
  return isPrefix(one, other) || isPrefix(other, one);
}

/** True when both paths lead to the same value. */
export function isSame(one: Path, other: Path): boolean {
  return one.length === other.length && isPrefix(one, other);
}

/** True when `path` is `prefix` or lies below it. */
export function isPrefix(prefix: Path, path: Path): boolean {
  return prefix.length <= path.length && prefix.every((step, i) => String(step) === String(path[i]));
}
