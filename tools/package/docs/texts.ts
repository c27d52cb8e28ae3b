import type { JsonSchema } from "../../schema/policy-schema.js";
import type { About } from "./facts.js";

/** Keywords whose value is a schema, a list of schemas, or schemas by name. */
const SCHEMAS = ["items", "additionalProperties", "not", "if", "then", "else", "propertyNames", "contains"];
const LISTS = ["allOf", "anyOf", "oneOf", "prefixItems"];
const NAMED = ["properties", "$defs", "patternProperties", "dependentSchemas"];

/** Every title and description in a schema, each once, in its order. */
export function schemaTexts(schema: JsonSchema): Set<string> {
  const own = [schema["title"], schema["description"]].filter((text) => typeof text === "string");
  return new Set([...own, ...parts(schema).flatMap((part) => [...schemaTexts(part)])]);
}

/** The texts of plugin.json that people read. */
export function aboutTexts({ title, description, examples }: About): Set<string> {
  return new Set([title, description, ...examples.map((example) => example.title)].filter((text) => text !== ""));
}

function parts(schema: JsonSchema): JsonSchema[] {
  const values = [
    ...SCHEMAS.map((keyword) => schema[keyword]),
    ...LISTS.flatMap((keyword) => schema[keyword]),
    ...NAMED.flatMap((keyword) => Object.values((schema[keyword] ?? {}) as object) as unknown[]),
  ];
  return values.filter((value): value is JsonSchema => typeof value === "object" && value !== null);
}
