import { ConfigNode } from "../../assembly/core/config-reader";
import { headerNameProblem, headerValueProblem } from "../../assembly/core/header-name";
import { JsonKind } from "../../assembly/core/json";
import { Places } from "../../assembly/core/percent";
import { readName } from "../../assembly/core/plain-name";
import { Xoshiro256 } from "../../assembly/core/xoshiro256";
import { HeaderNames } from "../../assembly/request/facts";
import { ConditionReader } from "./conditions/config";
import { Condition } from "./conditions/condition";
import { AbortConfig, MAX_ABORTS, readAbort } from "./health/config";
import { readLane } from "./lanes/config";
import { Propagation } from "./lanes/propagation";
import { readPropagation } from "./lanes/propagation-config";
import { readLists } from "./lists/config";
import { NamedLists } from "./lists/named-lists";
import { LaneOutcome } from "./outcome/lane-outcome";
import { ArmOutcome, NO_ARM, Outcome } from "./outcome/outcome";
import { SplitOutcome } from "./outcome/split-outcome";
import { Rule } from "./policy";
import { readSchedule } from "./schedule/config";
import { AssignmentSource } from "./share/assignment-cookie";
import { readArm, readPercentOrRamp, readSplit } from "./share/config";
import { KeyReader } from "./share/key-config";
import { Split } from "./share/split";

// Ranges and defaults are those of schema.json; a test compares the two.

const MAX_RULES: i32 = 64;
const MAX_ARMS: i32 = 1024;
/** Of a salt, and of an arm's value, in characters. */
const MAX_TEXT: i32 = 256;

/** A configuration, to be used only if it had no problem. */
@final
export class CanaryConfig {
  decisionHeader: string = "x-canary";
  /** What the rules read of requests. */
  readonly headers: HeaderNames = new HeaderNames();
  /** Each once, in the order of their first mention. */
  readonly arms: string[] = [];
  /** By arm, what the decision header says. */
  values: string[] = [];
  defaultArm: i32 = NO_ARM;
  /** Whose own decision is kept; null: nobody's. */
  trusted: Condition | null = null;
  lists: NamedLists = new NamedLists();
  readonly rules: Rule[] = [];
  readonly aborts: AbortConfig[] = [];
  /** The cookie that is assigned; null: none. */
  assignment: AssignmentSource | null = null;
  propagation: Propagation | null = null;
  /** Response header that tells the decision; "": none. */
  debugHeader: string = "";
  /** Whether the decision is an attribute of the request. */
  hasAttribute: bool = false;

  /** @param chance of this VM alone. */
  constructor(readonly chance: Xoshiro256) {}
}

/** Reads one configuration. Only at configure: allocates. */
@final
export class ConfigParser {
  private readonly config: CanaryConfig;
  private readonly names: string[] = [];
  private readonly keys: KeyReader;
  private conditions: ConditionReader | null = null;

  /**
   * @param key0 @param key1 secret key of the hash of ids; no decision depends on it.
   * @param chance where tokens of assignment cookies come from.
   */
  constructor(
    private readonly key0: u64,
    private readonly key1: u64,
    chance: Xoshiro256,
  ) {
    const config = new CanaryConfig(chance);
    this.config = config;
    this.keys = new KeyReader(config.headers, chance);
  }

  /** The configuration, to be used only if the node's problems are none afterwards. */
  parse(root: ConfigNode): CanaryConfig {
    const config = this.config;
    root.refuseUnknown([
      "decision_header",
      "default",
      "trusted",
      "arms",
      "lists",
      "rules",
      "lane_propagation",
      "debug",
    ]);
    config.decisionHeader = root.string("decision_header", "x-canary");
    refuseUnlessGood(root, "decision_header", headerNameProblem(config.decisionHeader, true));
    if (root.has("default")) config.defaultArm = readArm(root, "default", config.arms);
    const lists = root.object("lists");
    if (lists != null) config.lists = readLists(lists, this.key0, this.key1);
    const conditions = new ConditionReader(config.headers, config.lists, config.decisionHeader, this.key0, this.key1);
    this.conditions = conditions;
    const trusted = root.object("trusted");
    if (trusted != null) config.trusted = conditions.read(trusted);
    this.readRules(root);
    config.assignment = this.keys.assignment;
    this.readArms(root);
    const propagation = root.object("lane_propagation");
    if (propagation != null) config.propagation = readPropagation(propagation, config.decisionHeader);
    const debug = root.object("debug");
    if (debug != null) this.readDebug(debug);
    return config;
  }

  private readRules(root: ConfigNode): void {
    if (root.required("rules") == null) return;
    const rules = root.objects("rules", 0, MAX_RULES);
    // Far too many would take minutes to tell apart.
    for (let i = 0; i < rules.length && this.config.arms.length <= MAX_ARMS; i++) this.readRule(rules[i]);
    if (this.config.arms.length > MAX_ARMS)
      root.refuseAt("rules", `expected at most ${MAX_ARMS} arms and lanes in all`);
  }

  private readRule(node: ConfigNode): void {
    node.refuseUnknown(["name", "match", "schedule", "arm", "percent", "split", "key", "salt", "lane"]);
    const name = readName(node, this.names, "rule");
    const match = node.object("match");
    const condition = match != null ? this.conditions!.read(match) : null;
    const schedule = readSchedule(node, "schedule");
    const outcome = this.readOutcome(node);
    if (outcome != null) this.config.rules.push(new Rule(name, condition, schedule, outcome));
  }

