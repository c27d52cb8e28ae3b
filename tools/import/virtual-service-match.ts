import { isObject } from "../is-object.js";
import type { Field } from "./field.js";

/** A condition of the plugin canary. */
export type Condition = Record<string, unknown>;

/** Reads `match` of a route: any of its items; undefined for all requests, "none" when nothing of it can be said. */
export function readMatch(route: Field): Condition | "all" | "none" {
  const items = route.at("match")?.items ?? [];
  if (items.length === 0) return "all";
  const found = items.map(readItem);
  if (found.includes("all")) return "all";
  const conditions = found.filter((one): one is Condition => typeof one === "object");
  if (conditions.length === 0) return "none";
  return conditions.length === 1 ? conditions[0]! : { any: conditions };
}

type Part = Condition | undefined;

/** Undefined for a test that cannot be read. */
const PARTS: Record<string, (field: Field) => Part[]> = {
  headers: (field) => field.members.map(([name, test]) => headerCondition(name, test)),
  withoutHeaders: (field) => field.members.map(([name, test]) => absence(name, test)),
  queryParams: (field) => field.members.map(([name, test]) => about("query", test, { name })),
  uri: (field) => [about("path", field)],
  method: (field) => [about("method", field)],
  authority: (field) => [about("authority", field)],
};

/** What all must hold; an item with something that no condition is for is left out as a whole. */
function readItem(item: Field): Condition | "all" | "none" {
  const conditions: Condition[] = [];
  for (const [key, field] of item.members) {
    if (key === "name" || key === "statPrefix") {
      field.settle();
      continue;
    }
    const read = Object.hasOwn(PARTS, key) ? PARTS[key] : undefined;
    if (key === "ignoreUriCase" && field.flag() !== true) continue;
    if (!read) {
      field.report("TG8104", "the plugin canary has no condition for this, so the match is left out");
      item.settle();
      return "none";
    }
    const parts = read(field);
    if (parts.includes(undefined)) {
      item.report("TG8104", "a test in it cannot be read, so the match is left out");
      return "none";
    }
    conditions.push(...(parts as Condition[]));
  }
  return conditions.length === 0 ? "all" : conditions.length === 1 ? conditions[0]! : { all: conditions };
}

const PSEUDO: Record<string, string> = { ":path": "path", ":method": "method", ":authority": "authority" };

function headerCondition(name: string, field: Field): Part {
  const part = Object.hasOwn(PSEUDO, name) ? PSEUDO[name] : undefined;
  return part === undefined ? about("header", field, { name: name.toLowerCase() }) : about(part, field);
}

/** Istio takes a header that is missing for an empty one there. */
function absence(name: string, field: Field): Part {
  const condition = headerCondition(name, field);
  if (!condition) return undefined;
  const regex = field.at("regex")?.text();
  if (regex === undefined || regex === "*" || !matchesNothing(regex)) return { not: condition };
  return { all: [{ header: { name: name.toLowerCase(), present: true } }, { not: condition }] };
}

function matchesNothing(regex: string): boolean {
  try {
    return new RegExp(`^(?:${regex})$`, "u").test("");
  } catch {
    return false; // an expression of RE2 alone; nobody writes one for an empty text
  }
}

const TESTS = ["exact", "prefix", "regex"];

/** A condition by Istio's StringMatch; without any kind, and with the expression *, it is presence. */
function about(part: string, field: Field, named: object = {}): Part {
  if (!isObject(field.value)) return void field.report("TG8103", "expected exact, prefix or regex");
  for (const kind of TESTS) {
    const text = field.at(kind)?.text();
    if (text !== undefined && !(kind === "regex" && text === "*")) return { [part]: { ...named, [kind]: text } };
  }
  const others = field.members.filter(([key]) => !TESTS.includes(key));
  for (const [, other] of others) other.report("TG8103", "expected exact, prefix or regex");
  field.settle();
  return others.length > 0 ? undefined : { [part]: { ...named, present: true } };
}
