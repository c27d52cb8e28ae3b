import { abiVersionOf } from "../host/abi.js";
import type { External, FunctionType, WasmModule } from "../wasm/module.js";
import { exportType, importType } from "./abi-types.js";
import type { GivenProblem } from "./given-module.js";

/** Functions of the right name whose type is another than Envoy's, so that it does not load the module. */
export function typeProblems({ imports, exports }: WasmModule): GivenProblem[] {
  const version = abiVersionOf(exports.map(({ name }) => name));
  const called = exports.filter((one) => isLookedUp(one, exports));
  return [
    ...imports.flatMap(({ module, name, type }) =>
      differing("imports", `${module}.${name}`, type, importType(`${module}.${name}`)),
    ),
    ...called.flatMap(({ name, type }) => differing("exports", name, type, exportType(name, version))),
  ];
}

/** Of functions that stand for each other Envoy looks at the first alone. */
function isLookedUp({ name }: External, exports: readonly External[]): boolean {
  const has = (other: string): boolean => exports.some((one) => one.name === other);
  if (name === "_start") return !has("_initialize");
  if (name === "main" || name === "__main_void") return has("_initialize");
  return name !== "proxy_on_memory_allocate" || !has("malloc");
}

function differing(
  does: "imports" | "exports",
  name: string,
  has: FunctionType | undefined,
  wanted: FunctionType | undefined,
): GivenProblem[] {
  if (!has || !wanted || (has.params === wanted.params && has.results === wanted.results)) return [];
  const message = `the module ${does} ${name} as ${inWords(has)}, which is ${inWords(wanted)} to Envoy`;
  return [{ code: "TG9306", severity: "error", message, remedy: "Correct the declaration, or use another SDK" }];
}

const WORDS: Readonly<Record<string, string>> = { i: "i32", I: "i64", f: "f32", d: "f64", "?": "reference" };

function inWords({ params, results }: FunctionType): string {
  const list = (letters: string): string => [...letters].map((letter) => WORDS[letter]).join(", ");
  return `(${list(params)}) -> ${results === "" ? "nothing" : list(results)}`;
}
