import { ConfiguredRoot, registerRootContext } from "../../assembly";
import { AskRoot } from "./filter";

export { proxy_abi_version_0_2_1, proxy_on_memory_allocate } from "../../assembly/abi/exports/abi-version";
export { proxy_on_configure } from "../../assembly/abi/exports/configure";
export { proxy_on_context_create } from "../../assembly/abi/exports/context-create";
export { proxy_on_delete } from "../../assembly/abi/exports/delete";
export { proxy_on_http_call_response } from "../../assembly/abi/exports/http-call-response";
export { proxy_on_request_headers } from "../../assembly/abi/exports/request-headers";
export { proxy_on_tick } from "../../assembly/abi/exports/tick";

/** How policies call the plugin: the name of its folder. */
const NAME: string = "my-plugin";

registerRootContext((id: u32) => new ConfiguredRoot(id, NAME, (id: u32) => new AskRoot(id)), NAME);
