import { ConfigNode } from "../../assembly/core/config-reader";
import { ALL } from "../../assembly/core/percent";
import { readPercent } from "../../assembly/core/percent-config";
import { readName } from "../../assembly/core/plain-name";
import { readExempt, readMatch } from "../../assembly/request/config";
import { HeaderNames } from "../../assembly/request/facts";
import { KeyRule } from "../../assembly/request/key";
import { readKey } from "../../assembly/request/key-config";
import { RequestMatch } from "../../assembly/request/match";
import { AnswerConfig, readAnswer } from "./answer/config";
import { OffendersConfig, readOffenders } from "./answer/offenders-config";
import { CONCURRENCY_KEYS, ConcurrencyConfig, readConcurrency } from "./concurrency/config";
import { ConditionConfig } from "./conditions/condition";
import { readConditions } from "./conditions/config";
import { LoadReportsConfig, readLoadReports } from "./conditions/load-reports-config";
import { Signal, SignalTable } from "./conditions/signals";
import { PriorityConfig, readPriorities } from "./priority/config";
import { QuotaConfig, readQuota } from "./quota/config";
import { CostRule } from "./request/cost";
import { readCost } from "./request/cost-config";
import { MAX_OVERRIDES, OverrideConfig, readOverrides } from "./request/overrides-config";

// Ranges and defaults are those of schema.json; a test compares the two.

const MAX_RULES: i32 = 64;
const MIN_KEYS: i64 = 64;
const MAX_KEYS: i64 = 262_144;
/** Keys of all rules together: 27 MB that all workers share. */
const MAX_TOTAL_KEYS: i64 = 1_048_576;
const MAX_LEASE: i64 = 4096;

/** A rule as configured. */
@final
export class RuleConfig {
  name: string = "";
  match: RequestMatch = new RequestMatch();
  /** Requests that it is not for although its match holds. */
  exempt: RequestMatch[] = [];
  key: KeyRule = new KeyRule([]);
  quota: QuotaConfig = new QuotaConfig();
  cost: CostRule = new CostRule();
  overrides: OverrideConfig[] = [];
  /** What puts another quota in force; the first that is active counts. */
  conditions: ConditionConfig[] = [];
  /** Requests lent to a worker at a time, 0: as the burst allows. */
  lease: i32 = 0;
  /** Share of the requests that it is for, and of those the share that it may turn away; in hundredths of a percent. */
  enabledPercent: i32 = ALL;
  enforcedPercent: i32 = ALL;
  shadow: bool = false;

  /** Whether it is for the requests that no other rule's match holds for. */
  get otherwise(): bool {
    return this.match.otherwise;
  }
}

/** The plugin's configuration, defaults applied. To be used only if parsing left no problem. */
@final
export class RateLimitConfig {
  readonly headers: HeaderNames = new HeaderNames();
  readonly rules: RuleConfig[] = [];
  /** What the rules' conditions are about. */
  readonly signals: SignalTable = new SignalTable();
  /** Null: requests in flight are not limited. */
  concurrency: ConcurrencyConfig | null = null;
  /** Requests that the limit on requests in flight does not count. */
  uncounted: RequestMatch[] = [];
  /** Share of the requests that it counts, in hundredths of a percent. */
  countedPercent: i32 = ALL;
  /** Without classes: all requests are of one. */
  priorities: PriorityConfig = new PriorityConfig();
  loadReports: LoadReportsConfig = new LoadReportsConfig();
  answer: AnswerConfig = new AnswerConfig();
  /** Null: nobody is named. */
  offenders: OffendersConfig | null = null;
  maxKeys: i32 = 4096;
  status: u32 = 429;
  shadow: bool = false;
  /** Share of all requests that is looked at, in hundredths of a percent. */
  enabledPercent: i32 = ALL;
}

const ROOT_KEYS: string[] = [
  "rules",
  "concurrency",
  "priorities",
  "load_reports",
  "response",
  "offenders",
  "max_keys",
  "status",
  "shadow",
  "enabled_percent",
];

