import { readFile, stat } from "node:fs/promises";
import { findingsAt, givenModule } from "../build/given-module.js";
import { type Finding, hasErrors, messageOf, UserError } from "../errors.js";
import { abiVersionOf } from "../host/abi.js";
import { MAX_MODULE } from "../oci/limits.js";

/** A module that a gateway can load. */
export interface LoadedModule {
  bytes: Uint8Array;
  /** Of the proxy-wasm ABI, such as 0.2.1. */
  abi: string;
}

/**
 * Reads a module, with what is to be said of it; with an error there is no module. Fails with a `UserError` when the file
 * cannot be read.
 * @param shown the file's name, for findings.
 */
export async function loadModule(path: string, shown: string): Promise<{ module?: LoadedModule; findings: Finding[] }> {
  const { size } = await stat(path).catch((error: unknown) => unread(shown, error));
  if (size > MAX_MODULE) return { findings: [tooLarge(shown, size)] };
  const bytes = await readFile(path).catch((error: unknown) => unread(shown, error));
  const { module, problems } = givenModule(bytes);
  const findings = findingsAt(shown, problems);
  const abi = abiVersionOf(module?.exports.map(({ name }) => name) ?? []);
  return hasErrors(findings) || abi === undefined ? { findings } : { module: { bytes, abi }, findings };
}

function tooLarge(file: string, size: number): Finding {
  const message = `the module has ${size} bytes, more than the ${MAX_MODULE} that gateways take`;
  const remedy = "Build it for size, without debug information";
  return { code: "TG9105", severity: "error", file, line: 1, column: 1, message, remedy };
}

function unread(shown: string, error: unknown): never {
  throw new UserError(`${shown} cannot be read: ${messageOf(error)}`, 3);
}
