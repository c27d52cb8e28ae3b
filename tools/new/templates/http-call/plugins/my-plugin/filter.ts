import { Context, FilterHeadersStatusValues, PluginRoot, setTickPeriod } from "../../assembly";
import { ConfigNode, Problems } from "../../assembly/core/config-reader";
import { AskConfig, parseConfig } from "./config";
import { Gate, NO_TOKEN } from "./host/gate";

/** How often counters are handed to Envoy. */
const TICK_MS: u32 = 1000;

/** One configuration in one VM. */
@final
export class AskRoot extends PluginRoot {
  private config: AskConfig | null = null;
  gate: Gate | null = null;

  createContext(): Context {
    return new AskContext(this);
  }

  parse(node: ConfigNode | null, problems: Problems): void {
    if (node != null) this.config = parseConfig(node);
    else problems.add("$", 'the configuration is empty; expected an object with the key "cluster"');
  }

  begin(scope: string): void {
    this.gate = new Gate(this.config!);
    this.config = null;
    setTickPeriod(TICK_MS);
  }

  onHttpCallResponse(token: u32, headers: u32, bodySize: u32, trailers: u32): void {
    const gate = this.gate;
    if (gate != null) gate.answered(token, headers);
  }

  onTick(): void {
    const gate = this.gate;
    if (gate != null) gate.flush();
  }
}

/** One stream, from its first callback to its last: it is told of its end, since index.ts exports proxy_on_delete. */
@final
class AskContext extends Context {
  private token: u32 = NO_TOKEN;

  constructor(private readonly root: AskRoot) {
    super();
  }

  onCreate(): void {
    this.token = NO_TOKEN;
  }

  /** Stops the body, too, until the answer is there: Envoy keeps as much of it as it may, and then reads no more. */
  onRequestHeaders(headers: u32, endOfStream: bool): FilterHeadersStatusValues {
    const gate = this.root.gate;
    if (gate == null) return FilterHeadersStatusValues.Continue;
    this.token = gate.ask(this.contextId);
    return this.token != NO_TOKEN ? FilterHeadersStatusValues.StopAllIterationAndWatermark : gate.unasked();
  }

  /** Whoever asked may be gone before the answer is there. */
  onDelete(): void {
    const gate = this.root.gate;
    if (gate != null && this.token != NO_TOKEN) gate.forget(this.token);
  }
}