/** Reads a configuration; every mistake in it is put into the node's problems. Only at configure: allocates. */
export function parseConfig(root: ConfigNode): RateLimitConfig {
  const config = new RateLimitConfig();
  root.refuseUnknown(ROOT_KEYS);
  config.maxKeys = <i32>root.integer("max_keys", 4096, MIN_KEYS, MAX_KEYS);
  config.status = <u32>root.integer("status", 429, 400, 599);
  config.shadow = root.bool("shadow", false);
  config.enabledPercent = readPercent(root, "enabled_percent", ALL);
  config.loadReports = readLoadReports(root);
  config.answer = readAnswer(root.object("response"));
  config.offenders = readOffenders(root);
  const concurrency = root.object("concurrency");
  if (concurrency != null) readLimit(concurrency, config);
  const priorities = root.object("priorities");
  if (priorities != null) config.priorities = readPriorities(priorities, config.headers);
  if (priorities != null && concurrency == null)
    root.refuseAt("priorities", 'expected the key "concurrency" beside it');
  if (!root.has("concurrency") && root.required("rules") == null) return config;
  const rules = root.objects("rules", 1, MAX_RULES);
  const names: string[] = [];
  for (let i = 0; i < rules.length; i++) config.rules.push(readRule(rules[i], config, names));
  checkTotals(root, config);
  if (concurrency == null) refuseSignalsOfLimit(root, config.signals);
  return config;
}

function readLimit(node: ConfigNode, config: RateLimitConfig): void {
  node.refuseUnknown(CONCURRENCY_KEYS.concat(["exempt", "enabled_percent"]));
  const limit = readConcurrency(node);
  limit.shadow = limit.shadow || config.shadow;
  config.concurrency = limit;
  config.uncounted = readExempt(node, "exempt", config.headers);
  config.countedPercent = readPercent(node, "enabled_percent", ALL);
}

function readRule(node: ConfigNode, config: RateLimitConfig, names: string[]): RuleConfig {
  const rule = new RuleConfig();
  const headers = config.headers;
  node.refuseUnknown(RULE_KEYS);
  rule.name = readName(node, names, "rule");
  rule.shadow = node.bool("shadow", false);
  const match = node.object("match");
  if (match != null) rule.match = readMatch(match, headers, true);
  rule.exempt = readExempt(node, "exempt", headers);
  rule.key = readKey(node, "key", headers, rule.match);
  const quota = node.requiredObject("quota");
  if (quota != null) rule.quota = readQuota(quota);
  rule.overrides = readOverrides(node, rule.key);
  rule.conditions = readConditions(node, config.signals);
  const cost = node.object("cost");
  if (cost != null) rule.cost = readCost(cost, headers, leastBurst(rule));
  rule.lease = <i32>node.integer("lease", 0, 1, MAX_LEASE);
  rule.enabledPercent = readPercent(node, "enabled_percent", ALL);
  rule.enforcedPercent = readPercent(node, "enforced_percent", ALL);
  return rule;
}

const RULE_KEYS: string[] = [
  "name",
  "match",
  "exempt",
  "key",
  "quota",
  "cost",
  "overrides",
  "conditions",
  "lease",
  "enabled_percent",
  "enforced_percent",
  "shadow",
];

/** Of the quotas that the rule can come to have; what costs more than one of them would never be admitted under it. */
function leastBurst(rule: RuleConfig): i64 {
  let percent: f64 = 100;
  for (let i = 0; i < rule.conditions.length; i++) percent = min(percent, rule.conditions[i].percent);
  let burst = lesser(rule.quota.burst, rule.quota, percent);
  for (let i = 0; i < rule.overrides.length; i++) burst = lesser(burst, rule.overrides[i].quota, percent);
  for (let i = 0; i < rule.conditions.length; i++) burst = lesser(burst, rule.conditions[i].quota, 100);
  return burst;
}

function lesser(burst: i64, quota: QuotaConfig | null, percent: f64): i64 {
  return quota != null ? min(burst, quota.toQuota().percent(percent).burst) : burst;
}

/** Without a limit on requests in flight, what conditions ask of it is never known. */
function refuseSignalsOfLimit(root: ConfigNode, signals: SignalTable): void {
  let name = signals.uses(Signal.ConcurrencyLimit) ? "concurrency.limit" : "";
  if (signals.uses(Signal.ConcurrencyUtilization)) name = "concurrency.utilization";
  if (signals.uses(Signal.RejectedRate)) name = "rejected_rate";
  if (name != "") root.refuseAt("rules", `expected the key "concurrency" beside it, since a condition is on ${name}`);
}

function checkTotals(root: ConfigNode, config: RateLimitConfig): void {
  let keys: i64 = 0;
  let overrides = 0;
  for (let i = 0; i < config.rules.length; i++) {
    if (config.rules[i].key.isKeyed) keys += config.maxKeys;
    overrides += config.rules[i].overrides.length;
  }
  if (keys > MAX_TOTAL_KEYS) {
    root.refuseAt("max_keys", `expected at most ${MAX_TOTAL_KEYS} keys over all rules that have a key, not ${keys}`);
  }
  if (overrides > MAX_OVERRIDES) {
    root.refuseAt("rules", `expected at most ${MAX_OVERRIDES} overrides over all rules, not ${overrides}`);
  }
}
