import { readFileSync } from "node:fs";
import { givenModule, type GivenProblem } from "../build/given-module.js";
import { messageOf } from "../errors.js";
import { PluginModule } from "../host/index.js";
import type { Code } from "../policy/codes.js";
import { ModuleTrial } from "./module-trial.js";

/** A module to ask, or what keeps Envoy from running it; or both, when that is no more than a warning. */
export interface LoadedModule {
  trial?: ModuleTrial;
  problems: GivenProblem[];
}

/** Loads a plugin's module from a file. Never throws: what is wrong with it is told. */
export async function loadedModule(plugin: string, file: string, envoyVersion?: string): Promise<LoadedModule> {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    const message = isMissing ? `the plugin ${plugin} is not built` : `its module cannot be read: ${messageOf(error)}`;
    return failed("TG4003", message);
  }
  const problems = givenModule(bytes, envoyVersion).problems.map((problem) => named(plugin, problem));
  if (problems.some(({ severity }) => severity === "error")) return { problems };
  try {
    return { trial: new ModuleTrial(plugin, await PluginModule.compile(bytes)), problems };
  } catch (error) {
    return failed("TG4004", `the module of ${plugin} cannot be loaded: ${messageOf(error)}`);
  }
}

function failed(code: Code, message: string): LoadedModule {
  return { problems: [{ code, severity: "error", message, remedy: "Run `tidegate build`" }] };
}

/** A problem of a module where several plugins are spoken of. */
export function named(plugin: string, problem: GivenProblem): GivenProblem {
  return { ...problem, message: `${plugin}: ${problem.message}` };
}
