// What proxy-wasm ABI 0.1.0 to 0.2.1 is made of, as Envoy 1.36 to 1.40 link it.
// Source: proxy-wasm-cpp-host, include/proxy-wasm/exports.h and src/wasm.cc.

import { ABI_MARKERS, CALLS_OF_VERSION } from "../host/abi.js";
import { CALLED, inWasi, LINKED } from "./abi-types.js";

/** Exports through which the host gets memory to write into; one of them must be there. */
export const ALLOCATORS = ["proxy_on_memory_allocate", "malloc"] as const;

/**
 * Functions of WASI that are linked since Envoy 1.39. It has path_link and path_symlink, too, with fewer parameters than
 * WASI gives them, so a module that imports those does not load.
 */
const WASI_SINCE_1_39 =
  "fd_fdstat_set_rights clock_res_get fd_advise fd_allocate fd_datasync fd_filestat_get fd_filestat_set_size " +
  "fd_filestat_set_times fd_pread fd_pwrite fd_readdir fd_renumber fd_sync fd_tell path_create_directory " +
  "path_filestat_get path_filestat_set_times path_readlink path_remove_directory path_rename path_unlink_file " +
  "sock_accept sock_recv sock_send sock_shutdown";

/** Imports that an Envoy has only from some release on: which one. */
export const NEWER_IMPORTS: ReadonlyMap<string, string> = new Map(
  WASI_SINCE_1_39.split(" ").flatMap((name) => inWasi(name).map((full): [string, string] => [full, "1.39.0"])),
);

/** Imports that are linked for modules of some versions alone; the others are for all. */
const OF_VERSION = new Set(Object.values(CALLS_OF_VERSION).flatMap((names) => names.map(inEnv)));
const COMMON = LINKED.filter((name) => !OF_VERSION.has(name));

const BY_VERSION: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(CALLS_OF_VERSION).map(([version, names]) => [version, new Set([...COMMON, ...names.map(inEnv)])]),
);

/** All imports that Envoy satisfies, as `module.name`, for modules of an ABI version; 0.2.1 for one that is not known. */
export function linkableImports(version: string | undefined): ReadonlySet<string> {
  return BY_VERSION.get(version ?? "0.2.1") ?? BY_VERSION.get("0.2.1")!;
}

/** All that Envoy satisfies for modules of some version. */
export const LINKABLE_IMPORTS: ReadonlySet<string> = new Set(LINKED);

/** The ABI versions whose modules an import is linked for; empty when none has it. */
export function versionsWith(name: string): string[] {
  return [...BY_VERSION].filter(([, imports]) => imports.has(name)).map(([version]) => version);
}

/** All exports whose name the host knows. */
export const KNOWN_EXPORTS: ReadonlySet<string> = new Set([...CALLED, ...ABI_MARKERS, ...ALLOCATORS]);

/** Exports that an SDK misspells: Envoy never calls them, and a plugin's author can do nothing about it. */
export const MISSPELT_BY_SDKS: ReadonlySet<string> = new Set(["proxy_on_grpc_trailing_metadata"]);

function inEnv(name: string): string {
  return `env.${name}`;
}
