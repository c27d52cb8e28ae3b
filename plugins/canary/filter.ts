import {
  ByteView,
  Context,
  Counter,
  FilterHeadersStatusValues,
  Header,
  log,
  LogLevelValues,
  Presence,
  randomBytes,
  reportProblems,
  requestHeader,
  RootContext,
  setTickPeriod,
  Utf8,
  WasmResultValues,
} from "../../assembly";
import { ConfigParser } from "./config";
import { CanaryPolicy, HeaderSource, NO_ARM } from "./policy";

const FLUSH_PERIOD_MS: u32 = 1000;
const KEY: usize = memory.data(16, 8);

/** An arm with all that giving it to a request takes. */
@final
class Arm {
  readonly value: Utf8;
  readonly requests: Counter;

  constructor(name: string) {
    this.value = new Utf8(name);
    // proxy-wasm metrics have no labels; the name carries one as Istio's own metrics do.
    this.requests = new Counter(`arm=.=${name};.;tidegate_canary_requests_total`);
  }
}

/** The headers that rules look at, read from the running request. */
@final
class RequestHeaders extends HeaderSource {
  private readonly headers: Header[] = [];

  constructor(
    names: string[],
    private readonly hostErrors: Counter,
  ) {
    super();
    for (let i = 0; i < names.length; i++) this.headers.push(requestHeader(names[i]));
  }

  value(index: i32): ByteView {
    const header = unchecked(this.headers[index]);
    if (header.read() == Presence.Failed) this.hostErrors.add(1);
    return header.value;
  }
}

/** One canary configuration in one VM. */
@final
export class CanaryRoot extends RootContext {
  private policy: CanaryPolicy = new CanaryPolicy();
  private decision: Header = requestHeader("x-canary");
  private readonly arms: Arm[] = [];
  private readonly unassigned: Counter = new Counter("tidegate_canary_unassigned_total");
  private readonly hostErrors: Counter = new Counter("tidegate_canary_host_errors_total");
  private headers: RequestHeaders = new RequestHeaders([], this.hostErrors);

  createContext(): Context {
    return new CanaryContext(this);
  }

  onConfigure(configurationSize: u32): bool {
    randomBytes(KEY, 16); // without an answer the key is zero, which costs secrecy of the slots and no correctness
    const parser = new ConfigParser(load<u64>(KEY), load<u64>(KEY, 8));
    const source = new ByteView();
    this.readConfiguration(source);
    const policy = parser.parse(source);
    if (!reportProblems("canary", parser.problems)) return false;
    this.use(policy);
    if (setTickPeriod(FLUSH_PERIOD_MS) != WasmResultValues.Ok) {
      log(LogLevelValues.warn, "canary: no ticks; the metrics will stay at 0");
    }
    return true;
  }

  private use(policy: CanaryPolicy): void {
    this.policy = policy;
    this.decision = requestHeader(policy.decisionHeader);
    this.headers = new RequestHeaders(policy.headers, this.hostErrors);
    for (let i = 0; i < policy.arms.length; i++) this.arms.push(new Arm(policy.arms[i]));
  }

  onTick(): void {
    for (let i = 0; i < this.arms.length; i++) this.arms[i].requests.flush();
    this.unassigned.flush();
    this.hostErrors.flush();
  }

  /** Decides for the running request and writes the decision. Allocates: nothing. */
  route(): void {
    const arm = this.policy.decide(this.headers);
    if (arm == NO_ARM) return this.strip();
    const chosen = unchecked(this.arms[arm]);
    chosen.requests.add(1);
    // Replaces all that the client sent under this name by one header.
    if (this.decision.replace(chosen.value) != WasmResultValues.Ok) this.removeRefused();
  }

  /** The arm cannot be written; but what the client sent must not stand for it. */
  private removeRefused(): void {
    this.hostErrors.add(1);
    this.decision.remove();
  }

  /** Takes away what the client sent. Reads first: removing makes Envoy choose the route again, needed or not. */
  private strip(): void {
    this.unassigned.add(1);
    const found = this.decision.read();
    if (found == Presence.Absent) return;
    if (this.decision.remove() != WasmResultValues.Ok) this.hostErrors.add(1);
  }
}

/** Serves all streams of a root context: nothing is kept from one callback to the next. */
@final
class CanaryContext extends Context {
  constructor(private readonly root: CanaryRoot) {
    super();
  }

  onRequestHeaders(headers: u32, endOfStream: bool): FilterHeadersStatusValues {
    this.root.route();
    return FilterHeadersStatusValues.Continue;
  }
}
