import { isObject } from "../is-object.js";
import { itemsOf, member } from "./json.js";

/** What of a JSON Schema may hold for the value that another part describes. */
const ALTERNATIVES = ["anyOf", "oneOf", "allOf"];
const MAX_DEPTH = 8;

/** Reads the defaults of a plugin's configuration. @returns the default at a path of keys, undefined where there is none. */
export function defaultsOf(schema: Record<string, unknown>): (keys: string[]) => unknown {
  return (keys) => {
    let parts = partsOf(schema, schema);
    for (const key of keys) {
      const inner = parts
        .flatMap((part) => itemParts(part, schema))
        .map((part) => member(member(part, "properties"), key) ?? member(part, "additionalProperties"));
      parts = inner.flatMap((part) => partsOf(part, schema));
    }
    return parts.map((part) => member(part, "default")).find((value) => value !== undefined);
  };
}

/** Everything that a schema says of one value: itself, what it refers to, and its alternatives. */
function partsOf(part: unknown, schema: unknown, depth = 0): unknown[] {
  if (!isObject(part) || depth > MAX_DEPTH) return [];
  const { $ref } = part;
  const referred = typeof $ref === "string" ? member(member(schema, "$defs"), $ref.replace("#/$defs/", "")) : undefined;
  const inner = [referred, ...ALTERNATIVES.flatMap((key) => itemsOf(part[key]))];
  return [part, ...inner.flatMap((one) => partsOf(one, schema, depth + 1))];
}

/** Paths have no places of lists in them: a list stands for its items, an object of named things for those. */
function itemParts(part: unknown, schema: unknown): unknown[] {
  return [part, ...partsOf(member(part, "items"), schema)];
}
