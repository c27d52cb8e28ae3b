import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { root } from "./root.mjs";

/**
 * Whether node_modules holds what package-lock.json says. npm writes node_modules/.package-lock.json when an install
 * is complete, so an interrupted install shows too.
 */
export function dependenciesMatch(folder = root) {
  const wanted = packagesOf(join(folder, "package-lock.json"));
  const installed = packagesOf(join(folder, "node_modules", ".package-lock.json"));
  if (!wanted || !installed) return false;
  return Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
    const found = installed[path];
    if (path === "") return true; // the project itself
    return found ? found.version === version && found.integrity === integrity : optional === true;
  });
}

/** The command that installs exactly what the lock file says. */
export function installCommand() {
  return [...npm(), "ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];
}

/** How npm is started: the npm that runs us if one does. */
export function npm() {
  const runner = process.env.npm_execpath ?? "";
  return basename(runner) === "npm-cli.js" ? [process.execPath, runner] : ["npm"];
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages;
  } catch {
    return undefined;
  }
}
