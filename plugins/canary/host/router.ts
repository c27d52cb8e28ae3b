import {
  Counter,
  HostFacts,
  log,
  LogLevelValues,
  monotonicNs,
  setTickPeriod,
  wallNs,
  WasmResultValues,
} from "../../../assembly";
import { Condition } from "../conditions/condition";
import { CanaryConfig } from "../config";
import { FetchedList } from "../lists/fetched-list";
import { CanaryPolicy, NO_ARM, NO_RULE } from "../policy";
import { AssignmentSource } from "../share/assignment-cookie";
import { DecisionHeader } from "./decision-header";
import { Explanation } from "./explain";
import { HealthWatch } from "./health-watch";
import { LanePropagation } from "./lane-propagation";
import { ListFetcher } from "./list-fetcher";
import { StreamNote, StreamNotes, NOTES } from "./stream-notes";
import { Told } from "./told";

const TICK_MS: u32 = 1000;
/** A request without an answer for so long counts as failed; as long as Envoy waits if a route does not say otherwise. */
// @ts-ignore: decorator
@inline
const UNANSWERED_NS: u64 = 15_000_000_000;

/** What one configuration makes of the plugin in one worker. */
@final
export class Router {
  private readonly policy: CanaryPolicy;
  private readonly facts: HostFacts;
  private readonly decision: DecisionHeader;
  private readonly trusted: Condition | null;
  private readonly propagation: LanePropagation | null;
  private readonly health: HealthWatch | null;
  /** Null when no list is fetched. */
  private readonly fetcher: ListFetcher | null;
  private readonly assignment: AssignmentSource | null;
  private readonly told: Told;
  /** Null when responses need no notes. */
  private readonly notes: StreamNotes | null;
  private readonly arms: i32;
  /** For people, by arm. */
  private readonly names: string[];
  /** Requests by arm, those without one last. */
  private readonly requests: Counter[];
  private readonly hostErrors: Counter;

  /**
   * Only in onConfigure: allocates all memory that there will be.
   * @param scope how the keys begin of what workers share.
   */
  constructor(config: CanaryConfig, scope: string) {
    const hostErrors = new Counter("tidegate_canary_host_errors_total");
    const propagation = config.propagation;
    const told = new Told(config, hostErrors);
    const health = config.aborts.length > 0 ? new HealthWatch(config.aborts, config.arms, scope, hostErrors) : null;
    this.arms = config.arms.length;
    this.names = config.arms;
    this.policy = new CanaryPolicy(config.rules, config.arms.length, config.defaultArm);
    this.facts = new HostFacts(config.headers, hostErrors);
    this.decision = new DecisionHeader(config.decisionHeader, config.values, hostErrors);
    this.trusted = config.trusted;
    this.propagation = propagation != null ? new LanePropagation(propagation, hostErrors) : null;
    this.health = health;
    this.fetcher = fetcherOf(config, scope, hostErrors);
    this.assignment = config.assignment;
    this.told = told;
    this.notes = health != null || told.needsResponse ? new StreamNotes() : null;
    this.requests = requestCounters(config.arms);
    this.hostErrors = hostErrors;
    this.follow();
    if (setTickPeriod(TICK_MS) != WasmResultValues.Ok) {
      log(LogLevelValues.warn, "canary: no ticks; metrics stay at 0, and schedules and ramps as they are now");
    }
  }

  /** Decides for the running request and writes the decision. Allocates: nothing. */
  route(contextId: u32): void {
    const propagation = this.propagation;
    if (propagation != null) propagation.arrive();
    this.facts.begin();
    const kept = this.keptArm();
    const arm = kept != NO_ARM ? kept : this.policy.decide(this.facts);
    const rule = kept != NO_ARM ? NO_RULE : this.policy.decidedBy;
    if (arm != NO_ARM) this.decision.write(arm);
    else this.decision.strip();
    // Who may decide may name the lane, too.
    if (propagation != null && kept == NO_ARM) propagation.leave(this.policy.label);
    const given = arm != NO_ARM ? arm : this.arms;
    unchecked(this.requests[given]).add(1);
    this.told.request(given, rule);
    const notes = this.notes;
    if (notes != null) this.remember(notes.at(contextId), contextId, given, rule);
  }

