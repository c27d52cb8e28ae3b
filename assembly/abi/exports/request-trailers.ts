import { streamOf } from "../../runtime/streams";
import { enterCallback } from "../memory";
import { FilterTrailersStatusValues } from "../types";

export function proxy_on_request_trailers(contextId: u32, trailers: u32): i32 {
  enterCallback();
  const stream = streamOf(contextId);
  return stream != null ? stream.onRequestTrailers(trailers) : FilterTrailersStatusValues.Continue;
}
