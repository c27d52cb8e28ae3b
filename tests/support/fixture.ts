import { join } from "node:path";
import { type BuildMode, compile } from "../../tools/build/asc.js";
import { formatFinding } from "../../tools/errors.js";
import { PluginModule } from "../../tools/host/index.js";
import { repoRoot } from "../../tools/root.js";

/** Compiles tests/fixtures/<name>.ts as the tool builds plugins, and loads it. */
export async function fixture(name: string, mode: BuildMode = "release"): Promise<PluginModule> {
  const { wasm, findings } = await compile(join(repoRoot, "tests/fixtures", `${name}.ts`), mode);
  if (!wasm) throw new Error(findings.map(formatFinding).join("\n"));
  return PluginModule.compile(wasm);
}
