import type { JsonSchema } from "../../../schema/policy-schema.js";
import type { Converted } from "./converted.js";
import { withItems } from "./order.js";

/** What says something of a value, but does not constrain it. */
const TEXTS = /^(title|description|default|example|deprecated|readOnly|writeOnly|x-.*)$/;
/** Each of these means something else beside the others of another schema. */
const OF_OBJECTS = ["properties", "additionalProperties"];

/** A definition, and what stands beside the reference to it: of both the constraints, of the latter the texts. */
export function joined(definition: Converted, own: Converted): Converted {
  const [texts, constraints] = split(own.schema);
  const meets = (keyword: string): boolean =>
    keyword in definition.schema ||
    (OF_OBJECTS.includes(keyword) && OF_OBJECTS.some((one) => one in definition.schema));
  const clashes = Object.keys(constraints).some((keyword) => keyword !== "allOf" && meets(keyword) && !isSame(keyword));
  const all = [...listOf(definition.schema), ...(clashes ? [withItems(constraints)] : listOf(constraints))];
  const schema = {
    ...definition.schema,
    ...(clashes ? {} : constraints),
    ...texts,
    ...(all.length > 0 ? { allOf: all } : {}),
  };
  return { schema, isExact: definition.isExact && own.isExact };

  function isSame(keyword: string): boolean {
    return keyword === "type" && definition.schema["type"] === constraints["type"];
  }
}

function listOf(schema: JsonSchema): JsonSchema[] {
  return (schema["allOf"] ?? []) as JsonSchema[];
}

function split(schema: JsonSchema): [texts: JsonSchema, constraints: JsonSchema] {
  const entries = Object.entries(schema);
  const those = (isText: boolean): JsonSchema =>
    Object.fromEntries(entries.filter(([keyword]) => TEXTS.test(keyword) === isText));
  return [those(true), those(false)];
}
