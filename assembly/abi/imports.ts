// The host functions of proxy-wasm ABI 0.2.1 under their own names, and the WASI functions that Envoy provides.
// Declarations that @solo-io/proxy-runtime has right are taken from it; asc drops the ones that a module does not call,
// so a module imports exactly what it uses.

export {
  proxy_add_header_map_value,
  proxy_call_foreign_function,
  proxy_close_stream,
  proxy_continue_stream,
  proxy_define_metric,
  proxy_dequeue_shared_queue,
  proxy_done,
  proxy_enqueue_shared_queue,
  proxy_get_buffer_bytes,
  proxy_get_buffer_status,
  proxy_get_current_time_nanoseconds,
  proxy_get_header_map_pairs,
  proxy_get_header_map_size,
  proxy_get_header_map_value,
  proxy_get_metric,
  proxy_get_property,
  proxy_get_shared_data,
  proxy_get_status,
  proxy_http_call,
  proxy_increment_metric,
  proxy_log,
  proxy_record_metric,
  proxy_register_shared_queue,
  proxy_remove_header_map_value,
  proxy_replace_header_map_value,
  proxy_resolve_shared_queue,
  proxy_send_local_response,
  proxy_set_effective_context,
  proxy_set_header_map_pairs,
  proxy_set_property,
  proxy_set_shared_data,
  proxy_set_tick_period_milliseconds,
} from "@solo-io/proxy-runtime/assembly/imports";

// The package binds this one to the getter.
// @ts-ignore: decorator
@external("env", "proxy_set_buffer_bytes")
export declare function proxy_set_buffer_bytes(type: i32, start: u32, length: u32, data: usize, size: usize): u32;

// Not in the package.
// @ts-ignore: decorator
@external("env", "proxy_get_log_level")
export declare function proxy_get_log_level(level: usize): u32;

// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "clock_time_get")
export declare function clock_time_get(clockId: u32, precision: u64, time: usize): u32;

// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "random_get")
export declare function random_get(buffer: usize, size: usize): u32;