  /** The arm that a trusted request brings; NO_ARM when it is to be decided here. */
  private keptArm(): i32 {
    const trusted = this.trusted;
    return trusted != null && trusted.holds(this.facts) ? this.decision.given() : NO_ARM;
  }

  private remember(note: StreamNote, contextId: u32, given: i32, rule: i32): void {
    const health = this.health;
    // Who waits keeps its place until `watch` counts it: which stream goes without a note then has nothing to do with its arm.
    if (health != null && note.isOpen != 0 && note.latencyNs == 0) return;
    note.contextId = contextId;
    note.arm = given;
    note.rule = rule;
    note.isOpen = 0;
    const assignment = this.assignment;
    note.token = assignment != null ? assignment.newToken(this.facts) : 0;
    if (health != null) health.sent(note, given);
  }

  /** The headers of the answer are there. Allocates: nothing. */
  answered(contextId: u32, endOfStream: bool): void {
    const note = this.noteOf(contextId);
    if (note == null) return;
    const health = this.health;
    if (health != null) health.answered(note, endOfStream);
    this.told.response(note);
  }

  /** The trailers of the answer are there. Allocates: nothing. */
  trailed(contextId: u32): void {
    const health = this.health;
    const note = this.noteOf(contextId);
    if (note != null && health != null) health.trailed(note);
  }

  private noteOf(contextId: u32): StreamNote | null {
    const notes = this.notes;
    return notes != null ? notes.find(contextId) : null;
  }

  /** Regular care, every second. Allocates: when an arm is taken out or let in. */
  tick(): void {
    const health = this.health;
    if (health != null) this.watch(health);
    this.follow();
    const fetcher = this.fetcher;
    if (fetcher != null) fetcher.tick(monotonicNs() / 1_000_000);
    const propagation = this.propagation;
    if (propagation != null) propagation.flush();
    for (let i = 0; i < this.requests.length; i++) this.requests[i].flush();
    this.hostErrors.flush();
  }

  /** The answer to a call of a list's is there. Allocates: only for a new list. */
  received(token: u32, headers: u32, bodySize: u32): void {
    const fetcher = this.fetcher;
    if (fetcher != null) fetcher.onResponse(token, headers, bodySize);
  }

  private follow(): void {
    this.policy.follow(<i64>(wallNs() / 1_000_000));
    const health = this.health;
    if (health == null) return;
    for (let arm = 0; arm < this.arms; arm++) this.policy.stopped[arm] = health.health.isAborted(arm);
  }

  /** Before arms are judged: who got no answer would otherwise be nobody, since streams do not tell when they end. */
  private watch(health: HealthWatch): void {
    const nowNs = monotonicNs();
    const notes = this.notes!;
    for (let i: u32 = 0; i < NOTES; i++) {
      const note = notes.at(i);
      if (note.isOpen == 0 || note.latencyNs != 0 || nowNs < note.sentNs + UNANSWERED_NS) continue;
      health.ended(note);
    }
    health.tick();
  }

  /** Logs how the running request would be decided; writes and counts nothing. Allocates. */
  explain(): void {
    this.follow();
    this.facts.begin();
    const wallMs = <i64>(wallNs() / 1_000_000);
    new Explanation(this.policy, this.names, this.facts, wallMs).tell(this.trusted, this.decision);
  }
}

function fetcherOf(config: CanaryConfig, scope: string, hostErrors: Counter): ListFetcher | null {
  const fetched: FetchedList[] = [];
  const lists = config.lists.lists;
  for (let i = 0; i < lists.length; i++) if (lists[i] instanceof FetchedList) fetched.push(lists[i] as FetchedList);
  return fetched.length > 0 ? new ListFetcher(fetched, scope, config.chance, hostErrors) : null;
}

/** By arm, and of requests without one. proxy-wasm metrics have no labels; the name carries one as Istio's own metrics do. */
function requestCounters(arms: string[]): Counter[] {
  const counters = arms.map<Counter>((arm) => new Counter(`arm=.=${arm};.;tidegate_canary_requests_total`));
  counters.push(new Counter("tidegate_canary_unassigned_total"));
  return counters;
}
