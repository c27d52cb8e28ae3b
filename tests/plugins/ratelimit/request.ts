import { ConfigNode, Problems } from "../../../assembly/core/config-reader";
import { parseJsonText } from "../../../assembly/core/json";
import { HashSecret } from "../../../assembly/request/key";
import { RuleTotals } from "../../../plugins/ratelimit/answer/totals";
import { parseConfig, RateLimitConfig } from "../../../plugins/ratelimit/config";
import { RateLimitPolicy } from "../../../plugins/ratelimit/policy";
import { OwnStores } from "../../../plugins/ratelimit/quota/store";
import { MemoryRequest } from "../../assembly/request/memory-request";

export { MemoryRequest } from "../../assembly/request/memory-request";

export const MS: u64 = 1_000_000;
export const SECOND: u64 = 1000 * MS;
/** When the policies of the specs start. */
export const START: u64 = 1000 * SECOND;

/** What is wrong with a configuration, one line each. */
export function problemsOf(json: string): string[] {
  const problems = new Problems();
  parse(json, problems);
  return problems.list;
}

function parse(json: string, problems: Problems): RateLimitConfig {
  const root = ConfigNode.root(parseJsonText(json), problems);
  return root != null ? parseConfig(root) : new RateLimitConfig();
}

/** A configuration that is meant to be right. */
export function configOf(json: string): RateLimitConfig {
  const problems = new Problems();
  const config = parse(json, problems);
  assert(problems.ok, problems.list.join("\n"));
  return config;
}

/** A policy of `rules` (the inside of the array) and whatever further keys, at START. */
export class Limiter {
  readonly config: RateLimitConfig;
  readonly policy: RateLimitPolicy;
  nowNs: u64 = START;

  constructor(rules: string, more: string = "") {
    const config = configOf(`{"rules": [${rules}]${more}}`);
    this.config = config;
    this.policy = new RateLimitPolicy(config, new HashSecret(1, 2), new OwnStores(), START, 1);
  }

  request(): MemoryRequest {
    return new MemoryRequest(this.config.headers);
  }

  /** What a rule has counted. */
  totals(rule: i32): RuleTotals {
    this.policy.rules[rule].count();
    return this.policy.rules[rule].totals;
  }

  /** Ticks to wait; 0: admitted; -1: no rule was for the request. */
  wait(request: MemoryRequest): i64 {
    if (!this.policy.select(request)) return -1;
    const wait = this.policy.check(this.nowNs);
    if (wait == 0) this.policy.spend();
    return wait;
  }

  /** How many of `count` such requests are admitted now. */
  admitted(request: MemoryRequest, count: i32): i32 {
    let admitted = 0;
    for (let i = 0; i < count; i++) if (this.wait(request) == 0) admitted++;
    return admitted;
  }
}
