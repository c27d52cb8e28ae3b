import {
  Context,
  FilterHeadersStatusValues,
  FilterTrailersStatusValues,
  PluginRoot,
  randomBytes,
  seedForThisVm,
} from "../../assembly";
import { ConfigNode, Problems } from "../../assembly/core/config-reader";
import { Xoshiro256 } from "../../assembly/core/xoshiro256";
import { CanaryConfig, ConfigParser } from "./config";
import { Router } from "./host/router";

const KEY: usize = memory.data(16, 8);

/** One canary configuration in one VM. */
@final
export class CanaryRoot extends PluginRoot {
  private config: CanaryConfig | null = null;
  router: Router | null = null;

  createContext(): Context {
    return new CanaryContext(this);
  }

  parse(node: ConfigNode | null, problems: Problems): void {
    if (node == null) return problems.add("$", 'the configuration is empty; expected an object with the key "rules"');
    randomBytes(KEY, 16); // without an answer the key is zero, which costs secrecy of the slots and no correctness
    const chance = new Xoshiro256();
    seedForThisVm(chance, "canary");
    this.config = new ConfigParser(load<u64>(KEY), load<u64>(KEY, 8), chance).parse(node);
  }

  begin(scope: string): void {
    this.router = new Router(this.config!, scope);
    this.config = null;
  }

  onHttpCallResponse(token: u32, headers: u32, bodySize: u32, trailers: u32): void {
    const router = this.router;
    if (router != null) router.received(token, headers, bodySize);
  }

  onTick(): void {
    const router = this.router;
    if (router != null) router.tick();
  }
}

/** Serves all streams of a root context: what a response must know of its request is in the router's notes. */
@final
class CanaryContext extends Context {
  constructor(private readonly root: CanaryRoot) {
    super();
  }

  onRequestHeaders(headers: u32, endOfStream: bool): FilterHeadersStatusValues {
    const router = this.root.router;
    if (router != null) router.route(this.contextId);
    return FilterHeadersStatusValues.Continue;
  }

  onExplain(): void {
    const router = this.root.router;
    if (router != null) router.explain();
  }

  onResponseHeaders(headers: u32, endOfStream: bool): FilterHeadersStatusValues {
    const router = this.root.router;
    if (router != null) router.answered(this.contextId, endOfStream);
    return FilterHeadersStatusValues.Continue;
  }

  onResponseTrailers(trailers: u32): FilterTrailersStatusValues {
    const router = this.root.router;
    if (router != null) router.trailed(this.contextId);
    return FilterTrailersStatusValues.Continue;
  }
}
