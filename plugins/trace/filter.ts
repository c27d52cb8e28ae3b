import { Context, FilterHeadersStatusValues, PluginRoot, Presence, Property, setTickPeriod } from "../../assembly";
import { ConfigNode, Problems } from "../../assembly/core/config-reader";
import { Direction, directionOf } from "../../assembly/core/traffic-direction";
import { parseConfig, TraceConfig } from "./config";
import { Tracer } from "./host/tracer";
import { stateOfVm } from "./host/vm-state";

/** Of the listener that a request came by. */
const LISTENER_DIRECTION: Property = new Property(["xds", "listener_direction"]);

/** One configured trace plugin in one VM. */
@final
export class TraceRoot extends PluginRoot {
  private config: TraceConfig | null = null;
  private tracer: Tracer | null = null;

  createContext(): Context {
    return new TraceFilter(this);
  }

  /** No configuration, or nothing but white space, stands for all defaults. */
  parse(node: ConfigNode | null, problems: Problems): void {
    this.config = parseConfig(node);
  }

  begin(scope: string): void {
    const tracer = new Tracer(this.config!, stateOfVm(), scope);
    this.config = null;
    this.tracer = tracer;
    setTickPeriod(tracer.tickPeriodMs);
  }

  /** What serves the request at hand; null only before the configuration. */
  forRequest(): Tracer | null {
    const tracer = this.tracer;
    if (tracer != null && tracer.asksListener) this.askListener(tracer);
    return tracer;
  }

  /** What serves the response at hand. */
  get current(): Tracer | null {
    return this.tracer;
  }

  /** What serves the end of the request at hand. */
  forEnd(): Tracer | null {
    const tracer = this.tracer;
    if (tracer != null && tracer.asksListenerAtEnd) this.askListener(tracer);
    return tracer;
  }

  /**
   * Envoy does not tell which listener this is while it configures. A request does, and each is asked, since listeners whose
   * plugins have the same name, configuration and `vm_id` share one: an edge must not trust as a sidecar does. One host call.
   */
  private askListener(tracer: Tracer): void {
    const direction = listenerDirection();
    tracer.serve(direction != Direction.Unspecified, direction == Direction.Outbound);
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

function listenerDirection(): Direction {
  return LISTENER_DIRECTION.read() == Presence.Found ? directionOf(LISTENER_DIRECTION.value) : Direction.Unspecified;
}

/** Serves all streams of a root context: nothing of a stream is kept in it. */
@final
class TraceFilter extends Context {
  constructor(private readonly root: TraceRoot) {
    super();
  }

  onRequestHeaders(headers: u32, endOfStream: bool): FilterHeadersStatusValues {
    const tracer = this.root.forRequest();
    if (tracer != null) tracer.onRequestHeaders(this.contextId);
    return FilterHeadersStatusValues.Continue;
  }

  onResponseHeaders(headers: u32, endOfStream: bool): FilterHeadersStatusValues {
    const tracer = this.root.current;
    if (tracer != null) tracer.onResponseHeaders();
    return FilterHeadersStatusValues.Continue;
  }

  onLog(): void {
    const tracer = this.root.forEnd();
    if (tracer != null) tracer.onLog(this.contextId);
  }
}
