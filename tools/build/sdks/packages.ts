import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** Folder of an npm package that files in `folder` would import; undefined when it is not installed. */
export function packageFolder(name: string, folder: string, others: readonly string[]): string | undefined {
  return [...modulesAbove(folder), ...others].map((modules) => join(modules, name)).find((found) => existsSync(found));
}

function modulesAbove(folder: string): string[] {
  const above = dirname(folder);
  return [join(folder, "node_modules"), ...(above === folder ? [] : modulesAbove(above))];
}
