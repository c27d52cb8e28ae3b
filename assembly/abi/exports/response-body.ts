import { streamOf } from "../../runtime/streams";
import { enterCallback } from "../memory";
import { FilterDataStatusValues } from "../types";

export function proxy_on_response_body(contextId: u32, bodySize: u32, endOfStream: u32): i32 {
  enterCallback();
  const stream = streamOf(contextId);
  return stream != null ? stream.onResponseBody(bodySize, endOfStream != 0) : FilterDataStatusValues.Continue;
}
