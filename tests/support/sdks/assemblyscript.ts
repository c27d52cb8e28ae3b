import { readFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { compile } from "../../../tools/build/asc.js";
import { buildPlugin } from "../../../tools/build/build-plugin.js";
import { isCurrent, writeStamp } from "../../../tools/build/stamp.js";
import { formatFinding } from "../../../tools/errors.js";
import { repoRoot } from "../../../tools/root.js";

/** Where the sources of plugins on others' SDKs are. */
export const SDK_FIXTURES = join(repoRoot, "tests/fixtures/sdks");

/** Builds tests/fixtures/sdks/<name> as the tool builds a plugin of that folder, unless it is built already. */
export async function compiledSdk(name: string): Promise<Uint8Array> {
  const outFile = join(repoRoot, "build", "sdks", `${name}.wasm`);
  const there = await readFile(outFile).catch(() => undefined);
  const sha256 = there && createHash("sha256").update(there).digest("hex");
  if (there && (await isCurrent(outFile, "release", repoRoot, sha256!))) return there;
  const { module, sources, findings } = await buildPlugin({ entry: entryOf(name), outFile, mode: "release" });
  if (!module) throw new Error(findings.map(formatFinding).join("\n"));
  await writeStamp(outFile, "release", repoRoot, { module: module.sha256, sources: sources! });
  return await readFile(outFile);
}

/** The same of one that Envoy does not load. */
export async function uncheckedSdk(name: string): Promise<Uint8Array> {
  const { wasm, findings } = await compile(entryOf(name), "release");
  if (!wasm) throw new Error(findings.map(formatFinding).join("\n"));
  return wasm;
}

export function entryOf(name: string): string {
  return join(SDK_FIXTURES, name, "assembly/index.ts");
}
