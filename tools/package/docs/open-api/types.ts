import type { JsonSchema } from "../../../schema/policy-schema.js";

const TYPES = ["object", "array", "string", "integer", "number", "boolean"];

/**
 * The one type that all values of an OpenAPI schema have; undefined when they may have several, or none is known.
 * Numbers are one type, integers being some of them.
 */
export function typeOf(schema: JsonSchema): string | undefined {
  const types = [...typesOf(schema)];
  return types.length === 1 && types[0] !== "null" ? types[0] : undefined;
}

/** The types that values of a schema may have, as far as it says. */
function typesOf(schema: JsonSchema): Set<string> {
  const narrowed = [ownTypes(schema), ...of(schema, "allOf").map(typesOf), ...shapes(schema)];
  return narrowed.reduce((types, others) => intersection(types, others));
}

function shapes(schema: JsonSchema): Set<string>[] {
  return ["anyOf", "oneOf"]
    .map((keyword) => of(schema, keyword))
    .filter((branches) => branches.length > 0)
    .map((branches) => new Set(branches.flatMap((branch) => [...typesOf(branch)])))
    .map((types) => (types.has("number") && types.has("integer") ? without(types, "integer") : types));
}

function ownTypes({ type, enum: values, nullable }: JsonSchema): Set<string> {
  if (typeof type === "string") return new Set(nullable === true ? [type, "null"] : [type]);
  if (Array.isArray(values)) return new Set(values.map(typeOfValue));
  return new Set([...TYPES, "null"]);
}

function typeOfValue(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return Number.isInteger(value) ? "integer" : typeof value;
}

/** Of numbers and integers the integers. */
function intersection(types: Set<string>, others: Set<string>): Set<string> {
  const wide = (all: Set<string>, type: string): boolean => all.has(type) || (type === "integer" && all.has("number"));
  return new Set([...types, ...others].filter((type) => wide(types, type) && wide(others, type)));
}

function without(types: Set<string>, type: string): Set<string> {
  return new Set([...types].filter((one) => one !== type));
}

function of(schema: JsonSchema, keyword: string): JsonSchema[] {
  return (schema[keyword] ?? []) as JsonSchema[];
}
