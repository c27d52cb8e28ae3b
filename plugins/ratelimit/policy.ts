import { Timeline } from "../../assembly/core/gcra";
import { Buckets } from "./quota/buckets";
import { RateLimitConfig, RuleConfig } from "./config";
import { RequestFacts } from "./request/facts";
import { HashSecret, KeyRule } from "./request/key";
import { RequestMatch } from "./request/match";

/** Slots looked through in each `sweep`, of each rule: 262,144 keys in under two hours at one sweep a second. */
// @ts-ignore: decorator
@inline
const SWEPT_SLOTS: i32 = 64;

/** A rule at work, with what it has counted since somebody last took the counts. */
@final
export class Rule {
  readonly name: string;
  readonly buckets: Buckets;
  /** Only counts: would reject, and lets pass. */
  readonly shadow: bool;
  admitted: u64 = 0;
  rejected: u64 = 0;
  wouldReject: u64 = 0;
  private readonly match: RequestMatch;
  private readonly key: KeyRule;
  /** Of the request at hand. */
  fingerprint: u64 = 0;
  wait: i64 = 0;

  constructor(config: RuleConfig, shadow: bool, maxKeys: i32, now: u64) {
    this.name = config.name;
    this.match = config.match;
    this.key = config.key;
    this.shadow = shadow || config.shadow;
    this.buckets = new Buckets(config.quota.toQuota(), config.key.isKeyed ? maxKeys : 0, now);
  }

  /** After the counts were taken. */
  forgetCounts(): void {
    this.admitted = 0;
    this.rejected = 0;
    this.wouldReject = 0;
    this.buckets.forgetCounts();
  }

  /** Whether the rule is for this request; if so, its key is known afterwards. */
  take(facts: RequestFacts, secret: HashSecret): bool {
    if (!this.match.holds(facts)) return false;
    this.fingerprint = this.key.fingerprint(facts, secret);
    return true;
  }

  /** Asks the bucket without spending. */
  check(now: u64): void {
    this.buckets.open(this.fingerprint, now);
    this.wait = this.buckets.wait(now);
  }

  /** Counts a request that was turned away; it costs nothing, neither here nor in the other rules. */
  turnAway(): void {
    if (this.wait == 0) return;
    if (this.shadow) this.wouldReject++;
    else this.rejected++;
  }

  /** Spends, unless this is a shadow rule that would have turned the request away. */
  spend(now: u64): void {
    if (this.wait > 0) {
      this.wouldReject++;
      return;
    }
    this.buckets.debit(now);
    this.admitted++;
  }
}

/**
 * Decides requests by all rules that are for them: first every one is checked, then, if none that is enforced turns the
 * request away, every one is debited.
 */
@final
export class RateLimitPolicy {
  readonly rules: Rule[] = [];
  private readonly secret: HashSecret;
  private readonly time: Timeline;
  /** Indexes of the rules for the request at hand. */
  private readonly taken: StaticArray<i32>;
  private takenCount: i32 = 0;

  /** @param nowNs by a monotonic clock. Allocates all memory that the policy will ever have. */
  constructor(config: RateLimitConfig, secret: HashSecret, nowNs: u64) {
    const time = new Timeline(nowNs);
    const now = time.at(nowNs);
    this.secret = secret;
    this.time = time;
    this.taken = new StaticArray<i32>(config.rules.length);
    for (let i = 0; i < config.rules.length; i++) {
      this.rules.push(new Rule(config.rules[i], config.shadow, config.maxKeys, now));
    }
  }

  /** Finds the rules for a request; false when there is none, so that no clock need be read. Allocates: nothing. */
  select(facts: RequestFacts): bool {
    facts.begin();
    this.takenCount = 0;
    for (let i = 0; i < this.rules.length; i++) {
      if (unchecked(this.rules[i]).take(facts, this.secret)) unchecked((this.taken[this.takenCount++] = i));
    }
    return this.takenCount > 0;
  }

  /**
   * Decides the request that `select` saw last.
   * @param nowNs by the same clock as the constructor's.
   * @returns 0 to admit it, else ticks until all rules that turned it away would admit it. Allocates: nothing.
   */
  decide(nowNs: u64): i64 {
    const now = this.time.at(nowNs);
    let wait: i64 = 0;
    for (let i = 0; i < this.takenCount; i++) {
      const rule = this.takenRule(i);
      rule.check(now);
      if (!rule.shadow) wait = max(wait, rule.wait);
    }
    for (let i = 0; i < this.takenCount; i++) {
      if (wait > 0) this.takenRule(i).turnAway();
      else this.takenRule(i).spend(now);
    }
    return wait;
  }

  /** Regular care of states that nobody asks for: call every second. Allocates: nothing. */
  sweep(nowNs: u64): void {
    const now = this.time.at(nowNs);
    for (let i = 0; i < this.rules.length; i++) unchecked(this.rules[i]).buckets.sweep(SWEPT_SLOTS, now);
  }

  // @ts-ignore: decorator
  @inline
  private takenRule(index: i32): Rule {
    return unchecked(this.rules[unchecked(this.taken[index])]);
  }
}
