/**
 * Typed reading of a JSON configuration. Every reader answers a usable value and puts what is wrong into one `Problems`;
 * the plugin asks `problems.ok` at the end, so that all problems are reported at once.
 *
 *   const root = ConfigNode.root(document, problems);
 *   if (root != null) {
 *     root.refuseUnknown(["rules", "status"]);
 *     const status = root.integer("status", 429, 400, 599);
 *     const rules = root.array("rules", 1, 64);
 *     for (let i = 0; i < rules.length; i++) readRule(rules[i]);
 *   }
 *
 * Only at configure: paths, nodes and texts are allocated.
 */
import { ConfigPath, Problems } from "./config-problems";
import { didYouMean } from "./did-you-mean";
import { JsonDocument, JsonKind, JsonValue, NO_DECIMAL } from "./json";
import { describeKind } from "./json-kind";
import { quote, quoteAll } from "./quote";

export { Problems } from "./config-problems";

/** The largest length when a reader is given none. */
const ANY_LENGTH: i32 = i32.MAX_VALUE;

const NO_KEYS: string[] = [];

/** One value of the configuration, with its path. Readers that take a key are for objects. */
@final
export class ConfigNode {
  /** Keys that another reads: `refuseUnknown` lets them be. */
  private others: string[] = NO_KEYS;

  /** Use `ConfigNode.root` and the readers. */
  constructor(
    readonly value: JsonValue,
    readonly problems: Problems,
    private where: ConfigPath,
  ) {}

  /** The configuration itself; null, with a problem, when the text is no JSON or no object. */
  static root(document: JsonDocument, problems: Problems): ConfigNode | null {
    if (!document.ok) {
      problems.addLine(document.error);
      return null;
    }
    const node = new ConfigNode(document.root, problems, ConfigPath.root);
    return node.is(JsonKind.Object) ? node : null;
  }

  /** This value for who reads it beside another, whose keys are not unknown. */
  beside(others: string[]): ConfigNode {
    const node = new ConfigNode(this.value, this.problems, this.where);
    node.others = others;
    return node;
  }

  /** Such as `$.rules[0].match`. */
  get path(): string {
    return this.where.toString();
  }

  /** Reports a problem at this node. */
  refuse(message: string): void {
    if (!this.problems.leaveOut()) this.problems.add(this.path, message);
  }

  /** Reports a problem at the member `key`, there or not. */
  refuseAt(key: string, message: string): void {
    if (!this.problems.leaveOut()) this.problems.add(this.where.member(key).toString(), message);
  }

  /** True when this value has the kind; else reports it. */
  is(kind: JsonKind): bool {
    if (this.value.kind == kind) return true;
    this.refuse(`expected ${describeKind(kind)}, not ${describeKind(this.value.kind)}`);
    return false;
  }

  has(key: string): bool {
    return this.value.member(key) != null;
  }

  /** The member of any kind; null, without a problem, when there is none. */
  member(key: string): ConfigNode | null {
    const value = this.value.member(key);
    return value == null ? null : new ConfigNode(value, this.problems, this.where.member(key));
  }

  /** As `member`, with a problem when there is none. */
  required(key: string): ConfigNode | null {
    const node = this.member(key);
    if (node == null) this.refuse(`expected the key "${key}", which is missing`);
    return node;
  }

  /** The object under `key`; null when there is none, and null with a problem when it is no object. */
  object(key: string): ConfigNode | null {
    const node = this.member(key);
    return node != null && node.is(JsonKind.Object) ? node : null;
  }

  requiredObject(key: string): ConfigNode | null {
    const node = this.required(key);
    return node != null && node.is(JsonKind.Object) ? node : null;
  }

  /** The elements of the array under `key`; empty when there is none, or with a problem when it is no such array. */
  array(key: string, least: i32 = 0, most: i32 = ANY_LENGTH): ConfigNode[] {
    const nodes: ConfigNode[] = [];
    const node = this.member(key);
    if (node == null || !node.is(JsonKind.Array)) return nodes;
    const values = node.value.elements();
    if (!node.checkSize(values.length, least, most, "elements")) return nodes;
    for (let i = 0; i < values.length; i++) {
      nodes.push(new ConfigNode(values[i], this.problems, node.where.element(i)));
    }
    return nodes;
  }

  /** The array's elements as objects; those that are none are reported and left out. */
  objects(key: string, least: i32 = 0, most: i32 = ANY_LENGTH): ConfigNode[] {
    const nodes = this.array(key, least, most);
    const objects: ConfigNode[] = [];
    for (let i = 0; i < nodes.length; i++) if (nodes[i].is(JsonKind.Object)) objects.push(nodes[i]);
    return objects;
  }

  /** @param least @param most of Unicode characters, as JSON Schema's minLength and maxLength count. */
  string(key: string, otherwise: string, least: i32 = 0, most: i32 = ANY_LENGTH): string {
    const node = this.member(key);
    return node == null ? otherwise : node.asString(otherwise, least, most);
  }

  /** As `string`, and "" with a problem when there is none. */
  requiredString(key: string, least: i32 = 1, most: i32 = ANY_LENGTH): string {
    const node = this.required(key);
    return node == null ? "" : node.asString("", least, most);
  }

