import { readFileSync } from "node:fs";
import { interfaceOf } from "../build/check-module.js";
import { modulePath } from "../plugin-folders.js";
import { sha256Of } from "../sha256.js";
import type { BuiltModule } from "./module-source.js";

/** Modules as they lie in files, by the names of plugins; each is read once. */
export function modulesIn(
  moduleFile: (plugin: string) => string = modulePath,
): (plugin: string) => BuiltModule | undefined {
  const known = new Map<string, BuiltModule | undefined>();
  return (plugin) => {
    if (!known.has(plugin)) known.set(plugin, readModule(moduleFile(plugin)));
    return known.get(plugin);
  };
}

/** Undefined when there is no such file, or it is no WebAssembly: `validate` says which. */
function readModule(file: string): BuiltModule | undefined {
  try {
    const bytes = readFileSync(file);
    return { ...interfaceOf(new WebAssembly.Module(bytes)), sha256: sha256Of(bytes), bytes };
  } catch {
    return undefined;
  }
}
