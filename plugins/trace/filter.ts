import {
  ByteView,
  Context,
  FilterHeadersStatusValues,
  Presence,
  Property,
  reportProblems,
  RootContext,
  setTickPeriod,
} from "../../assembly";
import { Problems } from "../../assembly/core/config-reader";
import { isBlankJson, parseJson } from "../../assembly/core/json";
import { parseConfig, TraceConfig } from "./config";
import { Tracer } from "./host/tracer";
import { stateOfVm } from "./host/vm-state";

const FLUSH_PERIOD_MS: u32 = 1000;

/** What Envoy's `traffic_direction` of a listener reads as. */
enum Direction {
  Unspecified,
  Inbound,
  Outbound,
}

/** One configured trace plugin in one VM. */
@final
export class TraceRoot extends RootContext {
  tracer: Tracer | null = null;

  createContext(): Context {
    return new TraceFilter(this);
  }

  onConfigure(configurationSize: u32): bool {
    const problems = new Problems();
    const direction = listenerDirection();
    const config = this.parse(direction == Direction.Unspecified, problems);
    if (!reportProblems("trace", problems)) return false;
    this.tracer = new Tracer(config, stateOfVm(), direction == Direction.Outbound);
    setTickPeriod(FLUSH_PERIOD_MS);
    return true;
  }

  /** No configuration, or nothing but white space, stands for all defaults. */
  private parse(isEdge: bool, problems: Problems): TraceConfig {
    const view = new ByteView();
    const presence = this.readConfiguration(view);
    if (presence == Presence.Failed) problems.add("$", "the host did not hand over the configuration");
    return parseConfig(isBlankJson(view) ? null : parseJson(view), isEdge, problems);
  }

  onHttpCallResponse(token: u32, headers: u32, bodySize: u32, trailers: u32): void {
    const tracer = this.tracer;
    if (tracer != null) tracer.onHttpCallResponse(token, headers, bodySize);
  }

  onTick(): void {
    const tracer = this.tracer;
    if (tracer != null) tracer.onTick();
  }
}

/** An edge's listener has no direction, and neither has one of a host that does not tell. */
function listenerDirection(): Direction {
  const property = new Property(["xds", "listener_direction"]);
  if (property.read() != Presence.Found || property.value.length != 8) return Direction.Unspecified;
  const direction = load<i64>(property.value.ptr);
  return direction == 1 ? Direction.Inbound : direction == 2 ? Direction.Outbound : Direction.Unspecified;
}

/** Serves all streams of a root context: nothing of a stream is kept in it. */
@final
class TraceFilter extends Context {
  constructor(private readonly root: TraceRoot) {
    super();
  }

  onRequestHeaders(headers: u32, endOfStream: bool): FilterHeadersStatusValues {
    const tracer = this.root.tracer;
    if (tracer != null) tracer.onRequestHeaders(this.contextId);
    return FilterHeadersStatusValues.Continue;
  }

  onResponseHeaders(headers: u32, endOfStream: bool): FilterHeadersStatusValues {
    const tracer = this.root.tracer;
    if (tracer != null) tracer.onResponseHeaders();
    return FilterHeadersStatusValues.Continue;
  }

  onLog(): void {
    const tracer = this.root.tracer;
    if (tracer != null) tracer.onLog(this.contextId);
  }
}