  /** This value as a text, or `otherwise` with a problem. */
  asString(otherwise: string = "", least: i32 = 0, most: i32 = ANY_LENGTH): string {
    if (!this.is(JsonKind.String)) return otherwise;
    const text = this.value.text;
    return this.checkSize(characters(text), least, most, "characters") ? text : otherwise;
  }

  /** This array's number of elements, or this object's of keys; 0 with a problem when it is no such array or object. */
  size(kind: JsonKind, least: i32 = 0, most: i32 = ANY_LENGTH): i32 {
    if (!this.is(kind)) return 0;
    const size = this.value.size;
    return this.checkSize(size, least, most, kind == JsonKind.Array ? "elements" : "keys") ? size : 0;
  }

  /** A whole number between `least` and `most`, both within +-2^53. 5.0 and 5e0 are whole; "5" is no number. */
  integer(key: string, otherwise: i64, least: i64, most: i64): i64 {
    const node = this.member(key);
    return node == null ? otherwise : node.asInteger(otherwise, least, most);
  }

  /** This value as `integer` reads one. */
  asInteger(otherwise: i64, least: i64, most: i64): i64 {
    if (this.value.kind == JsonKind.Number) {
      const whole = this.value.decimal(0);
      if (whole != NO_DECIMAL && whole >= least && whole <= most) return whole;
    }
    this.refuse(`expected a whole number from ${least} to ${most}, not ${this.shown()}`);
    return otherwise;
  }

  requiredInteger(key: string, least: i64, most: i64): i64 {
    return this.required(key) == null ? least : this.integer(key, least, least, most);
  }

  /** A number between `least` and `most`, always finite. */
  number(key: string, otherwise: f64, least: f64, most: f64): f64 {
    const node = this.member(key);
    if (node == null) return otherwise;
    if (node.value.kind == JsonKind.Number) {
      const number = node.value.number;
      if (number >= least && number <= most) return number;
    }
    node.refuse(`expected a number from ${least} to ${most}, not ${node.shown()}`);
    return otherwise;
  }

  bool(key: string, otherwise: bool): bool {
    const node = this.member(key);
    return node != null && node.is(JsonKind.Bool) ? node.value.isTrue : otherwise;
  }

  /** One of a few words. */
  oneOf(key: string, choices: string[], otherwise: string): string {
    const node = this.member(key);
    return node == null ? otherwise : node.asOneOf(choices, otherwise);
  }

  /** This value as one of a few words, or `otherwise` with a problem. */
  asOneOf(choices: string[], otherwise: string): string {
    const text = this.value.kind == JsonKind.String ? this.value.text : "";
    if (choices.includes(text)) return text;
    const meant = didYouMean(text, choices);
    const hint = meant.length ? `; did you mean "${meant}"?` : "";
    this.refuse(`expected one of ${quoteAll(choices)}, not ${this.shown()}${hint}`);
    return otherwise;
  }

  stringList(key: string, least: i32 = 0, most: i32 = ANY_LENGTH): string[] {
    const nodes = this.array(key, least, most);
    const texts: string[] = [];
    for (let i = 0; i < nodes.length; i++) if (nodes[i].is(JsonKind.String)) texts.push(nodes[i].value.text);
    return texts;
  }

  /** Reports every key that is not among `own`, with the one that was probably meant. */
  refuseUnknown(own: string[]): void {
    if (this.value.kind != JsonKind.Object) return;
    const known = own.concat(this.others);
    const document = this.value.document;
    const end = this.value.end;
    for (let i = this.value.firstChild; i < end; i = document.after(i + 1)) {
      const key = new JsonValue(document, i).text;
      if (known.includes(key) || this.problems.leaveOut()) continue;
      const meant = didYouMean(key, known);
      const hint = meant.length ? `did you mean "${meant}"?` : `expected ${quoteAll(known)}`;
      this.refuseAt(key, `unknown key; ${hint}`);
    }
  }

  /** Reports unless exactly one of the keys is there, and answers which; "" otherwise. */
  exactlyOne(keys: string[]): string {
    let found = "";
    let count = 0;
    for (let i = 0; i < keys.length; i++) {
      if (!this.has(keys[i])) continue;
      found = keys[i];
      count++;
    }
    if (count == 1) return found;
    const wanted = quoteAll(keys);
    this.refuse(`expected exactly one of the keys ${wanted}, not ${count == 0 ? "none" : count.toString()} of them`);
    return "";
  }

  private checkSize(size: i32, least: i32, most: i32, unit: string): bool {
    if (size >= least && size <= most) return true;
    const range = most == ANY_LENGTH ? `at least ${least}` : least == 0 ? `at most ${most}` : `${least} to ${most}`;
    this.refuse(`expected ${range} ${unit}, not ${size}`);
    return false;
  }

  /** This value as a message shows it: quoted, on one line, and short. */
  shown(): string {
    const kind = this.value.kind;
    if (kind == JsonKind.String) return quote(this.value.text);
    if (kind == JsonKind.Number && this.value.byteLength <= 32) return this.value.text;
    return describeKind(kind);
  }
}

/** Unicode characters: a surrogate pair counts once. */
function characters(text: string): i32 {
  let count = 0;
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xfc00) != 0xdc00) count++;
  return count;
}
