import type { FunctionType } from "../wasm/module.js";

// The types of what Envoy links and calls: a function of another type keeps it from loading the module.
// Source: proxy-wasm-cpp-host, include/proxy-wasm/exports.h and wasm.h; tried with Envoy 1.36 and 1.40.

/** Host functions, without their `proxy_` prefix, with what they take; all give an i32. */
const HOST_FUNCTIONS =
  "log:iii get_status:iii get_log_level:i set_property:iiii get_property:iiii send_local_response:iiiiiiii " +
  "get_configuration:ii continue_request: continue_response: clear_route_cache: continue_stream:i close_stream:i " +
  "get_shared_data:iiiii set_shared_data:iiiii register_shared_queue:iii resolve_shared_queue:iiiii " +
  "dequeue_shared_queue:iii enqueue_shared_queue:iii get_header_map_value:iiiii add_header_map_value:iiiii " +
  "replace_header_map_value:iiiii remove_header_map_value:iii get_header_map_pairs:iii set_header_map_pairs:iii " +
  "get_header_map_size:ii get_buffer_status:iii get_buffer_bytes:iiiii set_buffer_bytes:iiiii http_call:iiiiiiiiii " +
  "grpc_call:iiiiiiiiiiii grpc_stream:iiiiiiiii grpc_close:i grpc_cancel:i grpc_send:iiii " +
  "set_tick_period_milliseconds:i get_current_time_nanoseconds:i define_metric:iiii increment_metric:iI " +
  "record_metric:iI get_metric:ii set_effective_context:i done: call_foreign_function:iiiiii";

/** Functions of WASI with what they take; all but proc_exit give an i32. */
const WASI_FUNCTIONS =
  "fd_write:iiii fd_read:iiii fd_seek:iIii fd_close:i fd_fdstat_get:ii fd_fdstat_set_flags:ii fd_fdstat_set_rights:iII " +
  "environ_get:ii environ_sizes_get:ii args_get:ii args_sizes_get:ii clock_time_get:iIi clock_res_get:ii " +
  "fd_advise:iIIi fd_allocate:iII fd_datasync:i fd_filestat_get:ii fd_filestat_set_size:iI fd_filestat_set_times:iIIi " +
  "fd_pread:iiiIi fd_pwrite:iiiIi fd_readdir:iiiIi fd_renumber:ii fd_sync:i fd_tell:ii path_create_directory:iii " +
  "path_filestat_get:iiiii path_filestat_set_times:iiiiIIi path_readlink:iiiiii path_remove_directory:iii " +
  "path_rename:iiiiii path_unlink_file:iii path_open:iiiiiIIii fd_prestat_get:ii fd_prestat_dir_name:iii " +
  "sock_accept:iii sock_recv:iiiiii sock_send:iiiii sock_shutdown:ii random_get:ii sched_yield: poll_oneoff:iiii";

/** Callbacks, without their `proxy_` prefix, with what they take; those of the first list give an i32, others nothing. */
const ANSWERING =
  "validate_configuration:ii on_vm_start:ii on_configure:ii on_new_connection:i on_downstream_data:iii " +
  "on_upstream_data:iii on_request_headers:iii on_request_body:iii on_request_trailers:ii on_request_metadata:ii " +
  "on_response_headers:iii on_response_body:iii on_response_trailers:ii on_response_metadata:ii on_done:i " +
  "on_memory_allocate:i";
const SILENT =
  "on_tick:i on_context_create:ii on_downstream_connection_close:ii on_upstream_connection_close:ii " +
  "on_http_call_response:iiiii on_grpc_receive:iii on_grpc_close:iii on_grpc_receive_initial_metadata:iii " +
  "on_grpc_receive_trailing_metadata:iii on_queue_ready:ii on_foreign_function:iii on_log:i on_delete:i";

const IMPORT_TYPES: ReadonlyMap<string, FunctionType> = new Map([
  ...typesIn(HOST_FUNCTIONS, "i", (name) => [`env.proxy_${name}`]),
  ...typesIn(WASI_FUNCTIONS, "i", inWasi),
  ...typesIn("proc_exit:i", "", inWasi),
  ...typesIn("pthread_equal:ii", "i", (name) => [`env.${name}`]),
  ...typesIn("emscripten_notify_memory_growth:i", "", (name) => [`env.${name}`]),
]);

const EXPORT_TYPES: ReadonlyMap<string, FunctionType> = new Map([
  ...typesIn(ANSWERING, "i", (name) => [`proxy_${name}`]),
  ...typesIn(SILENT, "", (name) => [`proxy_${name}`]),
  ...typesIn("malloc:i main:ii __main_void:", "i", (name) => [name]),
  ...typesIn("_initialize: _start:", "", (name) => [name]),
]);

/** All that Envoy links for modules of some version and release of it, as `module.name`. */
export const LINKED: readonly string[] = [...IMPORT_TYPES.keys()];

/** All that Envoy calls by the ABI's own names. */
export const CALLED: readonly string[] = [...EXPORT_TYPES.keys()].filter((name) => name.startsWith("proxy_"));

/** The type of what Envoy links for an import, `module.name`; undefined when it links nothing by that name. */
export function importType(name: string): FunctionType | undefined {
  return IMPORT_TYPES.get(name);
}

/**
 * The type that an export must have for Envoy to call it; undefined when it never calls one of that name.
 * @param version of the ABI that the module speaks: headers come without end_of_stream to one of 0.1.0.
 */
export function exportType(name: string, version: string | undefined): FunctionType | undefined {
  const isHeaders = name === "proxy_on_request_headers" || name === "proxy_on_response_headers";
  return isHeaders && version === "0.1.0" ? { params: "ii", results: "i" } : EXPORT_TYPES.get(name);
}

function typesIn(list: string, results: string, named: (name: string) => string[]): [string, FunctionType][] {
  return list.split(" ").flatMap((item) => {
    const [name = "", params = ""] = item.split(":");
    return named(name).map((full): [string, FunctionType] => [full, { params, results }]);
  });
}

/** A function of WASI by both names under which Envoy links it. */
export function inWasi(name: string): string[] {
  return [`wasi_snapshot_preview1.${name}`, `wasi_unstable.${name}`];
}
