import { Ajv } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { JsonSchema } from "../../../tools/schema/policy-schema.js";

/** Keywords of a Schema Object of OpenAPI 3.0.3, without discriminator and xml, which mean nothing here. */
const KEYWORDS = (
  "title multipleOf maximum exclusiveMaximum minimum exclusiveMinimum maxLength minLength pattern maxItems minItems " +
  "uniqueItems maxProperties minProperties required enum type not allOf oneOf anyOf items properties " +
  "additionalProperties description format default nullable readOnly writeOnly example deprecated"
).split(" ");
const TYPES = ["array", "boolean", "integer", "number", "object", "string"];

/** What keeps a schema from being one of OpenAPI 3.0, each with its place; none when it is one. */
export function openApiFaults(schema: unknown, place = ""): string[] {
  if (typeof schema !== "object" || schema === null || Array.isArray(schema)) return [`${place}: no object`];
  const found: string[] = [];
  const { type, items, required, pattern, nullable, ...rest } = schema as JsonSchema;
  for (const keyword of Object.keys(rest))
    if (!KEYWORDS.includes(keyword) && !keyword.startsWith("x-")) found.push(`${place}: ${keyword}`);
  if (type !== undefined && !TYPES.includes(type as string)) found.push(`${place}: type ${JSON.stringify(type)}`);
  if (type === "array" && items === undefined) found.push(`${place}: an array without items`);
  if (nullable !== undefined && type === undefined) found.push(`${place}: nullable without type`);
  if (required !== undefined && (required as unknown[]).length === 0) found.push(`${place}: required is empty`);
  if (typeof pattern === "string" && /\\u|\(\?[^:]/.test(pattern)) found.push(`${place}: pattern ${pattern}`);
  for (const bound of ["exclusiveMinimum", "exclusiveMaximum"])
    if (rest[bound] !== undefined && typeof rest[bound] !== "boolean") found.push(`${place}: ${bound} is no boolean`);
  return [...found, ...inside(schema as JsonSchema).flatMap(([step, one]) => openApiFaults(one, `${place}/${step}`))];
}

/** The schemas in a schema, with their places. */
function inside(schema: JsonSchema): [string, unknown][] {
  const named = Object.entries((schema["properties"] ?? {}) as object) as [string, unknown][];
  const lists = ["allOf", "anyOf", "oneOf"].flatMap((keyword) =>
    ((schema[keyword] ?? []) as unknown[]).map((one, i): [string, unknown] => [`${keyword}/${i}`, one]),
  );
  const { not, items, additionalProperties: others } = schema;
  const single: [string, unknown][] = [
    ["not", not],
    ["items", items],
    ["<name>", others],
  ];
  return [...named, ...lists, ...single.filter(([, one]) => one !== undefined && typeof one !== "boolean")];
}

const options = { strict: false, ownProperties: true, validateFormats: false, addUsedSchema: false };
const older = new Ajv(options);
const newest = new Ajv2020(options);

/** Whether a schema of OpenAPI accepts a value. */
export function openApiAccepts(schema: JsonSchema): (value: unknown) => boolean {
  return older.compile(withNumbers(schema) as object);
}

/** Whether a JSON Schema of draft 2020-12 accepts a value; undefined where ajv fails, as on some patternProperties in anyOf. */
export function jsonSchemaAccepts(schema: JsonSchema): (value: unknown) => boolean | undefined {
  const accepts = newest.compile(schema);
  return (value) => {
    try {
      return accepts(value);
    } catch {
      return undefined;
    }
  };
}

/** Bounds that are excluded, as newer drafts write them, which the checker is for. */
function withNumbers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withNumbers);
  if (typeof value !== "object" || value === null) return value;
  const schema = value as JsonSchema;
  const renamed = Object.entries(schema).flatMap(([key, one]): [string, unknown][] => {
    if (key === "exclusiveMinimum" || key === "exclusiveMaximum") return [];
    const isExcluded = schema[key.replace(/^m/, "exclusiveM")] === true && /^m(in|ax)imum$/.test(key);
    return [[isExcluded ? key.replace(/^m/, "exclusiveM") : key, withNumbers(one)]];
  });
  return Object.fromEntries(renamed);
}
