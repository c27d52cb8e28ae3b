import leven from "leven";
import type { Code } from "../policy/codes.js";
import { ABI_MARKERS, abiVersionOf } from "../host/abi.js";
import { ALLOCATORS, KNOWN_EXPORTS, linkableImports, MISSPELT_BY_SDKS, versionsWith } from "./abi.js";

/** A reason why Envoy would not load a module, or would load it and never call it. */
export interface ModuleProblem {
  code: Code;
  message: string;
  remedy: string;
}

/** What a module takes from the host and offers to it. */
export interface ModuleInterface {
  imports: string[];
  exports: string[];
}

/** Compiles a module far enough to list imports (`module.name`) and exports; undefined if it is no valid wasm. */
export async function inspectModule(bytes: Uint8Array): Promise<ModuleInterface | undefined> {
  const module = await WebAssembly.compile(bytes).catch(() => undefined);
  return module && interfaceOf(module);
}

/** The same of a module that is compiled already. */
export function interfaceOf(compiled: WebAssembly.Module): ModuleInterface {
  return {
    imports: WebAssembly.Module.imports(compiled).map(({ module, name }) => `${module}.${name}`),
    exports: WebAssembly.Module.exports(compiled).map(({ name }) => name),
  };
}

/** All that keeps Envoy from running the module as a proxy-wasm plugin; empty when nothing does. */
export function checkModule(module: ModuleInterface): ModuleProblem[] {
  return [...importProblems(module), ...abiProblems(module.exports), ...exportProblems(module.exports)];
}

function importProblems({ imports, exports }: ModuleInterface): ModuleProblem[] {
  const version = abiVersionOf(exports);
  const linkable = linkableImports(version);
  return imports
    .filter((name) => !linkable.has(name))
    .map((name) => {
      const others = versionsWith(name);
      const lacking = others.length > 0 ? `has for modules of ABI ${others.join(" and ")} alone` : "does not have";
      const message = `the module imports ${name}, which Envoy ${lacking}`;
      return { code: "TG6002", message, remedy: insteadOf(name) ?? suggestion(name, linkable) ?? REMOVE };
    });
}

const REMOVE = "remove what uses it; `abort` needs --use abort=...";
/** What to do instead of calls that SDKs offer all the same. */
const LINKS = "remove what makes links of files: what Envoy calls so has other parameters than WASI's";
const INSTEAD: Record<string, string> = {
  "wasi_snapshot_preview1.path_link": LINKS,
  "wasi_snapshot_preview1.path_symlink": LINKS,
  "env.proxy_clear_route_cache":
    "leave the call out: the route is matched again when a request header changes, or call the foreign function clear_route_cache",
};

/** How to build for a host that is no browser, by what compilers import for one. */
const FOR_WASI: readonly [RegExp, string][] = [
  [
    /^(gojs|go)\.|^env\.(runtime\.|syscall\/js)/,
    "build for WASI: GOOS=wasip1 and -buildmode=c-shared, or tinygo -target=wasip1",
  ],
  [/^wbg\.|__wbindgen/, "build for wasm32-wasip1, without wasm-bindgen"],
  [/^wasi:|^wasi_snapshot_preview2\./, "build for WASI preview 1, such as by Rust's target wasm32-wasip1"],
];

function insteadOf(name: string): string | undefined {
  return INSTEAD[name] ?? FOR_WASI.find(([is]) => is.test(name))?.[1];
}

function abiProblems(exports: readonly string[]): ModuleProblem[] {
  const problems: ModuleProblem[] = [];
  const markers = exports.filter((name) => name.startsWith("proxy_abi_version_"));
  const accepted = markers.filter((name) => (ABI_MARKERS as readonly string[]).includes(name));
  if (accepted.length !== 1 || markers.length !== 1) {
    problems.push({
      code: "TG6004",
      message: markers.length === 0 ? "the module exports no ABI version" : `the module exports ${markers.join(", ")}`,
      remedy: "export proxy_abi_version_0_2_1 and no other",
    });
  }
  if (!ALLOCATORS.some((name) => exports.includes(name))) {
    problems.push({
      code: "TG6003",
      message: "the module exports no allocator, so the host cannot return a string to it",
      remedy: `export ${ALLOCATORS[0]}`,
    });
  }
  if (!exports.includes("memory")) {
    problems.push({ code: "TG6003", message: "the module exports no memory", remedy: "build with --exportMemory" });
  }
  return problems;
}

function exportProblems(exports: readonly string[]): ModuleProblem[] {
  return exports
    .filter((name) => name.startsWith("proxy_") && !name.startsWith("proxy_abi_version_") && !isExpected(name))
    .map((name) => ({
      code: "TG6005",
      message: `the module exports ${name}, which Envoy never calls`,
      remedy: suggestion(name, KNOWN_EXPORTS) ?? "remove it",
    }));
}

function isExpected(name: string): boolean {
  return KNOWN_EXPORTS.has(name) || MISSPELT_BY_SDKS.has(name);
}

function suggestion(name: string, known: ReadonlySet<string>): string | undefined {
  const nearest = [...known].reduce((best, next) => (leven(name, next) < leven(name, best) ? next : best));
  return leven(name, nearest) <= 4 ? `did you mean ${nearest}?` : undefined;
}
