import { type DraftRule, RuleNames } from "./draft.js";
import type { Field } from "./field.js";
import type { ImportOptions } from "./options.js";
import { shareRules } from "./shares.js";

const PREFIX = "nginx.ingress.kubernetes.io/";

/** An annotation of ingress-nginx by its name without the prefix. */
export function annotation(resource: Field, name: string): Field | undefined {
  return resource.down("metadata", "annotations")?.at(PREFIX + name);
}

/** Arms, and the condition that all rules share: the canary's hosts and paths. */
export interface NginxCanary {
  canary: string;
  stable: string;
  within: Record<string, unknown>[];
  salt: string;
}

/**
 * The rules of a canary Ingress in ingress-nginx's own order: header, cookie, weight. A header or cookie that says neither
 * always nor never leaves the request to the next rule; with a value or a pattern only these count, and never is a value.
 */
export function canaryRules(
  ingress: Field,
  { canary, stable, within, salt }: NginxCanary,
  options: ImportOptions,
): DraftRule[] {
  const names = new RuleNames();
  const rules: DraftRule[] = [];
  const add = (name: string, condition: object, arm: string, from: Field): void =>
    void rules.push({ rule: { name: names.take(name), match: whole(condition, within), arm }, from });
  const header = annotation(ingress, "canary-by-header");
  const name = header?.text()?.toLowerCase();
  const test = headerTest(ingress, header);
  if (header && name && test) add("header", { header: { name, ...test } }, canary, header);
  else if (header && name) addSwitch("header", { header: { name } }, header);
  const cookie = annotation(ingress, "canary-by-cookie");
  const cookieName = cookie?.text();
  if (cookie && cookieName) addSwitch("cookie", { cookie: { name: cookieName } }, cookie);
  rules.push(...weightRules(ingress, { canary, stable, within, salt }, names, options));
  return rules;

  function addSwitch(kind: "header" | "cookie", source: Record<string, object>, from: Field): void {
    add(`${kind}-always`, { [kind]: { ...source[kind], exact: "always" } }, canary, from);
    add(`${kind}-never`, { [kind]: { ...source[kind], exact: "never" } }, stable, from);
  }
}

/** The value of the header, or else the pattern, which nginx looks for anywhere in it. Neither works without the name. */
function headerTest(ingress: Field, header: Field | undefined): object | undefined {
  const value = annotation(ingress, "canary-by-header-value");
  const pattern = annotation(ingress, "canary-by-header-pattern");
  for (const field of [value, pattern])
    if (field && !header) field.report("TG8102", "without canary-by-header it has no effect");
  const exact = value?.text();
  if (exact) {
    pattern?.report("TG8102", "canary-by-header-value is set, so nginx ignores it");
    return { exact };
  }
  const regex = pattern?.text();
  return regex ? { regex: anywhere(regex) } : undefined;
}

/** An expression for the whole value that finds another one anywhere in it. */
export function anywhere(regex: string): string {
  const isOpen = /(^|[^\\])\|/.test(regex);
  const starts = regex.startsWith("^") && !isOpen;
  const ends = /(^|[^\\])\$$/.test(regex) && !isOpen;
  const body = regex.slice(starts ? 1 : 0, ends ? -1 : undefined);
  return `${starts ? "" : ".*"}${isOpen ? `(?:${body})` : body}${ends ? "" : ".*"}`;
}

function weightRules(
  ingress: Field,
  { canary, stable, within, salt }: NginxCanary,
  names: RuleNames,
  options: ImportOptions,
): DraftRule[] {
  const field = annotation(ingress, "canary-weight");
  const given = annotation(ingress, "canary-weight-total")?.number();
  const total = given !== undefined && given > 100 ? given : 100; // nginx takes none below 100
  const weight = Math.min(field?.number() ?? 0, total);
  if (!field || weight <= 0) return [];
  const match = within.length === 0 ? undefined : whole(undefined, within);
  if (weight === total)
    return [{ rule: { name: names.take("weight"), ...(match ? { match } : {}), arm: canary }, from: field }];
  const arms = [
    { arm: stable, weight: total - weight },
    { arm: canary, weight },
  ];
  const common = { name: "weight", ...(match ? { match } : {}), salt };
  const { rules, rest } = shareRules(arms, common, field, names, options);
  if (rest === stable || (rules.length === 0 && !options.key)) return rules.length === 0 ? [] : rules;
  return [...rules, { rule: { name: names.take("weight-rest"), ...(match ? { match } : {}), arm: rest }, from: field }];
}

function whole(condition: object | undefined, within: Record<string, unknown>[]): object {
  const all = condition === undefined ? within : [...within, condition];
  return all.length === 1 ? all[0]! : { all };
}
