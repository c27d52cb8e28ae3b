import { NEWER_IMPORTS, linkableImports } from "../build/abi.js";
import { interfaceIn } from "../build/given-module.js";
import { ANSWERED_WITH_ERRORS } from "../build/wasi-problems.js";
import { capabilitiesNeeded } from "../generate/capabilities.js";
import { abiVersionOf } from "../host/abi.js";
import { gzipOf } from "../oci/gzip.js";
import { sha256Of } from "../sha256.js";
import type { WasmModule } from "../wasm/module.js";
import { likelySdk, type Likely } from "./sdk.js";

/** A function of WASI that a module imports, and what Envoy makes of it. */
export interface WasiImport {
  name: string;
  /** Whether Envoy does what is asked, does nothing, answers with an error always, or does not load the module. */
  inEnvoy: "works" | "does nothing" | "answers with an error" | "is missing";
  /** The first Envoy that has it, when older ones have not. */
  since?: string;
}

/** What is known of a module without running it. Sizes are in bytes. */
export interface ModuleFacts {
  bytes: number;
  /** As a layer of an image; undefined for a large one. */
  gzipBytes?: number;
  /** In hexadecimal; of the module itself. */
  sha256: string;
  /** Such as 0.2.1; undefined when Envoy knows none that it says. */
  abi?: string;
  likely: Likely;
  /** What Envoy calls of it, without the allocator. */
  callbacks: string[];
  hostCalls: string[];
  wasi: WasiImport[];
  otherImports: string[];
  /** What is to be allowed for it to work as it is. */
  capabilities: string[];
  memory?: { initialBytes: number; maximumBytes?: number };
  /** What runs when it is loaded. */
  start?: "_initialize" | "_start";
  customSections: { name: string; bytes: number }[];
}

/** Functions that say that all went well, and do nothing; after proc_exit the module goes on. */
const IDLE: ReadonlySet<string> = new Set(
  (
    "args_get args_sizes_get fd_advise fd_allocate fd_close fd_datasync fd_fdstat_set_rights fd_filestat_set_size " +
    "fd_filestat_set_times fd_seek fd_sync fd_tell poll_oneoff proc_exit sched_yield"
  ).split(" "),
);
const PAGE = 64 * 1024;
/** A larger module would take seconds to pack. */
const MAX_PACKED = 16 * 1024 * 1024;

/** The facts of a module that can be read. */
export function moduleFacts(bytes: Uint8Array, module: WasmModule): ModuleFacts {
  const names = interfaceIn(module);
  const abi = abiVersionOf(names.exports);
  const [memory] = module.memories;
  const capabilities = capabilitiesNeeded(names);
  return {
    bytes: bytes.length,
    ...(bytes.length > MAX_PACKED ? {} : { gzipBytes: gzipOf(bytes).length }),
    sha256: sha256Of(bytes),
    ...(abi === undefined ? {} : { abi }),
    likely: likelySdk(bytes, module),
    callbacks: capabilities.filter((name) => names.exports.includes(name)),
    ...importFacts(names.imports, abi),
    capabilities,
    ...(memory ? { memory: memoryFacts(memory) } : {}),
    ...startOf(names.exports),
    customSections: module.customs.map((custom) => ({ name: custom.name, bytes: custom.bytes.length })),
  };
}

function importFacts(imports: readonly string[], abi: string | undefined) {
  const isWasi = (name: string): boolean => /^wasi_\w+\./.test(name);
  const isHostCall = (name: string): boolean => name.startsWith("env.proxy_");
  return {
    hostCalls: unique(imports.filter(isHostCall)).map(bare).sort(),
    wasi: unique(imports.filter(isWasi)).map((name) => wasiImport(name, abi)),
    otherImports: unique(imports.filter((name) => !isWasi(name) && !isHostCall(name))),
  };
}

/** Go imports a function once for each declaration. */
function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}

function wasiImport(full: string, abi: string | undefined): WasiImport {
  const name = bare(full);
  if (!linkableImports(abi).has(full)) return { name, inEnvoy: "is missing" };
  const since = NEWER_IMPORTS.get(full);
  const inEnvoy = ANSWERED_WITH_ERRORS.has(name) ? "answers with an error" : IDLE.has(name) ? "does nothing" : "works";
  return since === undefined ? { name, inEnvoy } : { name, inEnvoy, since };
}

function bare(full: string): string {
  return full.slice(full.indexOf(".") + 1);
}

function memoryFacts({ initial, maximum }: WasmModule["memories"][number]): ModuleFacts["memory"] {
  const initialBytes = initial * PAGE;
  return maximum === undefined ? { initialBytes } : { initialBytes, maximumBytes: maximum * PAGE };
}

function startOf(exports: readonly string[]): Pick<ModuleFacts, "start"> {
  const start = (["_initialize", "_start"] as const).find((name) => exports.includes(name));
  return start ? { start } : {};
}
