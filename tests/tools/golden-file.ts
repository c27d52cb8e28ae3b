import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repoRoot } from "../../tools/root.js";

/** The folder of a kind of golden files; they lie beside the sources, not in dist/. */
export function goldenFolder(kind: "golden" | "help"): string {
  return join(repoRoot, "tests", "tools", kind);
}

/** Compares text with a golden file. Only UPDATE_GOLDEN=1 writes one, and the test fails even then when CI is set. */
export function assertGolden(file: string, text: string): void {
  if (process.env["UPDATE_GOLDEN"] === "1" && !process.env["CI"]) writeFileSync(file, text);
  assert.ok(existsSync(file), `${file} is missing; UPDATE_GOLDEN=1 writes it`);
  assert.equal(text, readFileSync(file, "utf8"), `${file} differs; UPDATE_GOLDEN=1 accepts the new text`);
}
