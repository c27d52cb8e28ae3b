import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { manifestIn } from "./manifest.js";
import { isCheckout, repoRoot } from "./root.js";

/**
 * Folder of the project that is worked on: the nearest from the working directory upward that is the tidegate package or
 * whose package.json depends on it. Undefined outside of any.
 */
export const projectRoot = findProject(process.cwd());

/** Folder whose plugins `tidegate build` compiles: the project's, or this checkout's; an installed package has none. */
export const compiledRoot = projectRoot ?? (isCheckout ? repoRoot : undefined);

/**
 * Where what is installed for a project is kept, such as Envoy; git is to ignore it.
 * @param project undefined outside of any, where a folder of the user's cache serves all.
 */
export function installFolder(project: string | undefined, environment: NodeJS.ProcessEnv = process.env): string {
  if (project !== undefined) return join(project, ".tidegate");
  return join(environment["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "tidegate");
}

/** @param start an absolute path. */
export function findProject(start: string): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    if (folder === repoRoot || dependsOnTidegate(folder)) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

function dependsOnTidegate(folder: string): boolean {
  const manifest = manifestIn(folder);
  return [manifest?.dependencies, manifest?.devDependencies].some(
    (packages) => typeof packages === "object" && packages !== null && Object.hasOwn(packages, "tidegate"),
  );
}
