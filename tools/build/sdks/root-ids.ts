import { readFileSync } from "node:fs";
import { sourceFiles } from "./detect.js";

/** The end of a call that registers a root context: its name comes last. */
const REGISTERED = /\bregisterRootContext\s*\([\s\S]*?,\s*(["'`])([^"'`]*)\1\s*,?\s*\)/g;

/** The names that a plugin's sources register root contexts by, as far as they are written out. */
export function registeredRootIds(entry: string): string[] {
  const texts = sourceFiles(entry).map((file) => readFileSync(file, "utf8"));
  return texts.flatMap((text) => [...text.matchAll(REGISTERED)].map((match) => match[2]!));
}
