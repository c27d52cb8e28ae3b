import { Join } from "../../../assembly/core/correlation-page";
import { TraceContext } from "../context/trace-context";

/** What requests into a workload leave for the requests that they cause. Nothing happens on the side that does the other. */
export abstract class ContextMemory {
  /** Remembers with what context the running inbound request goes on. */
  abstract remember(context: TraceContext): void;

  /**
   * Lets `context` be that of the inbound request which caused the running outbound one, if this answers `Join.One`; it
   * is left as it is otherwise. Its parent is 0 when requests of one trace with different parents came under the key.
   */
  abstract recall(context: TraceContext): Join;
}
