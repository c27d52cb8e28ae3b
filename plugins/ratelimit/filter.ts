import {
  ByteView,
  Context,
  Counter,
  FilterHeadersStatusValues,
  monotonicNs,
  randomBytes,
  reportProblems,
  RootContext,
  setTickPeriod,
  wallNs,
} from "../../assembly";
import { Problems } from "../../assembly/core/config-reader";
import { waitSeconds } from "../../assembly/core/gcra";
import { isBlankJson, parseJson } from "../../assembly/core/json";
import { parseConfig, RateLimitConfig } from "./config";
import { HostFacts } from "./host/facts";
import { HashSecret } from "./request/key";
import { RuleMetrics } from "./host/metrics";
import { RateLimitPolicy } from "./policy";
import { Rejection } from "./host/rejection";

const FLUSH_PERIOD_MS: u32 = 1000;

/** What one configuration makes of the plugin. */
@final
class Limiter {
  private readonly policy: RateLimitPolicy;
  private readonly facts: HostFacts;
  private readonly rejection: Rejection;
  private readonly metrics: RuleMetrics[];
  private readonly hostErrors: Counter;

  constructor(config: RateLimitConfig) {
    const policy = new RateLimitPolicy(config, newSecret(), monotonicNs());
    const hostErrors = new Counter("tidegate_ratelimit_host_errors_total");
    this.policy = policy;
    this.hostErrors = hostErrors;
    this.facts = new HostFacts(config.headers, hostErrors);
    this.rejection = new Rejection(config.status);
    this.metrics = policy.rules.map<RuleMetrics>((rule) => new RuleMetrics(rule));
  }

  /** Lets the request at hand pass, or answers it. Without a clock all pass. Allocates: nothing. */
  handle(): FilterHeadersStatusValues {
    if (!this.policy.select(this.facts)) return FilterHeadersStatusValues.Continue;
    const nowNs = monotonicNs();
    if (nowNs == 0) return this.passUnlimited();
    const wait = this.policy.decide(nowNs);
    if (wait == 0) return FilterHeadersStatusValues.Continue;
    return this.rejection.send(waitSeconds(wait)) ? FilterHeadersStatusValues.StopIteration : this.passUnlimited();
  }

  private passUnlimited(): FilterHeadersStatusValues {
    this.hostErrors.add(1);
    return FilterHeadersStatusValues.Continue;
  }

  tick(): void {
    const nowNs = monotonicNs();
    if (nowNs != 0) this.policy.sweep(nowNs);
    for (let i = 0; i < this.metrics.length; i++) unchecked(this.metrics[i]).flush();
    this.hostErrors.flush();
  }
}

/** Bytes from the host's random source; without one, from the clocks, which a client does not know to the nanosecond. */
function newSecret(): HashSecret {
  const bytes = new StaticArray<u64>(2);
  if (!randomBytes(changetype<usize>(bytes), 16)) {
    bytes[0] = wallNs();
    bytes[1] = monotonicNs() ^ (<u64>changetype<usize>(bytes));
  }
  return new HashSecret(bytes[0], bytes[1]);
}

/** One configured rate limiter in one VM. */
@final
export class RateLimitRoot extends RootContext {
  limiter: Limiter | null = null;

  createContext(): Context {
    return new RateLimitFilter(this);
  }

  onConfigure(configurationSize: u32): bool {
    const problems = new Problems();
    const config = this.parse(problems);
    if (!reportProblems("ratelimit", problems)) return false;
    this.limiter = new Limiter(config);
    setTickPeriod(FLUSH_PERIOD_MS);
    return true;
  }

  private parse(problems: Problems): RateLimitConfig {
    const view = new ByteView();
    this.readConfiguration(view);
    if (!isBlankJson(view)) return parseConfig(parseJson(view), problems);
    problems.add("$", 'the configuration is empty; expected an object with the key "rules"');
    return new RateLimitConfig();
  }

  onTick(): void {
    const limiter = this.limiter;
    if (limiter != null) limiter.tick();
  }
}

/** Serves every stream: a request is decided when its headers arrive, and nothing of it is kept. */
@final
class RateLimitFilter extends Context {
  constructor(private readonly root: RateLimitRoot) {
    super();
  }

  onRequestHeaders(headers: u32, endOfStream: bool): FilterHeadersStatusValues {
    const limiter = this.root.limiter;
    return limiter != null ? limiter.handle() : FilterHeadersStatusValues.Continue;
  }
}
