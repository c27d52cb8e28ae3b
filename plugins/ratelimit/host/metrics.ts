import { Counter } from "../../../assembly";
import { Rule } from "../policy";

/**
 * Counters of one rule in Envoy's statistics. proxy-wasm metrics have no labels; the name carries them as Istio's own
 * metrics do, `rule=.=<name>;.;tidegate_ratelimit_<noun>_total`, so that `extraStatTags: [rule]` in Istio, or a
 * `stats_tags` entry with the regex `(rule=\.=(.*?);\.;)` in Envoy, makes a label of it.
 */
@final
export class RuleMetrics {
  private readonly admitted: Counter;
  private readonly rejected: Counter;
  private readonly wouldReject: Counter;
  private readonly overflows: Counter;
  private readonly evictions: Counter;

  /** Only in onConfigure: allocates. */
  constructor(private readonly rule: Rule) {
    this.admitted = counterOf(rule, "admitted");
    this.rejected = counterOf(rule, "rejected");
    this.wouldReject = counterOf(rule, "would_reject");
    this.overflows = counterOf(rule, "overflow");
    this.evictions = counterOf(rule, "evictions");
  }

  /** Hands on what the rule counted since the last time. Allocates: nothing. */
  flush(): void {
    const rule = this.rule;
    take(this.admitted, rule.admitted);
    take(this.rejected, rule.rejected);
    take(this.wouldReject, rule.wouldReject);
    take(this.overflows, rule.buckets.overflows);
    take(this.evictions, rule.buckets.evictions);
    rule.forgetCounts();
  }
}

function counterOf(rule: Rule, noun: string): Counter {
  return new Counter(`rule=.=${rule.name};.;tidegate_ratelimit_${noun}_total`);
}

function take(counter: Counter, count: u64): void {
  counter.add(count);
  counter.flush();
}
