import { streamOf } from "../../runtime/streams";
import { enterCallback } from "../memory";
import { FilterHeadersStatusValues } from "../types";

export function proxy_on_request_headers(contextId: u32, headers: u32, endOfStream: u32): i32 {
  enterCallback();
  const stream = streamOf(contextId);
  return stream != null ? stream.onRequestHeaders(headers, endOfStream != 0) : FilterHeadersStatusValues.Continue;
}
