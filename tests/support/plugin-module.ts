import { readFile } from "node:fs/promises";
import type { BuildMode } from "../../tools/build/asc.js";
import { buildAll, modulePath } from "../../tools/build/build-all.js";
import { formatFinding } from "../../tools/errors.js";
import { PluginModule } from "../../tools/host/index.js";

/** A plugin as it is shipped, or built to count allocations; built first if its sources are newer. */
export async function pluginModule(plugin: string, mode: BuildMode = "release"): Promise<PluginModule> {
  return PluginModule.compile(await pluginBytes(plugin, mode));
}

/** The bytes of `pluginModule`. */
export async function pluginBytes(plugin: string, mode: BuildMode = "release"): Promise<Uint8Array> {
  const [report] = await buildAll({ plugins: [plugin], modes: [mode] });
  if (report!.findings.length > 0) throw new Error(report!.findings.map(formatFinding).join("\n"));
  return readFile(modulePath(plugin, mode));
}
