import { ByteView } from "../../assembly/core/bytes";
import { ConfigNode, Problems } from "../../assembly/core/config-reader";
import { headerBytesProblem, headerNameProblem, headerValueProblem } from "../../assembly/core/header-name";
import { IdSet, MAX_ID_BYTES } from "../../assembly/core/id-set";
import { isBlankJson, JsonKind, NO_DECIMAL, parseJson } from "../../assembly/core/json";
import { ALL, StickyShare } from "../../assembly/core/percent";
import { isPlainName, MAX_NAME, readName } from "../../assembly/core/plain-name";
import {
  CanaryPolicy,
  Condition,
  ExactCondition,
  ListCondition,
  NO_ARM,
  PrefixCondition,
  Rule,
  ShareCondition,
} from "./policy";

// Ranges and defaults are those of schema.json; a test compares the two.

const MAX_RULES: i32 = 64;
const MAX_IDS: i32 = 100_000;
/** Of a value to compare with, a salt, or an id, in characters. */
const MAX_TEXT: i32 = 256;
const BAD_ID_LENGTH: string = `expected an id of 1 to ${MAX_ID_BYTES} bytes`;

/** Reads one configuration. Only at configure: allocates. */
@final
export class ConfigParser {
  readonly problems: Problems = new Problems();
  private readonly policy: CanaryPolicy = new CanaryPolicy();
  private readonly names: string[] = [];

  /** @param key0 @param key1 secret key of the id lists' hash; no decision depends on it. */
  constructor(
    private readonly key0: u64,
    private readonly key1: u64,
  ) {}

  /** The policy, to be used only if `problems` is empty afterwards. */
  parse(source: ByteView): CanaryPolicy {
    if (isBlankJson(source)) {
      this.problems.add("$", 'the configuration is empty; expected an object with the key "rules"');
      return this.policy;
    }
    const root = ConfigNode.root(parseJson(source), this.problems);
    if (root != null) this.readRoot(root);
    return this.policy;
  }

  private readRoot(root: ConfigNode): void {
    const policy = this.policy;
    root.refuseUnknown(["decision_header", "default", "rules"]);
    policy.decisionHeader = root.string("decision_header", "x-canary");
    refuseUnlessGood(root, "decision_header", headerNameProblem(policy.decisionHeader, true));
    if (root.has("default")) policy.defaultArm = this.readArm(root, "default");
    if (root.required("rules") == null) return;
    const rules = root.objects("rules", 0, MAX_RULES);
    for (let i = 0; i < rules.length; i++) this.readRule(rules[i]);
  }

  private readRule(node: ConfigNode): void {
    node.refuseUnknown(["name", "header", "percent", "key", "salt", "arm"]);
    const name = readName(node, this.names, "rule");
    const condition = this.readCondition(node);
    const arm = node.required("arm") != null ? this.readArm(node, "arm") : NO_ARM;
    if (condition != null) this.policy.rules.push(new Rule(name, condition, arm));
  }

  /** The arm's index. Arms become header values and parts of metric names, hence the narrow alphabet. */
  private readArm(node: ConfigNode, key: string): i32 {
    const arm = node.requiredString(key);
    if (arm.length == 0) return NO_ARM;
    if (!isPlainName(arm, "._-", true)) {
      node.refuseAt(key, `expected a letter or digit, then up to ${MAX_NAME - 1} of a-z, A-Z, 0-9, ., _ and -`);
    }
    return indexIn(this.policy.arms, arm);
  }

  private readCondition(node: ConfigNode): Condition | null {
    const kind = node.exactlyOne(["header", "percent"]);
    if (kind == "percent") return this.readShare(node);
    if (kind == "") return null;
    if (node.has("key")) node.refuseAt("key", 'expected together with "percent" only');
    if (node.has("salt")) node.refuseAt("salt", 'expected together with "percent" only');
    const header = node.object("header");
    return header != null ? this.readHeaderMatch(header) : null;
  }

  private readHeaderMatch(node: ConfigNode): Condition | null {
    node.refuseUnknown(["name", "exact", "prefix", "in"]);
    const header = this.readHeader(node, "name");
    const kind = node.exactlyOne(["exact", "prefix", "in"]);
    if (kind == "") return null;
    if (kind == "in") return new ListCondition(header, this.readIds(node.member("in")!));
    const text = node.requiredString(kind, 1, MAX_TEXT);
    // A prefix may end in white space, since more follows it.
    refuseUnlessGood(node, kind, headerValueProblem(kind == "prefix" && text.length ? text + "x" : text));
    return kind == "exact" ? new ExactCondition(header, text) : new PrefixCondition(header, text);
  }

  private readShare(node: ConfigNode): Condition {
    const salt = node.requiredString("salt", 1, MAX_TEXT);
    const share = readPercent(node.member("percent")!);
    let header = 0;
    const key = node.requiredObject("key");
    if (key != null) {
      key.refuseUnknown(["header"]);
      header = this.readHeader(key, "header");
    }
    return new ShareCondition(header, new StickyShare(salt, share));
  }

  /** The header's index. */
  private readHeader(node: ConfigNode, key: string): i32 {
    const name = node.requiredString(key);
    if (name.length == 0) return 0;
    refuseUnlessGood(node, key, headerNameProblem(name));
    if (name == this.policy.decisionHeader) {
      node.refuseAt(key, "expected another header than decision_header, which a client could set to choose its arm");
    }
    return indexIn(this.policy.headers, name);
  }

  /** Messages tell the place of a wrong id, never the id. */
  private readIds(node: ConfigNode): IdSet {
    const count = node.size(JsonKind.Array, 1, MAX_IDS);
    const ids = new IdSet(count, this.key0, this.key1);
    const document = node.value.document;
    for (let i = 0, at = node.value.firstChild; i < count; i++, at = document.after(at)) {
      const start = document.startAt(at);
      const length = document.byteLengthAt(at);
      const problem = document.kindAt(at) == JsonKind.String ? idProblem(start, length) : "expected an id in quotes";
      if (problem.length == 0) ids.add(start, length);
      else if (!this.problems.leaveOut()) this.problems.add(`${node.path}[${i}]`, problem);
    }
    return ids;
  }
}

function refuseUnlessGood(node: ConfigNode, key: string, problem: string): void {
  if (problem.length > 0 && (!node.has(key) || node.member(key)!.value.kind == JsonKind.String)) {
    node.refuseAt(key, problem);
  }
}

/** In hundredths of a percent. */
function readPercent(node: ConfigNode): i32 {
  if (!node.is(JsonKind.Number)) return 0;
  const share = node.value.decimal(2);
  if (share != NO_DECIMAL && share >= 0 && share <= ALL) return <i32>share;
  node.refuse(`expected a number from 0 to 100 with at most two decimals, not ${node.shown()}`);
  return 0;
}

function idProblem(ptr: usize, length: i32): string {
  if (length == 0 || length > MAX_ID_BYTES) return BAD_ID_LENGTH;
  return headerBytesProblem(ptr, length);
}

function indexIn(texts: string[], text: string): i32 {
  const index = texts.indexOf(text);
  return index >= 0 ? index : texts.push(text) - 1;
}
