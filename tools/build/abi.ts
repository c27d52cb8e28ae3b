// What proxy-wasm ABI 0.1.0 to 0.2.1 is made of, as Envoy 1.36 to 1.40 link it.
// Source: proxy-wasm-cpp-host, include/proxy-wasm/exports.h and src/wasm.cc.

import { ABI_MARKERS, CALLS_OF_VERSION } from "../host/abi.js";

/** Exports through which the host gets memory to write into; one of them must be there. */
export const ALLOCATORS = ["proxy_on_memory_allocate", "malloc"] as const;

/** Host functions of module `env` that every ABI version links, without their `proxy_` prefix. */
const HOST_FUNCTIONS =
  "log get_status set_property get_property send_local_response get_shared_data set_shared_data " +
  "register_shared_queue resolve_shared_queue dequeue_shared_queue " +
  "enqueue_shared_queue get_header_map_value add_header_map_value replace_header_map_value remove_header_map_value " +
  "get_header_map_pairs set_header_map_pairs get_header_map_size get_buffer_status get_buffer_bytes set_buffer_bytes " +
  "http_call grpc_call grpc_stream grpc_close grpc_cancel grpc_send set_tick_period_milliseconds " +
  "get_current_time_nanoseconds define_metric increment_metric record_metric get_metric set_effective_context done " +
  "call_foreign_function";

/** WASI functions that the host links, as `wasi_snapshot_preview1` and as `wasi_unstable`. */
const WASI_FUNCTIONS =
  "fd_write fd_read fd_seek fd_close fd_fdstat_get fd_fdstat_set_flags environ_get environ_sizes_get args_get " +
  "args_sizes_get clock_time_get random_get sched_yield poll_oneoff proc_exit path_open fd_prestat_get " +
  "fd_prestat_dir_name";

/**
 * Those that are linked since Envoy 1.39. It has path_link and path_symlink, too, with fewer parameters than WASI gives
 * them, so a module that imports those does not load.
 */
const WASI_SINCE_1_39 =
  "fd_fdstat_set_rights clock_res_get fd_advise fd_allocate fd_datasync fd_filestat_get fd_filestat_set_size " +
  "fd_filestat_set_times fd_pread fd_pwrite fd_readdir fd_renumber fd_sync fd_tell path_create_directory " +
  "path_filestat_get path_filestat_set_times path_readlink path_remove_directory path_rename path_unlink_file " +
  "sock_accept sock_recv sock_send sock_shutdown";

const wasi = (names: string): string[] =>
  ["wasi_snapshot_preview1", "wasi_unstable"].flatMap((module) => names.split(" ").map((name) => `${module}.${name}`));

/** Imports that an Envoy has only from some release on: which one. */
export const NEWER_IMPORTS: ReadonlyMap<string, string> = new Map(
  wasi(WASI_SINCE_1_39).map((name) => [name, "1.39.0"]),
);

const COMMON = [
  ...HOST_FUNCTIONS.split(" ").map((name) => `env.proxy_${name}`),
  ...wasi(WASI_FUNCTIONS),
  ...NEWER_IMPORTS.keys(),
  "env.emscripten_notify_memory_growth",
  "env.pthread_equal",
];

const BY_VERSION: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(CALLS_OF_VERSION).map(([version, names]) => [
    version,
    new Set([...COMMON, ...names.map((name) => `env.${name}`)]),
  ]),
);

/** All imports that Envoy satisfies, as `module.name`, for modules of an ABI version; 0.2.1 for one that is not known. */
export function linkableImports(version: string | undefined): ReadonlySet<string> {
  return BY_VERSION.get(version ?? "0.2.1") ?? BY_VERSION.get("0.2.1")!;
}

/** All that Envoy satisfies for modules of some version. */
export const LINKABLE_IMPORTS: ReadonlySet<string> = new Set([...BY_VERSION.values()].flatMap((names) => [...names]));

/** The ABI versions whose modules an import is linked for; empty when none has it. */
export function versionsWith(name: string): string[] {
  return [...BY_VERSION].filter(([, imports]) => imports.has(name)).map(([version]) => version);
}

/** Callbacks that Envoy makes into a module, without their `proxy_` prefix. */
const CALLBACKS =
  "on_context_create on_vm_start validate_configuration on_configure on_tick on_new_connection on_downstream_data " +
  "on_upstream_data on_downstream_connection_close on_upstream_connection_close on_request_headers on_request_body " +
  "on_request_trailers on_request_metadata on_response_headers on_response_body on_response_trailers " +
  "on_response_metadata on_http_call_response on_grpc_receive on_grpc_close on_grpc_receive_initial_metadata " +
  "on_grpc_receive_trailing_metadata on_queue_ready on_foreign_function on_done on_log on_delete";

/** All exports whose name the host knows. */
export const KNOWN_EXPORTS: ReadonlySet<string> = new Set([
  ...CALLBACKS.split(" ").map((name) => `proxy_${name}`),
  ...ABI_MARKERS,
  ...ALLOCATORS,
]);

/** Exports that an SDK misspells: Envoy never calls them, and a plugin's author can do nothing about it. */
export const MISSPELT_BY_SDKS: ReadonlySet<string> = new Set(["proxy_on_grpc_trailing_metadata"]);
