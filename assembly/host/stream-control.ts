import { proxy_close_stream, proxy_continue_stream, proxy_done, proxy_set_effective_context } from "../abi/imports";
import { forgetReads } from "../abi/memory";
import { StreamTypeValues, WasmResultValues } from "../abi/types";

/** Resumes a request that a callback paused. Only while it is paused. */
export function continueRequest(): WasmResultValues {
  return proxy_continue_stream(StreamTypeValues.Request);
}

/** Resumes a response that a callback paused. Only while it is paused: before the response began, Envoy 1.40 crashes. */
export function continueResponse(): WasmResultValues {
  return proxy_continue_stream(StreamTypeValues.Response);
}

/** Resets the stream. */
export function closeRequest(): WasmResultValues {
  return proxy_close_stream(StreamTypeValues.Request);
}

/** The root context whose callback runs, and whose `onDone` returned false, may go now. */
export function done(): WasmResultValues {
  return proxy_done();
}

/** Makes the host calls that follow in this callback act on the stream or root context `contextId`. */
export function setEffectiveContext(contextId: u32): WasmResultValues {
  forgetReads();
  return proxy_set_effective_context(contextId);
}
