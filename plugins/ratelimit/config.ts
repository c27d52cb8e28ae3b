import { Utf8 } from "../../assembly/core/bytes";
import { ConfigNode, Problems } from "../../assembly/core/config-reader";
import { Quota } from "../../assembly/core/gcra";
import { headerNameProblem, headerValueProblem } from "../../assembly/core/header-name";
import { JsonDocument, JsonKind } from "../../assembly/core/json";
import { readRuleName } from "../../assembly/core/plain-name";
import { HeaderNames } from "./request/facts";
import { KeyRule, KeySource } from "./request/key";
import { Comparison, HeaderMatch, RequestMatch, ValueMatch } from "./request/match";

// Ranges and defaults are those of schema.json; a test compares the two.

const MAX_RULES: i32 = 64;
const MAX_CONDITIONS: i32 = 16;
const MAX_TEXT: i32 = 1024;
const MAX_REQUESTS: i64 = 1_000_000_000;
const MAX_PER_SECOND: i64 = 1_000_000;
const MIN_KEYS: i64 = 64;
const MAX_KEYS: i64 = 262_144;
/** Keys of all rules together: 27 MB in each worker's VM. */
const MAX_TOTAL_KEYS: i64 = 1_048_576;
const PERIODS: string[] = ["second", "minute", "hour", "day"];
const PERIOD_SECONDS: i64[] = [1, 60, 3600, 86_400];

/** A rule as configured. */
@final
export class RuleConfig {
  name: string = "";
  match: RequestMatch = new RequestMatch();
  key: KeyRule = new KeyRule(KeySource.None, 0);
  requests: i64 = 1;
  periodSeconds: i64 = 1;
  burst: i64 = 1;
  shadow: bool = false;
}

/** The plugin's configuration, defaults applied. To be used only if parsing left no problem. */
@final
export class RateLimitConfig {
  readonly headers: HeaderNames = new HeaderNames();
  readonly rules: RuleConfig[] = [];
  maxKeys: i32 = 4096;
  status: u32 = 429;
  shadow: bool = false;
}

/** Reads a configuration; every mistake in it is put into `problems`. Only at configure: allocates. */
export function parseConfig(document: JsonDocument, problems: Problems): RateLimitConfig {
  const config = new RateLimitConfig();
  const root = ConfigNode.root(document, problems);
  if (root == null) return config;
  root.refuseUnknown(["rules", "max_keys", "status", "shadow"]);
  config.maxKeys = <i32>root.integer("max_keys", 4096, MIN_KEYS, MAX_KEYS);
  config.status = <u32>root.integer("status", 429, 400, 599);
  config.shadow = root.bool("shadow", false);
  if (root.required("rules") == null) return config;
  const rules = root.objects("rules", 1, MAX_RULES);
  const names: string[] = [];
  for (let i = 0; i < rules.length; i++) config.rules.push(readRule(rules[i], config, names));
  checkTotalKeys(root, config);
  return config;
}

function readRule(node: ConfigNode, config: RateLimitConfig, names: string[]): RuleConfig {
  const rule = new RuleConfig();
  node.refuseUnknown(["name", "match", "key", "quota", "shadow"]);
  rule.name = readRuleName(node, names);
  rule.shadow = node.bool("shadow", false);
  const match = node.object("match");
  if (match != null) readMatch(match, rule.match, config.headers);
  const key = node.object("key");
  if (key != null) rule.key = readKey(key, config.headers);
  const quota = node.requiredObject("quota");
  if (quota != null) readQuota(quota, rule);
  return rule;
}

function readMatch(node: ConfigNode, match: RequestMatch, headers: HeaderNames): void {
  node.refuseUnknown(["path", "methods", "headers"]);
  const path = node.object("path");
  if (path != null) match.path = readPath(path);
  const methods = node.array("methods", 1, MAX_CONDITIONS);
  for (let i = 0; i < methods.length; i++) {
    const method = methods[i].asString("", 1, 32);
    if (method.length > 0 && !isMethod(method)) methods[i].refuse("expected a method in capital letters, such as GET");
    match.methods.push(new Utf8(method));
  }
  const conditions = node.objects("headers", 1, MAX_CONDITIONS);
  for (let i = 0; i < conditions.length; i++) match.headers.push(readHeaderMatch(conditions[i], headers));
}

