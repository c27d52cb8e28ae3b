import { Counter, monotonicNs, wallNs } from "../../../assembly";
import { Readings } from "../answer/totals";
import { Conditions } from "../conditions/conditions";
import { RuleConditions } from "../conditions/rule-conditions";
import { TICK_MS } from "../conditions/tick-delay";
import { RateLimitConfig } from "../config";
import { RateLimitPolicy } from "../policy";
import { ClassCounters, ReadingGauges, RuleCounters } from "./counters";
import { Gate } from "./gate";
import { LoadWatch } from "./load-watch";
import { OffenderLog } from "./offender-log";
import { SharedTime } from "./shared-time";

/** Ticks from one look after idle states, and flush of the metrics, to the next. */
const CARE_TICKS: u32 = 20;

/** What is done regularly, apart from requests. */
@final
export class Care {
  /** How often `tick` wants to be called. */
  readonly periodMs: u32;
  private readonly rounds: u32;
  private round: u32 = 0;
  private readonly conditions: Conditions | null;
  private readonly time: SharedTime;
  private readonly ruleCounters: RuleCounters[];
  private readonly classCounters: ClassCounters[];
  private readonly gauges: ReadingGauges | null;
  private readonly readings: Readings = new Readings();

  /** Only in onConfigure: allocates. */
  constructor(
    config: RateLimitConfig,
    scope: string,
    private readonly policy: RateLimitPolicy,
    private readonly gate: Gate | null,
    private readonly watch: LoadWatch | null,
    private readonly offenders: OffenderLog | null,
    private readonly hostErrors: Counter,
  ) {
    const time = new SharedTime(scope, policy.time);
    const conditions: RuleConditions[] = [];
    const counters: RuleCounters[] = [];
    for (let i = 0; i < config.rules.length; i++) {
      const rule = config.rules[i];
      const names = rule.conditions.map<string>((condition) => condition.name);
      if (names.length > 0) conditions.push(policy.rules[i].conditions);
      counters.push(new RuleCounters(rule.name, names));
    }
    this.ruleCounters = counters;
    this.classCounters = classCounters(config);
    this.conditions = conditions.length > 0 ? new Conditions(config.signals, conditions) : null;
    this.gauges = watch != null ? new ReadingGauges() : null;
    this.rounds = watch != null ? CARE_TICKS : 1;
    this.periodMs = watch != null ? TICK_MS : TICK_MS * CARE_TICKS;
    this.time = time;
    time.agree();
  }

  tick(): void {
    const nowNs = monotonicNs();
    if (nowNs != 0) this.think(nowNs);
    if (++this.round < this.rounds) return;
    this.round = 0;
    if (nowNs != 0) {
      this.policy.sweep(nowNs);
      this.time.agree();
      const offenders = this.offenders;
      if (offenders != null) offenders.tick(nowNs);
    }
    this.flush();
  }

  private think(nowNs: u64): void {
    const watch = this.watch;
    if (watch != null) watch.tick(nowNs);
    const conditions = this.conditions;
    if (conditions == null || watch == null) return;
    if (conditions.tick(nowNs, wallNs(), watch.signals.at(nowNs))) this.policy.follow();
  }

  private flush(): void {
    for (let i = 0; i < this.ruleCounters.length; i++) this.flushRule(i);
    const gate = this.gate;
    if (gate != null) {
      for (let i = 0; i < this.classCounters.length; i++) unchecked(this.classCounters[i]).flush(gate.totals[i]);
    }
    const gauges = this.gauges;
    const watch = this.watch;
    if (gauges != null && watch != null && watch.concurrency.isUsed) {
      watch.read(this.readings);
      gauges.show(this.readings);
      watch.reports.flush();
    }
    this.hostErrors.flush();
  }

  private flushRule(index: i32): void {
    const rule = unchecked(this.policy.rules[index]);
    const counters = unchecked(this.ruleCounters[index]);
    rule.count();
    counters.flush(rule.totals);
    // A worker without requests knows nothing that conditions are about.
    const watch = this.watch;
    if (watch != null && watch.concurrency.isUsed) counters.showConditions(rule.conditions.active);
  }
}

function classCounters(config: RateLimitConfig): ClassCounters[] {
  if (config.concurrency == null) return [];
  const classes = config.priorities.classes;
  return classes.length == 0
    ? [new ClassCounters("")]
    : classes.map<ClassCounters>((one) => new ClassCounters(one.name));
}
