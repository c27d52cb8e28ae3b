import { HeaderEdits } from "../context/header-edits";
import { TraceContext } from "../context/trace-context";
import { TraceHeaders } from "../context/trace-headers";
import { Found, TraceFormat } from "./trace-format";

/**
 * Headers in which others are told of a trace, or asked for one: Jaeger's clients to debug it, Envoy's tracers by
 * x-client-trace-id, and those who know OpenCensus or OpenTracing. Nothing here can read them.
 */
const NAMES: string[] = [
  "jaeger-debug-id",
  "x-client-trace-id",
  "grpc-trace-bin",
  "grpc-tags-bin",
  "x-ot-span-context",
  "ot-tracer-traceid",
  "ot-tracer-spanid",
  "ot-tracer-sampled",
];

/** What is only to be taken away from callers who are not trusted. */
@final
export class ForeignFormats extends TraceFormat {
  constructor(headers: TraceHeaders) {
    super("", headers);
    for (let i = 0; i < NAMES.length; i++) this.take(NAMES[i]);
    // OpenTracing's baggage: a header an item, as Jaeger's.
    this.takePrefix("ot-baggage-");
  }

  get canWrite(): bool {
    return false;
  }

  extract(context: TraceContext): Found {
    context.clear();
    return Found.Absent;
  }

  inject(context: TraceContext, edits: HeaderEdits): void {}
}
