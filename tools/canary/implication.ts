import { Node } from "./node.js";

/** Comparisons of one answer; above it "not known", so that no policy keeps the tool busy. */
const MAX_STEPS = 20_000;

/** Tests of a value, in the words of canary's conditions. */
const TESTS = ["present", "exact", "prefix", "suffix", "in", "in_list", "regex"];

/**
 * Whether every request that meets the condition `one` surely meets `other` too. False when that is not known: regular
 * expressions, lists and addresses are only compared as they are written.
 */
export function implies(one: unknown, other: unknown): boolean {
  return new Implication().holds(new Node(one, []), new Node(other, []));
}

class Implication {
  private steps = 0;

  holds(one: Node, other: Node): boolean {
    if (++this.steps > MAX_STEPS) return false;
    if (isSame(one.value, other.value)) return true;
    const both = branches(other, "all");
    if (both) return both.every((part) => this.holds(one, part));
    const either = branches(one, "any");
    if (either) return either.every((part) => this.holds(part, other));
    if (branches(one, "all")?.some((part) => this.holds(part, other))) return true;
    if (branches(other, "any")?.some((part) => this.holds(one, part))) return true;
    const [no, noOther] = [one.at("not"), other.at("not")];
    if (no ?? noOther) return no !== undefined && noOther !== undefined && this.holds(noOther, no);
    return impliesOfValue(one, other);
  }
}

function branches(condition: Node, key: string): Node[] | undefined {
  const items = condition.at(key)?.items() ?? [];
  return items.length > 0 ? items : undefined;
}

/** Both look at the same value, and the test of the one is the stricter. */
function impliesOfValue(one: Node, other: Node): boolean {
  const [[kind, strict] = [], ...rest] = one.members();
  const loose = kind === undefined ? undefined : other.at(kind);
  if (!strict || !loose || rest.length > 0 || other.members().length > 1) return false;
  return isSame(sourceOf(strict), sourceOf(loose)) && stricter(strict, loose);
}

/** All that says where a value comes from. */
function sourceOf(leaf: Node): unknown {
  return Object.fromEntries(leaf.members().flatMap(([key, { value }]) => (TESTS.includes(key) ? [] : [[key, value]])));
}

function stricter(strict: Node, loose: Node): boolean {
  const values = valuesOf(strict);
  const present = loose.at("present")?.value;
  if (values) return values.length > 0 && values.every((value) => passes(value, loose));
  const prefix = strict.at("prefix")?.text;
  const suffix = strict.at("suffix")?.text;
  if (prefix) return present === true || startsWith(prefix, loose.at("prefix")?.text);
  if (suffix) return present === true || endsWith(suffix, loose.at("suffix")?.text);
  return false;
}

/** The values that a test lets pass when they are known one by one. */
function valuesOf(leaf: Node): string[] | undefined {
  const exact = leaf.at("exact")?.text;
  if (exact !== undefined) return [exact];
  const items = leaf.at("in")?.items();
  return items?.every(({ text }) => text !== undefined) ? items.map(({ text }) => text ?? "") : undefined;
}

function passes(value: string, loose: Node): boolean {
  if (value === "") return false; // whether an empty value is present is for the plugin to say
  if (loose.at("present")?.value === true) return true;
  if (valuesOf(loose)?.includes(value)) return true;
  return startsWith(value, loose.at("prefix")?.text) || endsWith(value, loose.at("suffix")?.text);
}

function startsWith(text: string, prefix: string | undefined): boolean {
  return prefix !== undefined && text.startsWith(prefix);
}

function endsWith(text: string, suffix: string | undefined): boolean {
  return suffix !== undefined && text.endsWith(suffix);
}

/** The same JSON, whatever the order of keys. */
function isSame(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  );
}
