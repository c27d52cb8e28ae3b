import type { JsonSchema } from "../../../schema/policy-schema.js";

const FIRST = "type nullable title x-title-i18n description x-description-i18n x-scope example default".split(" ");
const LAST = "required properties additionalProperties items allOf anyOf oneOf not".split(" ");

/** A schema with its keywords in the order in which people read them: what it is first, what is inside it last. */
export function inOrder(schema: JsonSchema): JsonSchema {
  const rank = (keyword: string): number => {
    if (FIRST.includes(keyword)) return FIRST.indexOf(keyword) - FIRST.length;
    return LAST.indexOf(keyword) + 1;
  };
  return Object.fromEntries(Object.entries(schema).sort(([one], [other]) => rank(one) - rank(other)));
}

/** OpenAPI wants arrays to say what is in them. */
export function withItems(schema: JsonSchema): JsonSchema {
  return schema["type"] === "array" ? { items: {}, ...schema } : schema;
}
