import {
  Counter,
  FilterHeadersStatusValues,
  HostFacts,
  monotonicNs,
  seedForThisVm,
  sharedSecret,
} from "../../../assembly";
import { Xoshiro256 } from "../../../assembly/core/xoshiro256";
import { KeyRule } from "../../../assembly/request/key";
import { AnswerConfig } from "../answer/config";
import { QuotaFields } from "../answer/fields";
import { NO_RULE } from "../answer/verdict";
import { RateLimitConfig } from "../config";
import { RateLimitPolicy } from "../policy";
import { Answers } from "./answers";
import { Care } from "./care";
import { Gate } from "./gate";
import { LoadWatch } from "./load-watch";
import { OffenderLog } from "./offender-log";
import { RuleNames } from "./prepared-answer";
import { AnswerHeaders, ShadowHeader } from "./response-headers";
import { HostStores } from "./shared-store";
import { StreamState } from "./stream-state";

/** What one configuration makes of the plugin in one worker. */
@final
export class Limiter {
  private readonly policy: RateLimitPolicy;
  private readonly facts: HostFacts;
  private readonly watch: LoadWatch | null;
  private readonly gate: Gate | null;
  private readonly answers: Answers;
  private readonly answerHeaders: AnswerHeaders;
  private readonly shadowHeader: ShadowHeader;
  private readonly offenders: OffenderLog | null;
  private readonly answer: AnswerConfig;
  private readonly care: Care;
  private readonly chance: Xoshiro256;
  private readonly hostErrors: Counter;

  /**
   * Only in onConfigure: allocates all memory that there will be.
   * @param scope how the keys begin of what workers share.
   */
  constructor(config: RateLimitConfig, scope: string) {
    const nowNs = monotonicNs();
    const secret = sharedSecret(scope);
    const chance = new Xoshiro256();
    seedForThisVm(chance, "ratelimit");
    const hostErrors = new Counter("tidegate_ratelimit_host_errors_total");
    const policy = new RateLimitPolicy(config, secret, new HostStores(scope, hostErrors), nowNs, chance.next());
    const watch = LoadWatch.of(config, scope, hostErrors, chance, nowNs);
    const gate = watch != null ? new Gate(config, watch.concurrency, watch.shedder, secret, hostErrors) : null;
    const rules = config.rules.map<string>((rule) => rule.name);
    const fields = new QuotaFields(rules);
    const offenders = offenderLogOf(config, rules);
    this.policy = policy;
    this.facts = new HostFacts(config.headers, hostErrors);
    this.watch = watch;
    this.gate = gate;
    this.answer = config.answer;
    this.answers = answersOf(config, fields);
    this.answerHeaders = new AnswerHeaders(config.answer, fields, hostErrors);
    this.shadowHeader = new ShadowHeader(config.answer, rules, hostErrors);
    this.offenders = offenders;
    this.care = new Care(config, scope, policy, gate, watch, offenders, hostErrors);
    this.chance = chance;
    this.hostErrors = hostErrors;
  }

  /** How often `tick` wants to be called. */
  get tickPeriodMs(): u32 {
    return this.care.periodMs;
  }

  /** Lets a stream whose request headers are at hand pass, or answers it. Without a clock all pass. Allocates: nothing. */
  decide(stream: StreamState): FilterHeadersStatusValues {
    const policy = this.policy;
    if (!policy.picks()) return FilterHeadersStatusValues.Continue;
    const facts = this.facts;
    const isRuled = policy.select(facts);
    const gate = this.gate;
    const isCounted = gate != null && gate.counts(facts, this.chance);
    if (!isRuled && !isCounted) return FilterHeadersStatusValues.Continue;
    const nowNs = monotonicNs();
    if (nowNs == 0) return this.passUnlimited();
    if (isRuled && policy.check(nowNs) > 0) return this.refuse(stream);
    if (gate != null && isCounted) {
      const isAdmitted = gate.admits(facts, nowNs);
      if (!isAdmitted && !gate.shadow) return this.refuseForCapacity(gate, isRuled);
      gate.enter(stream, facts, nowNs);
      if (!isAdmitted) this.shadowHeader.write(NO_RULE);
    }
    if (isRuled) this.spend(stream);
    const watch = this.watch;
    if (watch != null) watch.reports.ask();
    return FilterHeadersStatusValues.Continue;
  }

  private spend(stream: StreamState): void {
    const policy = this.policy;
    policy.spend();
    if (this.answer.tellsAdmitted) policy.tell(stream.verdict);
    const rule = policy.wouldReject;
    if (rule == NO_RULE) return;
    this.shadowHeader.write(rule);
    this.name(rule);
  }

  /** Counts who sent the request at hand, which the rule turned away or would have. */
  private name(rule: i32): void {
    const offenders = this.offenders;
    if (offenders != null) offenders.note(rule, unchecked(this.policy.rules[rule]).fingerprint, this.facts);
  }

  private refuse(stream: StreamState): FilterHeadersStatusValues {
    this.policy.tell(stream.verdict);
    this.name(this.policy.decidedBy);
    const isSent = this.answers.sendQuota(stream.verdict, this.chance.next());
    return isSent ? FilterHeadersStatusValues.StopIteration : this.passUnlimited();
  }

  private refuseForCapacity(gate: Gate, isRuled: bool): FilterHeadersStatusValues {
    if (isRuled) this.policy.giveBack();
    const isSent = this.answers.sendCapacity(gate.lastClass, this.chance.next());
    return isSent ? FilterHeadersStatusValues.StopIteration : this.passUnlimited();
  }

  private passUnlimited(): FilterHeadersStatusValues {
    this.hostErrors.add(1);
    return FilterHeadersStatusValues.Continue;
  }

  /** The response headers of a stream are at hand. Allocates: nothing. */
  answered(stream: StreamState): void {
    const gate = this.gate;
    const nowNs = gate != null ? gate.leave(stream) : 0;
    this.answerHeaders.write(stream.verdict);
    const watch = this.watch;
    if (watch != null) watch.reports.takeHeaders(nowNs);
  }

  /** The response trailers of a stream are at hand. Allocates: nothing. */
  trailed(): void {
    const watch = this.watch;
    if (watch != null) watch.reports.takeTrailers();
  }

  /** A stream is over. Allocates: nothing. */
  ended(stream: StreamState): void {
    const gate = this.gate;
    if (gate != null) gate.abandon(stream);
  }

  /** Regular care. Allocates: as conditions do that change a quota. */
  tick(): void {
    this.care.tick();
  }
}

function offenderLogOf(config: RateLimitConfig, names: string[]): OffenderLog | null {
  const offenders = config.offenders;
  if (offenders == null) return null;
  const keys = config.rules.map<KeyRule>((rule) => rule.key);
  return new OffenderLog(offenders, names, keys);
}

function answersOf(config: RateLimitConfig, fields: QuotaFields): Answers {
  const limit = config.concurrency;
  const rules: RuleNames[] = [];
  for (let i = 0; i < config.rules.length; i++) {
    const rule = config.rules[i];
    rules.push(
      new RuleNames(
        rule.name,
        rule.conditions.map<string>((condition) => condition.name),
      ),
    );
  }
  const classes = config.priorities.classes.map<string>((one) => one.name);
  return new Answers(config.answer, config.status, limit != null ? limit.status : 503, fields, rules, classes);
}
