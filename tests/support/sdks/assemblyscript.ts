import { join } from "node:path";
import { compile } from "../../../tools/build/asc.js";
import { formatFinding } from "../../../tools/errors.js";
import { repoRoot } from "../../../tools/root.js";

/** Where the sources of plugins on others' SDKs are. */
export const SDK_FIXTURES = join(repoRoot, "tests/fixtures/sdks");

/** Compiles tests/fixtures/sdks/<name> as the tool builds a plugin of that folder. */
export async function compiledSdk(name: string): Promise<Uint8Array> {
  const { wasm, findings } = await compile(join(SDK_FIXTURES, name, "assembly/index.ts"), "release");
  if (!wasm) throw new Error(findings.map(formatFinding).join("\n"));
  return wasm;
}
