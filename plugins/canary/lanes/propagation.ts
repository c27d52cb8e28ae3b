import { ByteView } from "../../../assembly/core/bytes";
import { skipOws } from "../../../assembly/core/ows";
import { isTraceparent, TRACE_ID } from "../../../assembly/core/traceparent";

/** Where a label is on its way through the mesh. */
export enum PropagationMode {
  /** It begins here: the header gets the label by which a rule chose a lane, and nothing else. */
  Edge,
  /** A request enters a workload: its label is remembered under its ids. */
  Inbound,
  /** A request leaves a workload: it gets the label back if the application dropped it. */
  Outbound,
}

/** Bytes of a trace id in hexadecimal. */
// @ts-ignore: decorator
@inline
const TRACE_ID_BYTES: i32 = 32;

/** How labels are handed on, as configured. */
@final
export class Propagation {
  header: string = "x-lane";
  mode: PropagationMode = PropagationMode.Edge;
  /** Headers with what requests of one cause have in common, in the order in which they are asked. */
  by: string[] = [];
  /** Inbound and outbound filters of one group share what is remembered; "" at the edge. */
  group: string = "";
  ttlNs: i64 = 0;
}

/** Whether only the trace id of a header's value is the same for all requests of one cause. */
export function hasTraceId(header: string): bool {
  return header == "traceparent";
}

/**
 * Lets `id` view what requests of one cause have in common in the value of such a header: the trace id of a traceparent,
 * since its parent id is another at each hop, or the whole value. @returns false when there is nothing. Allocates: nothing.
 */
export function correlationId(value: ByteView, inTraceparent: bool, id: ByteView): bool {
  if (!inTraceparent) {
    id.set(value.ptr, value.length);
    return value.length > 0;
  }
  if (!isTraceparent(value)) return false;
  id.set(skipOws(value.ptr, value.ptr + <usize>value.length) + TRACE_ID, TRACE_ID_BYTES);
  return true;
}