  private readOutcome(node: ConfigNode): Outcome | null {
    const arms = this.config.arms;
    const kind = node.exactlyOne(["arm", "split", "lane"]);
    if (kind == "") return null;
    if (kind == "split" && node.has("percent")) node.refuseAt("percent", 'expected in each part of "split" instead');
    if (kind == "split") return this.readShare(node, readSplit(node, "split", arms));
    if (kind == "lane") return this.readLane(node);
    const arm = readArm(node, "arm", arms);
    if (node.has("percent")) return this.readShare(node, Split.of(arm, readPercentOrRamp(node, "percent")));
    this.refuseShareKeys(node);
    return new ArmOutcome(arm);
  }

  private readShare(node: ConfigNode, split: Split): Outcome | null {
    const key = this.keys.read(node, "key");
    this.refuseDecision(node.object("key"));
    const salt = node.requiredString("salt", 1, MAX_TEXT);
    return key != null ? new SplitOutcome(key, new Places(salt), split) : null;
  }

  private readLane(node: ConfigNode): Outcome | null {
    const config = this.config;
    this.refuseShareKeys(node);
    const lane = node.object("lane");
    if (lane == null) return null;
    this.refuseDecision(lane.object("from"));
    const choice = readLane(lane, config.headers, config.arms, this.key0, this.key1);
    return choice != null ? new LaneOutcome(choice) : null;
  }

  /** Decisions cannot be made of what a client might take for one. @param source where a value comes from. */
  private refuseDecision(source: ConfigNode | null): void {
    if (source == null || !source.has("header")) return;
    const name = source.member("header")!.value;
    if (name.kind != JsonKind.String || name.text != this.config.decisionHeader) return;
    source.refuseAt(
      "header",
      "expected another header than decision_header, which a client could set to choose its arm",
    );
  }

  private refuseShareKeys(node: ConfigNode): void {
    const keys = ["percent", "key", "salt"];
    for (let i = 0; i < keys.length; i++) {
      if (!node.has(keys[i])) continue;
      const partner = keys[i] == "percent" ? '"arm"' : '"percent" or "split"';
      node.refuseAt(keys[i], `expected together with ${partner} only`);
    }
  }

  /** What is special about some arms. */
  private readArms(root: ConfigNode): void {
    const config = this.config;
    config.values = config.arms.slice();
    const nodes = root.objects("arms", 0, MAX_ARMS);
    const arms: i32[] = [];
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[i];
      node.refuseUnknown(["name", "value", "abort"]);
      const name = node.requiredString("name");
      const arm = name.length > 0 ? config.arms.indexOf(name) : NO_ARM;
      if (arm == NO_ARM && name.length > 0) node.refuseAt("name", "expected an arm that a rule or the default gives");
      if (arm != NO_ARM && arms.includes(arm)) {
        node.refuseAt("name", `"${name}" is the name of an earlier arm too`);
      }
      arms.push(arm);
      if (arm != NO_ARM) this.readArmOf(node, arm);
    }
    // Only now is known what all others are.
    for (let i = 0; i < nodes.length; i++) if (arms[i] != NO_ARM) this.refuseSameValue(nodes, arms, i);
  }

  private readArmOf(node: ConfigNode, arm: i32): void {
    const config = this.config;
    if (node.has("value")) {
      const value = node.requiredString("value", 1, MAX_TEXT);
      refuseUnlessGood(node, "value", valueProblem(value));
      config.values[arm] = value;
    }
    const abort = node.object("abort");
    if (abort == null) return;
    if (config.aborts.length < MAX_ABORTS) {
      config.aborts.push(readAbort(abort, arm, config.arms, config.defaultArm));
    } else {
      node.refuseAt("abort", `expected at most ${MAX_ABORTS} arms that are watched`);
    }
  }

  private refuseSameValue(nodes: ConfigNode[], arms: i32[], index: i32): void {
    if (!nodes[index].has("value")) return;
    const values = this.config.values;
    const arm = arms[index];
    for (let i = 0; i < values.length; i++) {
      if (i == arm || values[i] != values[arm]) continue;
      const other = arms.indexOf(i);
      if (other > index && nodes[other].has("value")) continue; // is said there
      return nodes[index].refuseAt("value", `expected another value than that of the arm ${this.config.arms[i]}`);
    }
  }

  private readDebug(node: ConfigNode): void {
    const config = this.config;
    node.refuseUnknown(["response_header", "attribute"]);
    if (node.has("response_header")) {
      const name = node.requiredString("response_header");
      refuseUnlessGood(node, "response_header", headerNameProblem(name, true));
      if (name == "set-cookie")
        node.refuseAt("response_header", "expected another header, since this one replaces any");
      config.debugHeader = name;
    }
    config.hasAttribute = node.bool("attribute", false);
  }
}

/** "" or what is wrong with a value of the decision header: repeats of it, which commas join, must not look like one. */
function valueProblem(value: string): string {
  return value.includes(",") ? "expected no comma" : headerValueProblem(value);
}

function refuseUnlessGood(node: ConfigNode, key: string, problem: string): void {
  if (problem.length > 0 && (!node.has(key) || node.member(key)!.value.kind == JsonKind.String)) {
    node.refuseAt(key, problem);
  }
}
