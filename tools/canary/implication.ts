import { canonical } from "../canonical.js";
import { Node } from "../policy/node.js";

/** Comparisons for one policy; above it "not known", so that no policy keeps the tool busy. */
const MAX_STEPS = 1_000_000;

/** Tests of a value, in the words of canary's conditions. */
const TESTS = ["present", "exact", "prefix", "suffix", "in", "in_list", "regex"];

/** Compares the conditions of one policy. */
export class Implications {
  private steps = 0;
  private readonly canonicals = new WeakMap<object, string>();

  /**
   * Whether every request that meets the condition `one` surely meets `other` too. False when that is not known: regular
   * expressions, lists and addresses are only compared as they are written.
   */
  has(one: unknown, other: unknown): boolean {
    return this.holds(new Node(one, []), new Node(other, []));
  }

  private holds(one: Node, other: Node): boolean {
    if (!this.spend(1)) return false;
    if (this.isSame(one.value, other.value)) return true;
    const both = branches(other, "all");
    if (both) return both.every((part) => this.holds(one, part));
    const either = branches(one, "any");
    if (either) return either.every((part) => this.holds(part, other));
    if (branches(one, "all")?.some((part) => this.holds(part, other))) return true;
    if (branches(other, "any")?.some((part) => this.holds(one, part))) return true;
    const [no, noOther] = [one.at("not"), other.at("not")];
    if (no ?? noOther) return no !== undefined && noOther !== undefined && this.holds(noOther, no);
    return this.impliesOfValue(one, other);
  }

  /** Both look at the same value, and the test of the one is the stricter. */
  private impliesOfValue(one: Node, other: Node): boolean {
    const [[kind, strict] = [], ...rest] = one.members();
    const loose = kind === undefined ? undefined : other.at(kind);
    if (!strict || !loose || rest.length > 0 || other.members().length > 1) return false;
    if (canonical(sourceOf(strict)) !== canonical(sourceOf(loose))) return false;
    return this.spend(countOf(strict) + countOf(loose)) && stricter(strict, loose);
  }

  private spend(steps: number): boolean {
    this.steps += steps;
    return this.steps <= MAX_STEPS;
  }

  /** The same JSON, whatever the order of keys. */
  private isSame(one: unknown, other: unknown): boolean {
    return this.canonicalOf(one) === this.canonicalOf(other);
  }

  private canonicalOf(value: unknown): string {
    if (typeof value !== "object" || value === null) return canonical(value);
    const text = this.canonicals.get(value) ?? canonical(value);
    this.canonicals.set(value, text);
    return text;
  }
}

function branches(condition: Node, key: string): Node[] | undefined {
  const items = condition.at(key)?.items() ?? [];
  return items.length > 0 ? items : undefined;
}

/** All that says where a value comes from. */
function sourceOf(leaf: Node): unknown {
  return Object.fromEntries(leaf.members().flatMap(([key, { value }]) => (TESTS.includes(key) ? [] : [[key, value]])));
}

/** Texts that a test compares with. */
function countOf(leaf: Node): number {
  const texts = leaf.at("in")?.value;
  return Array.isArray(texts) ? texts.length : 1;
}

function stricter(strict: Node, loose: Node): boolean {
  const values = valuesOf(strict);
  const present = loose.at("present")?.value === true;
  const prefix = loose.at("prefix")?.text;
  const suffix = loose.at("suffix")?.text;
  if (values) {
    const taken = new Set(valuesOf(loose));
    const passes = (value: string): boolean =>
      present || taken.has(value) || startsWith(value, prefix) || endsWith(value, suffix);
    // Whether an empty value is present is for the plugin to say.
    return values.length > 0 && values.every((value) => value !== "" && passes(value));
  }
  const [begin, end] = [strict.at("prefix")?.text, strict.at("suffix")?.text];
  if (begin) return present || startsWith(begin, prefix);
  return end ? present || endsWith(end, suffix) : false;
}

/** The values that a test lets pass when they are known one by one. */
function valuesOf(leaf: Node): string[] | undefined {
  const exact = leaf.at("exact")?.text;
  if (exact !== undefined) return [exact];
  const items = leaf.at("in")?.value;
  return Array.isArray(items) && items.every((item) => typeof item === "string") ? items : undefined;
}

function startsWith(text: string, prefix: string | undefined): boolean {
  return prefix !== undefined && text.startsWith(prefix);
}

function endsWith(text: string, suffix: string | undefined): boolean {
  return suffix !== undefined && text.endsWith(suffix);
}
