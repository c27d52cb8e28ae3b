import { isObject } from "../is-object.js";
import { isSame, type JsonObject } from "./json.js";
import { byName } from "./names.js";
import { ITEM, summaryOf } from "./summary.js";

/** A key, or an item of a list by its name or its place. */
export type Step = string | { item: string | number };

/** One difference between two values of JSON. */
export interface Delta {
  /** `order`: the items of a list are the same, by their names, and stand in another order. */
  kind: "added" | "removed" | "changed" | "order";
  path: readonly Step[];
  /** The value before and after; undefined where there is none; of `order` the names. */
  old?: unknown;
  new?: unknown;
  /** The objects around the two values. */
  around: { old?: unknown; new?: unknown };
}

/**
 * What differs between two values, the smallest parts of them. The order of keys means nothing; items of a list are
 * compared by their names where all have one, and lists of ids as sets.
 */
export function deltasOf(one: unknown, other: unknown, path: readonly Step[] = [], around = {}): Delta[] {
  if (one === other) return [];
  if (one === undefined) return [{ kind: "added", path, new: other, around }];
  if (other === undefined) return [{ kind: "removed", path, old: one, around }];
  const keys = placesOf(path);
  const [before, after] = [summaryOf(keys, one), summaryOf(keys, other)];
  if (before && after)
    return before.identity === after.identity ? [] : [{ kind: "changed", path, old: one, new: other, around }];
  if (isObject(one) && isObject(other)) return ofObjects(one, other, path);
  if (Array.isArray(one) && Array.isArray(other)) return ofLists(one, other, path, around);
  return isSame(one, other) ? [] : [{ kind: "changed", path, old: one, new: other, around }];
}

/** The keys of a path, with `ITEM` for each item of a list. */
export function placesOf(path: readonly Step[]): string[] {
  return path.map((step) => (typeof step === "string" ? step : ITEM));
}

/** The keys of a path, without the items of lists. */
export function keysOf(path: readonly Step[]): string[] {
  return path.filter((step) => typeof step === "string");
}

function ofObjects(one: JsonObject, other: JsonObject, path: readonly Step[]): Delta[] {
  const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  const at = (object: JsonObject, key: string): unknown => (Object.hasOwn(object, key) ? object[key] : undefined);
  const around = { old: one, new: other };
  return keys.flatMap((key) => deltasOf(at(one, key), at(other, key), [...path, key], around));
}

function ofLists(one: unknown[], other: unknown[], path: readonly Step[], around: object): Delta[] {
  const keys = keysOf(path);
  const [before, after] = [byName(one, keys), byName(other, keys)];
  if (before && after) return ofNamed(before, after, path, around);
  if (!one.some(isObject) && !other.some(isObject))
    return isSame(one, other) ? [] : [{ kind: "changed", path, old: one, new: other, around }];
  return ofPlaces(one, other, path, around);
}

function ofNamed(
  one: Map<string, unknown>,
  other: Map<string, unknown>,
  path: readonly Step[],
  around: object,
): Delta[] {
  const names = [...new Set([...one.keys(), ...other.keys()])];
  const found = names.flatMap((name) => deltasOf(one.get(name), other.get(name), [...path, { item: name }], around));
  const before = [...one.keys()].filter((name) => other.has(name));
  const after = [...other.keys()].filter((name) => one.has(name));
  if (isSame(before, after)) return found;
  return [...found, { kind: "order", path, old: before, new: after, around }];
}

/** Items without names: what is the same at both ends is left out, the rest is compared place by place. */
function ofPlaces(one: unknown[], other: unknown[], path: readonly Step[], around: object): Delta[] {
  const shorter = Math.min(one.length, other.length);
  let begin = 0;
  while (begin < shorter && isSame(one[begin], other[begin])) begin++;
  let end = 0;
  while (end < shorter - begin && isSame(one.at(-1 - end), other.at(-1 - end))) end++;
  const [before, after] = [one.slice(begin, one.length - end), other.slice(begin, other.length - end)];
  return Array.from({ length: Math.max(before.length, after.length) }, (_, i) =>
    deltasOf(before[i], after[i], [...path, { item: begin + i }], around),
  ).flat();
}
