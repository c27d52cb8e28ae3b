import {
  Context,
  Counter,
  FilterHeadersStatusValues,
  Header,
  PluginRoot,
  Presence,
  responseHeader,
  setTickPeriod,
  Utf8,
  WasmResultValues,
} from "../../assembly";
import { ConfigNode, Problems } from "../../assembly/core/config-reader";
import { HeaderConfig, parseConfig } from "./config";
import { Action, decide, dependsOnAnswer, Existing } from "./policy";

/** How the names of its metrics begin. */
const METRICS: string = "tidegate_my_plugin";
/** How often counters are handed to Envoy. */
const TICK_MS: u32 = 1000;

/** One configuration in one VM. */
@final
export class HeaderRoot extends PluginRoot {
  private config: HeaderConfig | null = null;
  private writer: HeaderWriter | null = null;

  createContext(): Context {
    return new HeaderContext(this);
  }

  parse(node: ConfigNode | null, problems: Problems): void {
    if (node != null) this.config = parseConfig(node);
    else problems.add("$", 'the configuration is empty; expected an object with the keys "header" and "value"');
  }

  begin(scope: string): void {
    this.writer = new HeaderWriter(this.config!);
    this.config = null;
    setTickPeriod(TICK_MS);
  }

  /** The response's headers are at hand. */
  answer(): void {
    const writer = this.writer;
    if (writer != null) writer.write();
  }

  onTick(): void {
    const writer = this.writer;
    if (writer != null) writer.flush();
  }
}

/** Writes the header. All is encoded once, so a response costs host calls and no allocation. */
@final
class HeaderWriter {
  private readonly header: Header;
  private readonly value: Utf8;
  private readonly existing: Existing;
  private readonly written: Counter = new Counter(`${METRICS}_written_total`);
  private readonly hostErrors: Counter = new Counter(`${METRICS}_host_errors_total`);

  constructor(config: HeaderConfig) {
    this.header = responseHeader(config.header);
    this.value = new Utf8(config.value);
    this.existing = config.existing;
  }

  write(): void {
    const action = decide(this.existing, dependsOnAnswer(this.existing) && this.isThere());
    if (action == Action.Nothing) return;
    const result = action == Action.Add ? this.header.add(this.value) : this.header.replace(this.value);
    if (result == WasmResultValues.Ok) this.written.add(1);
    else this.hostErrors.add(1);
  }

  flush(): void {
    this.written.flush();
    this.hostErrors.flush();
  }

  private isThere(): bool {
    const presence = this.header.read();
    if (presence == Presence.Failed) this.hostErrors.add(1);
    return presence == Presence.Found || presence == Presence.Empty;
  }
}

/** Serves all streams of a root context: nothing of a stream is kept in it. */
@final
class HeaderContext extends Context {
  constructor(private readonly root: HeaderRoot) {
    super();
  }

  onResponseHeaders(headers: u32, endOfStream: bool): FilterHeadersStatusValues {
    this.root.answer();
    return FilterHeadersStatusValues.Continue;
  }
}
