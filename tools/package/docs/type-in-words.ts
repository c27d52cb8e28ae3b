import { resolve, shapesOf } from "../../docs/config-rows.js";
import type { JsonSchema } from "../../schema/policy-schema.js";

/** Of shapes in shapes; one that refers to itself would go on for ever. */
const MAX_DEPTH = 8;

/** What a value of a schema is, in the words of JSON: `integer`, `array of string`, `number, object`. */
export function typeInWords(schema: JsonSchema, root: JsonSchema): string {
  return [...types(schema, root, MAX_DEPTH)].join(", ") || "any";
}

function types(unresolved: JsonSchema, root: JsonSchema, depth: number): Set<string> {
  const schema = resolve(unresolved, root);
  const said = [schema["type"] ?? []].flat() as string[];
  if (said.length > 0) return new Set(said.map((type) => (type === "array" ? array(schema, root, depth) : type)));
  const { enum: choices, const: only } = schema as { enum?: unknown[]; const?: unknown };
  const values = choices ?? (only === undefined ? [] : [only]);
  if (values.length > 0) return new Set(values.map(typeOfValue));
  if (depth === 0) return new Set();
  return new Set(shapesOf(schema).flatMap((shape) => [...types(shape, root, depth - 1)]));
}

function array(schema: JsonSchema, root: JsonSchema, depth: number): string {
  const items = schema["items"];
  const inner =
    typeof items === "object" && items !== null && depth > 0 ? [...types(items as JsonSchema, root, depth - 1)] : [];
  return inner.length === 0 ? "array" : `array of ${inner.join(" or ")}`;
}

function typeOfValue(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return Number.isInteger(value) ? "integer" : typeof value;
}
