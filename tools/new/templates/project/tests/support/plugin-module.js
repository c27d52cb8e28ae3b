import { readFile } from "node:fs/promises";
import { PluginModule } from "tidegate/host";

/**
 * A plugin as `npm run build` has built it.
 * @param mode "counting": the build that lets the host count allocations, which Envoy cannot load.
 */
export async function pluginModule(plugin, mode = "release") {
  const file = mode === "release" ? `${plugin}.wasm` : `${plugin}.${mode}.wasm`;
  return PluginModule.compile(await readFile(new URL(`../../build/${file}`, import.meta.url)));
}
