import { isAtLeast, OLDEST_ENVOY } from "../envoy/version.js";
import type { Finding, Severity } from "../errors.js";
import { abiVersionOf } from "../host/abi.js";
import { MAX_MODULE } from "../oci/limits.js";
import { readModule, type WasmModule } from "../wasm/module.js";
import { NEWER_IMPORTS } from "./abi.js";
import { checkModule, type ModuleInterface, type ModuleProblem } from "./check-module.js";
import { brokenModule, noModule } from "./no-module.js";
import { noPlugin } from "./no-plugin.js";
import { typeProblems } from "./type-problems.js";
import { wasiProblems } from "./wasi-problems.js";

/** A reason why Envoy would not load or run a module, or, as a warning, what may surprise when it does. */
export interface GivenProblem extends ModuleProblem {
  severity: Severity;
}

/** A module that anybody may have built: what it is made of, if it is one, and what keeps Envoy from running it. */
export interface GivenModule {
  module?: WasmModule;
  problems: GivenProblem[];
}

const PAGES_OF_A_MIB = 16;
/** Of each VM in Envoy. Source: proxy-wasm-cpp-host, include/proxy-wasm/limits.h. */
const MAX_MEMORY_MIB = 1024;

/** What Envoy would make of bytes that are to be a plugin. @param envoyVersion the oldest that gets them, if it is known. */
export function givenModule(bytes: Uint8Array, envoyVersion?: string): GivenModule {
  if (bytes.length > MAX_MODULE) return { problems: [tooLarge(bytes)] };
  const module = readModule(bytes);
  if ("why" in module) return { problems: [noModule(module, bytes)] };
  const stranger = noPlugin(module);
  const gravest = brokenModule(bytes, module) ?? stranger;
  return { module, problems: gravest ? [gravest] : pluginProblems(module, envoyVersion) };
}

function tooLarge(bytes: Uint8Array): GivenProblem {
  const message = `the module has ${bytes.length} bytes, and gateways take no more than ${MAX_MODULE}`;
  return { code: "TG9304", severity: "error", message, remedy: "Build it without debug information" };
}

function pluginProblems(module: WasmModule, envoyVersion: string | undefined): GivenProblem[] {
  const names = interfaceIn(module);
  return [
    ...checkModule(names).map((problem) => weighed(problem, names)),
    ...newerImports(names, envoyVersion),
    ...typeProblems(module),
    ...memoryProblems(module),
    ...wasiProblems(module),
  ];
}

/**
 * The names of what a module imports and exports. A memory or a table that it imports is not among its imports: Envoy
 * makes it one, and it counts as if it were exported.
 */
export function interfaceIn({ imports, exports }: WasmModule): ModuleInterface {
  const given = imports.filter(({ kind }) => kind === "memory" || kind === "table");
  const isShown = given.some(({ kind }) => kind === "memory") && !exports.some(({ name }) => name === "memory");
  return {
    imports: imports.filter((one) => !given.includes(one)).map(({ module, name }) => `${module}.${name}`),
    exports: [...exports.map(({ name }) => name), ...(isShown ? ["memory"] : [])],
  };
}

/** Problems of a module as findings about its file. */
export function findingsAt(file: string, problems: readonly GivenProblem[]): Finding[] {
  return problems.map((problem) => ({ file, line: 1, column: 1, ...problem }));
}

/** What may be a slip in sources that are at hand is a fact of a module that is done, as long as Envoy loads it. */
function weighed(problem: ModuleProblem, { exports }: ModuleInterface): GivenProblem {
  const isLoaded = problem.code === "TG6005" || (problem.code === "TG6004" && abiVersionOf(exports) !== undefined);
  return { ...problem, severity: isLoaded ? "warning" : "error" };
}

function newerImports({ imports }: ModuleInterface, envoyVersion: string | undefined): GivenProblem[] {
  return imports.flatMap((name): GivenProblem[] => {
    const since = NEWER_IMPORTS.get(name);
    if (since === undefined || isAtLeast(envoyVersion ?? OLDEST_ENVOY, since)) return [];
    const message = `the module imports ${name}, which Envoy has since ${since}`;
    const severity = envoyVersion === undefined ? "warning" : "error";
    return [{ code: "TG9308", severity, message, remedy: `Run it in Envoy ${since} or newer, or remove what uses it` }];
  });
}

function memoryProblems({ memories }: WasmModule): GivenProblem[] {
  const largest = Math.max(0, ...memories.map(({ initial }) => initial / PAGES_OF_A_MIB));
  if (largest <= MAX_MEMORY_MIB) return [];
  const message = `the module begins with ${largest} MiB of memory, and Envoy gives it at most ${MAX_MEMORY_MIB}`;
  return [{ code: "TG9307", severity: "error", message, remedy: "Build it with a smaller initial memory" }];
}
