import { UserError } from "../errors.js";
import { manifestIn } from "../manifest.js";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { repoRoot } from "../root.js";

/** The compiler, which plugin authors install and those who only use tidegate's own plugins do not. */
type Asc = typeof import("assemblyscript/asc").default;

const require = createRequire(import.meta.url);

/** Loads asc. Fails with a `UserError` that says how to install it. */
export async function loadCompiler(): Promise<Asc> {
  compilerVersion();
  return (await import("assemblyscript/asc")).default;
}

/** Version of the installed compiler, without loading it. Fails as `loadCompiler` does. */
export function compilerVersion(): string {
  const manifest = manifestIn(dirname(manifestFile()));
  return String(manifest?.version);
}

function manifestFile(): string {
  try {
    return require.resolve("assemblyscript/package.json");
  } catch {
    throw new UserError(`the compiler is not installed. Run: npm install --save-dev assemblyscript@${wanted()}`, 3);
  }
}

/** The release of the compiler that this version of tidegate is tested with. */
function wanted(): string {
  const { peerDependencies } = manifestIn(repoRoot) as { peerDependencies: { assemblyscript: string } };
  return peerDependencies.assemblyscript;
}
