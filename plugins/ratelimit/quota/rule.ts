import { RequestFacts } from "../../../assembly/request/facts";
import { HashSecret, KeyRule, NO_KEY } from "../../../assembly/request/key";
import { RequestMatch } from "../../../assembly/request/match";
import { RuleTotals } from "../answer/totals";
import { NO_CONDITION, Verdict } from "../answer/verdict";
import { RuleConditions } from "../conditions/rule-conditions";
import { RuleConfig } from "../config";
import { CostRule } from "../request/cost";
import { Buckets, UNKNOWN } from "./buckets";
import { QuotaConfig } from "./config";
import { Overrides } from "./overrides";
import { SharedStore } from "./store";
import { defaultLease, Terms } from "./terms";

/** A rule at work, with what it has counted. Allocates nothing after construction. */
@final
export class Rule {
  readonly name: string;
  readonly buckets: Buckets;
  readonly totals: RuleTotals = new RuleTotals();
  /** Whether it is for what no other rule's match holds for. */
  readonly otherwise: bool;
  /** Only counts: would reject, and lets pass. */
  readonly shadow: bool;
  /** In hundredths of a percent: the requests that it is for, and of those the ones that it may turn away. */
  readonly enabledPercent: i32;
  readonly enforcedPercent: i32;
  /** What puts other quotas in force. */
  readonly conditions: RuleConditions;
  /** By condition, the account of the buckets that it puts in force. */
  private readonly accounts: i32[];
  private readonly match: RequestMatch;
  private readonly exempt: RequestMatch[];
  private readonly key: KeyRule;
  private readonly cost: CostRule;
  // Of the request at hand:
  /** Ticks until the request would be admitted, 0: at once; UNKNOWN: it was not worth asking. */
  wait: i64 = 0;
  /** Whether the rule may turn it away. */
  enforces: bool = true;
  /** Its key as 64 bits, NO_KEY when it has none. */
  fingerprint: u64 = 0;
  private price: i32 = 1;

  constructor(config: RuleConfig, shadow: bool, maxKeys: i32, secret: HashSecret, store: SharedStore) {
    this.name = config.name;
    this.match = config.match;
    this.exempt = config.exempt;
    this.otherwise = config.otherwise;
    this.key = config.key;
    this.cost = config.cost;
    this.shadow = shadow || config.shadow;
    this.enabledPercent = config.enabledPercent;
    this.enforcedPercent = config.enforcedPercent;
    this.conditions = new RuleConditions(config.quota.toQuota(), config.conditions);
    const accounts: i32[] = [];
    const terms = accountsOf(config, accounts);
    this.accounts = accounts;
    this.buckets = new Buckets(store, config.key.isKeyed ? maxKeys : 0, terms, overridesOf(config, secret));
  }

  /** Puts in force what the conditions came to. Allocates if keys have quotas of their own. */
  follow(): void {
    const conditions = this.conditions;
    const active = conditions.active;
    const account = active == NO_CONDITION ? 0 : unchecked(this.accounts[active]);
    this.buckets.apply(account, conditions.quota, conditions.percent);
  }

  /** Whether the rule is for this request by its match; exemptions aside. */
  matches(facts: RequestFacts): bool {
    return this.match.holds(facts);
  }

  /** Begins with a request that the rule matches. @returns false: it is exempt. */
  take(facts: RequestFacts, secret: HashSecret): bool {
    for (let i = 0; i < this.exempt.length; i++) if (unchecked(this.exempt[i]).holds(facts)) return false;
    this.fingerprint = this.key.fingerprint(facts, secret);
    this.price = this.cost.of(facts);
    return true;
  }

  /** Whether the request can be admitted, as far as is known without a host call. */
  ask(now: u64): void {
    this.wait = this.buckets.ask(this.fingerprint, this.price, now);
  }

  /** Finds out what `ask` could not. */
  borrow(now: u64): void {
    if (this.wait == UNKNOWN) this.wait = this.buckets.borrow(now);
  }

  /** Whether the rule turns the request away. */
  get denies(): bool {
    return this.wait > 0 && this.enforces;
  }

  /** Counts a request that some rule turned away; it costs nothing in any. */
  turnAway(now: u64): void {
    if (this.wait == 0) this.buckets.giveBack(now);
    else if (this.denies) this.totals.rejected++;
    else if (this.wait > 0) this.totals.wouldReject++;
  }

  /** Takes back what `ask` and `borrow` took for a request that something else than a rule turned away. */
  giveBack(now: u64): void {
    if (this.wait == 0) this.buckets.giveBack(now);
  }

  /** Spends, unless the rule would have turned the request away if it were enforced. */
  spend(now: u64): void {
    if (this.wait > 0) {
      this.totals.wouldReject++;
      return;
    }
    this.buckets.spend(now);
    this.totals.admitted++;
  }

  /** Tells of the last request's quota, if it is tighter than what is told so far. */
  tell(verdict: Verdict, index: i32, now: u64): void {
    const quota = this.buckets.quota;
    if (quota == null || this.shadow) return;
    const remaining = this.wait > 0 ? 0 : this.buckets.remaining(now);
    if (!verdict.isTighter(remaining, quota.burst)) return;
    const reset = this.wait > 0 ? this.wait : this.buckets.untilMore(now);
    const condition = this.conditions.active;
    verdict.tell(index, condition, quota.requests, quota.periodSeconds, quota.burst, remaining, reset);
  }

  /** Completes `totals`. */
  count(): void {
    const buckets = this.buckets;
    this.totals.overflows = buckets.overflows;
    this.totals.evictions = buckets.ledger.evictions;
    this.totals.leaseCalls = buckets.ledger.calls;
    this.totals.contentions = buckets.ledger.contentions;
  }
}

/** The terms of a configured quota. @param lease 0: as its burst allows. */
function termsOf(quota: QuotaConfig, lease: i32): Terms {
  return new Terms(quota.toQuota(), lease != 0 ? lease : defaultLease(quota.burst));
}

/** The rule's own terms, then those of conditions with a quota of their own. @param accounts receives whose are whose. */
function accountsOf(config: RuleConfig, accounts: i32[]): Terms[] {
  const terms = [termsOf(config.quota, config.lease)];
  for (let i = 0; i < config.conditions.length; i++) {
    const quota = config.conditions[i].quota;
    accounts.push(quota != null ? terms.length : 0);
    if (quota != null) terms.push(termsOf(quota, config.lease));
  }
  return terms;
}

function overridesOf(config: RuleConfig, secret: HashSecret): Overrides {
  const overrides = new Overrides(config.overrides.length);
  for (let i = 0; i < config.overrides.length; i++) {
    const special = config.overrides[i];
    const quota = special.quota;
    const hash = config.key.fingerprintOf(special.key, secret);
    if (hash != NO_KEY) overrides.add(hash, quota != null ? termsOf(quota, config.lease) : null);
  }
  return overrides;
}
