import { execFile } from "node:child_process";

/** Below this, Envoy clears no route cache for our ABI or lacks a field that the generator writes. */
export const OLDEST_ENVOY = "1.36.0";
const VERSION_TIMEOUT_MS = 30_000;

/**
 * Asks an Envoy binary for its version, such as "1.40.0".
 * @returns undefined when the file does not run or is no Envoy.
 */
export function envoyVersion(path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(path, ["--version"], { timeout: VERSION_TIMEOUT_MS }, (error, stdout) => {
      resolve(error ? undefined : /version: [0-9a-f]*\/(\d+\.\d+\.\d+)/.exec(stdout)?.[1]);
    });
  });
}

/** Whether version `have` is `wanted` or newer; both as "major.minor.patch". */
export function isAtLeast(have: string, wanted: string): boolean {
  const ours = have.split(".").map(Number);
  const theirs = wanted.split(".").map(Number);
  const differing = ours.findIndex((part, i) => part !== (theirs[i] ?? 0));
  return differing < 0 || ours[differing]! > (theirs[differing] ?? 0);
}
