import {
  Context,
  FilterHeadersStatusValues,
  FilterTrailersStatusValues,
  PluginRoot,
  setTickPeriod,
} from "../../assembly";
import { ConfigNode, Problems } from "../../assembly/core/config-reader";
import { parseConfig, RateLimitConfig } from "./config";
import { Limiter } from "./host/limiter";
import { StreamState } from "./host/stream-state";

/** One configured rate limiter in one VM. */
@final
export class RateLimitRoot extends PluginRoot {
  private config: RateLimitConfig | null = null;
  limiter: Limiter | null = null;

  createContext(): Context {
    return new RateLimitFilter(this);
  }

  parse(node: ConfigNode | null, problems: Problems): void {
    if (node != null) this.config = parseConfig(node);
    else problems.add("$", 'the configuration is empty; expected an object with the key "rules" or "concurrency"');
  }

  begin(scope: string): void {
    const limiter = new Limiter(this.config!, scope);
    this.config = null;
    this.limiter = limiter;
    setTickPeriod(limiter.tickPeriodMs);
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
