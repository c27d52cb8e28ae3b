import { canonical } from "../canonical.js";
import { isObject } from "../is-object.js";

/** What came of YAML or JSON text as an object with keys. */
export type JsonObject = Record<string, unknown>;

/** The member of an object; of anything else undefined, as of a key that is not there. */
export function member(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** The value at the end of keys, undefined when there is none. */
export function valueAt(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce(member, value);
}

/** The items of a list, none of anything else. */
export function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

/** The members of an object whose values are texts; none of anything else. */
export function textsOf(value: unknown): Record<string, string> {
  const members = isObject(value) ? Object.entries(value) : [];
  return Object.fromEntries(members.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

export function isSame(one: unknown, other: unknown): boolean {
  return one === other || canonical(one) === canonical(other);
}

/** Whether lists and objects are nested deeper than that. Never recurses, however deep they are. */
export function isDeeper(value: unknown, depth: number): boolean {
  let level: unknown[] = [value];
  for (let i = 0; level.length > 0; i++) {
    if (i > depth) return true;
    level = level.flatMap((one) => (typeof one === "object" && one !== null ? Object.values(one) : []));
  }
  return false;
}
