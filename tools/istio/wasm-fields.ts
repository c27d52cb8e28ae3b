/** What a field of a protobuf message holds, as JSON has it. */
export type Field =
  "text" | "flag" | "number" | "any" | "free" | Message | readonly string[] | { map: Field } | { list: Field };
/** The fields of a message by their names in the .proto file; JSON may also write them in camelCase. */
export interface Message {
  fields: Readonly<Record<string, Field>>;
}

const BACKOFF = message({ base_interval: "text", max_interval: "text" });
const DATA = { filename: "text", inline_bytes: "text", inline_string: "text", environment_variable: "text" } as const;
const CAPABILITIES = message({ allowed_capabilities: { map: "free" } });

const HTTP_URI = message({ uri: "text", cluster: "text", timeout: "text" });
const RETRY = message({
  ...{ retry_back_off: BACKOFF, num_retries: "number", retry_on: "text", retry_priority: "free" },
  ...{ retry_host_predicate: "free", host_selection_retry_max_attempts: "number" },
});
const CODE = message({
  local: message({ ...DATA, watched_directory: message({ path: "text" }) }),
  remote: message({ http_uri: HTTP_URI, sha256: "text", retry_policy: RETRY }),
});

const VM = message({
  ...{ vm_id: "text", runtime: "text", code: CODE, configuration: "any", allow_precompiled: "flag" },
  ...{ nack_on_code_cache_miss: "flag", capability_restriction_config: CAPABILITIES },
  environment_variables: message({ host_env_keys: { list: "text" }, key_values: { map: "text" } }),
});

const PLUGIN = message({
  ...{ name: "text", root_id: "text", vm_config: VM, configuration: "any", fail_open: "flag" },
  failure_policy: ["UNSPECIFIED", "FAIL_RELOAD", "FAIL_CLOSED", "FAIL_OPEN"],
  reload_config: message({ backoff: BACKOFF }),
  ...{ capability_restriction_config: CAPABILITIES, allow_on_headers_stop_iteration: "flag" },
});

/**
 * envoy.extensions.filters.http.wasm.v3.Wasm of Envoy 1.40, and what it is made of: envoy/extensions/wasm/v3/wasm.proto,
 * envoy/config/core/v3/base.proto. The Wasm filter of TCP connections has the same form.
 */
export const WASM: Message = message({ config: PLUGIN });

function message(fields: Record<string, Field>): Message {
  return { fields };
}

/** A field's name as the .proto file has it, however JSON writes it. */
export function protoName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