function isMethod(method: string): bool {
  for (let i = 0; i < method.length; i++) {
    const code = <u32>method.charCodeAt(i);
    if (code - 0x41 >= 26 && (i == 0 || code != 0x2d)) return false;
  }
  return true;
}

function readPath(node: ConfigNode): ValueMatch | null {
  node.refuseUnknown(["prefix", "exact"]);
  const kind = node.exactlyOne(["prefix", "exact"]);
  if (kind == "") return null;
  const path = node.requiredString(kind, 1, MAX_TEXT);
  if (path.length > 0 && !isPath(path)) {
    node.refuseAt(kind, "expected a path that begins with / and has no ?, #, space or control character");
  }
  return new ValueMatch(kind == "exact" ? Comparison.Exact : Comparison.Prefix, path);
}

/** Envoy gives paths without spaces and control characters; rules compare what is before `?`. */
function isPath(path: string): bool {
  if (path.charCodeAt(0) != 0x2f) return false;
  for (let i = 0; i < path.length; i++) {
    const code = path.charCodeAt(i);
    if (code <= 0x20 || code == 0x7f || code == 0x3f || code == 0x23) return false;
  }
  return true;
}

function readHeaderMatch(node: ConfigNode, headers: HeaderNames): HeaderMatch {
  node.refuseUnknown(["name", "exact", "prefix", "present"]);
  const header = headers.add(readHeaderName(node, "name"));
  const kind = node.exactlyOne(["exact", "prefix", "present"]);
  if (kind == "present") {
    const comparison = node.bool("present", true) ? Comparison.Present : Comparison.Absent;
    return new HeaderMatch(header, new ValueMatch(comparison, ""));
  }
  const value = kind == "" ? "" : node.requiredString(kind, 1, MAX_TEXT);
  const problem = headerValueProblem(kind == "prefix" ? withoutLastSpace(value) : value);
  if (problem != "") node.refuseAt(kind, problem);
  return new HeaderMatch(header, new ValueMatch(kind == "exact" ? Comparison.Exact : Comparison.Prefix, value));
}

/** A prefix may end in white space, since more follows it: puts something else there. */
function withoutLastSpace(prefix: string): string {
  const spaced = prefix.length > 1 && (prefix.endsWith(" ") || prefix.endsWith("\t"));
  return spaced ? prefix.slice(0, -1) + "x" : prefix;
}

function readHeaderName(node: ConfigNode, key: string): string {
  const member = node.required(key);
  if (member == null) return "";
  const name = member.asString();
  const problem = headerNameProblem(name);
  if (member.value.kind == JsonKind.String && problem != "") member.refuse(problem);
  return name;
}

function readKey(node: ConfigNode, headers: HeaderNames): KeyRule {
  node.refuseUnknown(["header", "client_address", "path"]);
  const kind = node.exactlyOne(["header", "client_address", "path"]);
  if (kind == "header") return new KeyRule(KeySource.Header, headers.add(readHeaderName(node, "header")));
  if (kind != "" && !node.bool(kind, true)) node.refuseAt(kind, "expected true; leave the key out for one bucket");
  return new KeyRule(kind == "path" ? KeySource.Path : KeySource.ClientAddress, 0);
}

function readQuota(node: ConfigNode, rule: RuleConfig): void {
  node.refuseUnknown(["requests", "per", "burst"]);
  const known = node.required("per") != null && node.required("requests") != null;
  const period = PERIODS.indexOf(node.oneOf("per", PERIODS, ""));
  if (period >= 0) rule.periodSeconds = PERIOD_SECONDS[period];
  const most = period >= 0 ? min<i64>(MAX_REQUESTS, MAX_PER_SECOND * rule.periodSeconds) : MAX_REQUESTS;
  rule.requests = node.integer("requests", 1, 1, most);
  rule.burst = node.integer("burst", rule.requests, 1, MAX_REQUESTS);
  if (known && period >= 0 && !Quota.fits(rule.requests, rule.periodSeconds, rule.burst)) {
    node.refuseAt("burst", "expected a burst that is earned within 180 days at this quota");
  }
}

function checkTotalKeys(root: ConfigNode, config: RateLimitConfig): void {
  let total: i64 = 0;
  for (let i = 0; i < config.rules.length; i++) {
    if (config.rules[i].key.source != KeySource.None) total += config.maxKeys;
  }
  if (total <= MAX_TOTAL_KEYS) return;
  root.refuseAt("max_keys", `expected at most ${MAX_TOTAL_KEYS} keys over all rules that have a key, not ${total}`);
}
