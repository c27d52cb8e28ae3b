import { Timeline } from "../../assembly/core/gcra";
import { drawn } from "../../assembly/core/percent";
import { Xoshiro256 } from "../../assembly/core/xoshiro256";
import { RequestFacts } from "../../assembly/request/facts";
import { HashSecret } from "../../assembly/request/key";
import { NO_RULE, Verdict } from "./answer/verdict";
import { RateLimitConfig } from "./config";
import { Rule } from "./quota/rule";
import { Stores } from "./quota/store";

/**
 * Decides requests by all rules that are for them: first every one is checked, then, if none that is enforced turns the
 * request away, every one is debited. For each request that `picks` is for `select`, `check`, and if that was 0 `spend` or
 * `giveBack`.
 * Allocates nothing after construction.
 */
@final
export class RateLimitPolicy {
  readonly rules: Rule[] = [];
  /** The time that all states are in; workers must agree on it. */
  readonly time: Timeline;
  /** Index of the rule that made the last rejected request wait longest; NO_RULE when it was admitted. */
  decidedBy: i32 = NO_RULE;
  private readonly secret: HashSecret;
  private readonly chance: Xoshiro256 = new Xoshiro256();
  private readonly enabledPercent: i32;
  /** Indexes of the rules for the request at hand. */
  private readonly taken: StaticArray<i32>;
  private takenCount: i32 = 0;
  private now: u64 = 0;

  /**
   * Allocates all memory that the policy will ever have.
   * @param secret the same in all workers. @param nowNs by a monotonic clock. @param seed for chance: any number.
   */
  constructor(config: RateLimitConfig, secret: HashSecret, stores: Stores, nowNs: u64, seed: u64) {
    this.secret = secret;
    this.time = new Timeline(nowNs);
    this.enabledPercent = config.enabledPercent;
    this.taken = new StaticArray<i32>(config.rules.length);
    this.chance.seedPoor(seed, nowNs, 0, 0);
    for (let i = 0; i < config.rules.length; i++) {
      const rule = config.rules[i];
      this.rules.push(new Rule(rule, config.shadow, config.maxKeys, secret, stores.storeOf(rule.name)));
    }
  }

  /** Whether the plugin is to look at the next request; ask once. */
  picks(): bool {
    return drawn(this.chance, this.enabledPercent);
  }

  /** Finds the rules for a request; false when there is none, so that no clock need be read. */
  select(facts: RequestFacts): bool {
    facts.begin();
    this.takenCount = 0;
    let matched = false;
    for (let i = 0; i < this.rules.length; i++) {
      const rule = unchecked(this.rules[i]);
      if (rule.otherwise || !rule.matches(facts)) continue;
      matched = true;
      this.take(i, facts);
    }
    for (let i = 0; !matched && i < this.rules.length; i++) {
      if (unchecked(this.rules[i]).otherwise) this.take(i, facts);
    }
    return this.takenCount > 0;
  }

  /**
   * Checks the request that `select` saw last; nothing is spent. Rules that can be asked without a host call are asked
   * first, so that a request which one of them turns away costs none.
   * @param nowNs by the same clock as the constructor's.
   * @returns 0: `spend` or `giveBack` must follow; else ticks until all rules that turned it away would admit it.
   */
  check(nowNs: u64): i64 {
    const now = this.time.at(nowNs);
    this.now = now;
    this.decidedBy = NO_RULE;
    let wait: i64 = 0;
    for (let i = 0; i < this.takenCount; i++) {
      this.takenRule(i).ask(now);
      wait = this.longest(wait, i);
    }
    for (let i = 0; i < this.takenCount && wait == 0; i++) {
      this.takenRule(i).borrow(now);
      wait = this.longest(wait, i);
    }
    for (let i = 0; i < this.takenCount && wait > 0; i++) this.takenRule(i).turnAway(now);
    return wait;
  }

  /** Takes the request that was checked last from all its rules. */
  spend(): void {
    for (let i = 0; i < this.takenCount; i++) this.takenRule(i).spend(this.now);
  }

  /** Something else turned the request away that was checked last: it costs nothing. */
  giveBack(): void {
    for (let i = 0; i < this.takenCount; i++) this.takenRule(i).giveBack(this.now);
  }

  /** Tells of the quota that turned the request away, or of an admitted one's quota with the least share left. */
  tell(verdict: Verdict): void {
    if (this.decidedBy != NO_RULE) {
      unchecked(this.rules[this.decidedBy]).tell(verdict, this.decidedBy, this.now);
      return;
    }
    for (let i = 0; i < this.takenCount; i++) this.takenRule(i).tell(verdict, unchecked(this.taken[i]), this.now);
  }

  /** Index of a rule that would have turned the request away if it were enforced; NO_RULE when there is none. */
  get wouldReject(): i32 {
    for (let i = 0; i < this.takenCount; i++) if (this.takenRule(i).wait > 0) return unchecked(this.taken[i]);
    return NO_RULE;
  }

  /** Puts in force what the rules' conditions came to. */
  follow(): void {
    for (let i = 0; i < this.rules.length; i++) unchecked(this.rules[i]).follow();
  }

  /** Regular care of what lies idle and of states that nobody asks for: call every second. */
  sweep(nowNs: u64): void {
    const now = this.time.at(nowNs);
    for (let i = 0; i < this.rules.length; i++) unchecked(this.rules[i]).buckets.sweep(now);
  }

  private take(index: i32, facts: RequestFacts): void {
    const rule = unchecked(this.rules[index]);
    if (!drawn(this.chance, rule.enabledPercent) || !rule.take(facts, this.secret)) return;
    rule.enforces = !rule.shadow && drawn(this.chance, rule.enforcedPercent);
    unchecked((this.taken[this.takenCount++] = index));
  }

  private longest(wait: i64, index: i32): i64 {
    const rule = this.takenRule(index);
    if (!rule.denies || rule.wait <= wait) return wait;
    this.decidedBy = unchecked(this.taken[index]);
    return rule.wait;
  }

  // @ts-ignore: decorator
  @inline
  private takenRule(index: i32): Rule {
    return unchecked(this.rules[unchecked(this.taken[index])]);
  }
}
