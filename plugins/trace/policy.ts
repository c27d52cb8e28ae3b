import { Field } from "../../assembly/core/w3c-headers";
import { TraceConfig, Trust } from "./config";

/** What becomes of a request's trace context. */
export enum Decision {
  /** No context arrived and none is started. */
  Pass,
  /** A valid context goes on as it is, byte for byte. */
  Continue,
  /** No context arrived: a new one. */
  Start,
  /** The caller's context cannot be continued: a new one instead. */
  Restart,
  /** The trace goes on without its tracestate, which is invalid. */
  DropTracestate,
  /** The caller's context cannot be continued: it is removed. */
  Remove,
  /** The caller is not trusted: a new context instead of what it sent. */
  Replace,
  /** The caller is not trusted: what it sent is removed. */
  Discard,
}

/** Decides about a request that carries these headers. Allocates: nothing. */
export function decide(config: TraceConfig, traceparent: Field, tracestate: Field): Decision {
  const arrived = traceparent != Field.Absent || tracestate != Field.Absent;
  if (!arrived) return config.start ? Decision.Start : Decision.Pass;
  // https://www.w3.org/TR/trace-context-2/#mutating-the-traceparent-field: "Restart trace", a front gate's right.
  if (config.trust == Trust.None) return config.start ? Decision.Replace : Decision.Discard;
  // https://www.w3.org/TR/trace-context-2/#a-traceparent-is-received: an invalid traceparent takes the tracestate with it,
  // https://www.w3.org/TR/trace-context-2/#no-traceparent-received: and so does a missing one. Without a new trace the
  // headers are removed: https://www.w3.org/TR/trace-context-2/#alternative-processing allows a proxy to do only that.
  if (traceparent != Field.Valid) return config.start ? Decision.Restart : Decision.Remove;
  // https://www.w3.org/TR/trace-context-2/#a-traceparent-is-received, 3: what cannot be parsed may be dropped, whole.
  return tracestate == Field.Invalid ? Decision.DropTracestate : Decision.Continue;
}

/** Whether a new traceparent is written. */
export function startsTrace(decision: Decision): bool {
  return decision == Decision.Start || decision == Decision.Restart || decision == Decision.Replace;
}

/** Whether the caller's traceparent is removed, and nothing put in its place. */
export function removesTraceparent(decision: Decision): bool {
  return decision == Decision.Remove || decision == Decision.Discard;
}

/** Whether the caller's tracestate is removed. */
export function removesTracestate(decision: Decision): bool {
  return decision >= Decision.Restart;
}
