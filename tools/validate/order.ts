import type { Finding } from "../errors.js";
import type { PolicyText } from "./policies.js";

/** Findings as the files were given, those in other files last, and within each from top to bottom. */
export function inOrder(findings: readonly Finding[], texts: readonly PolicyText[]): Finding[] {
  const files = [...new Set([...texts, ...findings].map(({ file }) => file))];
  const key = ({ file, line, column }: Finding): number[] => [files.indexOf(file), line, column];
  return findings
    .map((finding) => ({ finding, key: key(finding) }))
    .sort((one, other) => compare(one.key, other.key))
    .map(({ finding }) => finding);
}

function compare(one: readonly number[], other: readonly number[]): number {
  const differing = one.findIndex((value, i) => value !== other[i]);
  return differing < 0 ? 0 : one[differing]! - other[differing]!;
}
