import { ByteView, Counter, Header, Presence, Property, responseHeader, WasmResultValues } from "../../../assembly";
import { PARENT_ID, TRACE_ID, TRACEPARENT_BYTES } from "../../../assembly/core/traceparent";
import { TraceContext } from "../context/trace-context";
import { writeTraceparent } from "../formats/tracecontext";
import { TellingConfig } from "../telling/config";

/** `traceparent;desc="<traceparent>"`: a metric without a duration, by which browsers find the trace of a response. */
const TIMING_START: string = 'traceparent;desc="';
// @ts-ignore: decorator
@inline
const TIMING_VALUE: i32 = 18;
const TIMING: usize = memory.data(80);

/**
 * Tells people which trace a request belongs to: attributes of the request, which Envoy's access log can show, and headers
 * of the response. Attributes live with the stream, so nothing of it is kept here. Allocates nothing after construction.
 */
@final
export class Told {
  private readonly isLogged: bool;
  private readonly isAnswered: bool;
  private readonly traceId: Property = new Property(["tidegate.trace_id"]);
  private readonly spanId: Property = new Property(["tidegate.span_id"]);
  private readonly traceparent: Property = new Property(["tidegate.traceparent"]);
  private readonly traceIdHeader: Header | null;
  private readonly traceresponse: Header | null;
  private readonly serverTiming: Header | null;
  private readonly view: ByteView = new ByteView();

  /** Only in onConfigure: allocates. */
  constructor(
    config: TellingConfig,
    private readonly hostErrors: Counter,
  ) {
    this.isLogged = config.accessLog;
    this.isAnswered = config.needsResponse;
    this.traceIdHeader = config.traceIdHeader == "" ? null : responseHeader(config.traceIdHeader);
    this.traceresponse = config.traceresponse ? responseHeader("traceresponse") : null;
    this.serverTiming = config.serverTiming ? responseHeader("server-timing") : null;
    String.UTF8.encodeUnsafe(changetype<usize>(TIMING_START), TIMING_START.length, TIMING, false);
    store<u8>(TIMING + TIMING_VALUE + TRACEPARENT_BYTES, 0x22 /* " */);
  }

  /** Only in onRequestHeaders. Two host calls for the access log, one for the response. Allocates: nothing. */
  request(context: TraceContext): void {
    if (!this.isLogged && !this.isAnswered) return;
    const text = TIMING + TIMING_VALUE;
    writeTraceparent(context, text);
    if (this.isLogged) {
      this.write(this.traceId, text + TRACE_ID, 32);
      this.write(this.spanId, text + PARENT_ID, 16);
    }
    if (this.isAnswered) this.write(this.traceparent, text, <i32>TRACEPARENT_BYTES);
  }

  /** Only in onResponseHeaders. A host call, and one for each header that is configured. Allocates: nothing. */
  response(): void {
    const traceparent = this.traceparent;
    if (!this.isAnswered || traceparent.read() != Presence.Found) return;
    const value = traceparent.value;
    if (value.length != <i32>TRACEPARENT_BYTES) return;
    memory.copy(TIMING + TIMING_VALUE, value.ptr, TRACEPARENT_BYTES);
    const traceId = this.traceIdHeader;
    if (traceId != null) this.take(traceId.replace(this.at(TIMING + TIMING_VALUE + TRACE_ID, 32)));
    const traceresponse = this.traceresponse;
    if (traceresponse != null) this.take(traceresponse.replace(value));
    const timing = this.serverTiming;
    // Added: upstreams have timings of their own.
    if (timing != null) this.take(timing.add(this.at(TIMING, TIMING_VALUE + <i32>TRACEPARENT_BYTES + 1)));
  }

  private write(property: Property, ptr: usize, length: i32): void {
    this.take(property.write(this.at(ptr, length)));
  }

  private at(ptr: usize, length: i32): ByteView {
    this.view.set(ptr, length);
    return this.view;
  }

  private take(result: WasmResultValues): void {
    if (result != WasmResultValues.Ok) this.hostErrors.add(1);
  }
}
