import {
  ByteView,
  Context,
  FilterHeadersStatusValues,
  FilterTrailersStatusValues,
  reportProblems,
  RootContext,
  setTickPeriod,
} from "../../assembly";
import { Problems } from "../../assembly/core/config-reader";
import { isBlankJson, parseJson } from "../../assembly/core/json";
import { parseConfig, RateLimitConfig } from "./config";
import { Limiter } from "./host/limiter";
import { StreamState } from "./host/stream-state";

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
    const limiter = new Limiter(config);
    this.limiter = limiter;
    setTickPeriod(limiter.tickPeriodMs);
    return true;
  }

  private parse(problems: Problems): RateLimitConfig {
    const view = new ByteView();
    this.readConfiguration(view);
    if (!isBlankJson(view)) return parseConfig(parseJson(view), problems);
    problems.add("$", 'the configuration is empty; expected an object with the key "rules" or "concurrency"');
    return new RateLimitConfig();
  }

  onTick(): void {
    const limiter = this.limiter;
    if (limiter != null) limiter.tick();
  }
}

/** One stream: decided when its headers arrive, in flight until those of its answer do. */
@final
class RateLimitFilter extends Context {
  private readonly state: StreamState = new StreamState();
  /** Of the configuration under which the stream began: what it counted there must end there. */
  private limiter: Limiter | null = null;

  constructor(private readonly root: RateLimitRoot) {
    super();
  }

  onCreate(): void {
    this.limiter = this.root.limiter;
    this.state.begin();
  }

  onRequestHeaders(headers: u32, endOfStream: bool): FilterHeadersStatusValues {
    const limiter = this.limiter;
    return limiter != null ? limiter.decide(this.state) : FilterHeadersStatusValues.Continue;
  }

  onResponseHeaders(headers: u32, endOfStream: bool): FilterHeadersStatusValues {
    const limiter = this.limiter;
    if (limiter != null) limiter.answered(this.state);
    return FilterHeadersStatusValues.Continue;
  }

  onResponseTrailers(trailers: u32): FilterTrailersStatusValues {
    const limiter = this.limiter;
    if (limiter != null) limiter.trailed();
    return FilterTrailersStatusValues.Continue;
  }

  onDelete(): void {
    const limiter = this.limiter;
    if (limiter != null) limiter.ended(this.state);
    this.limiter = null;
  }
}
