import { ConfiguredRoot, registerRootContext } from "../../assembly";
import { CanaryRoot } from "./filter";

export { proxy_abi_version_0_2_1, proxy_on_memory_allocate } from "../../assembly/abi/exports/abi-version";
export { proxy_on_configure } from "../../assembly/abi/exports/configure";
export { proxy_on_context_create } from "../../assembly/abi/exports/context-create";
export { tidegate_explain } from "../../assembly/abi/exports/explain";
export { proxy_on_http_call_response } from "../../assembly/abi/exports/http-call-response";
export { proxy_on_request_headers } from "../../assembly/abi/exports/request-headers";
export { proxy_on_response_headers } from "../../assembly/abi/exports/response-headers";
export { proxy_on_response_trailers } from "../../assembly/abi/exports/response-trailers";
export { proxy_on_tick } from "../../assembly/abi/exports/tick";

registerRootContext((id: u32) => new ConfiguredRoot(id, "canary", (id: u32) => new CanaryRoot(id)), "canary");
