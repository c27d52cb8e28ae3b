import type { JsonSchema } from "../../../schema/policy-schema.js";
import { also, type Convert, type Converted, exact, type Keyword, omit, take } from "./converted.js";

/** Keywords that hold schemas. */
export const INNER_SCHEMAS: Readonly<Record<string, Convert>> = {
  properties,
  additionalProperties,
  items,
  allOf: (result, keyword) => all(keyword).forEach((one) => also(result, take(result, one))),
  anyOf: (result, keyword) => void (result.schema["anyOf"] = all(keyword).map((one) => take(result, one))),
  oneOf,
  not,
  if: condition,
  then: () => undefined, // told with `if`
  else: () => undefined,
  dependentRequired: (result, keyword) => {
    for (const [name, required] of Object.entries(keyword.value as Record<string, string[]>))
      if (required.length > 0) where(has(name), exact({ required }), result, keyword, "dependentRequired");
  },
  dependentSchemas: (result, keyword) => {
    for (const [name, schema] of Object.entries(keyword.value as object))
      where(has(name), keyword.converter.of(schema, keyword.path), result, keyword, "dependentSchemas");
  },
};

function properties(result: Converted, { value, path, converter }: Keyword): void {
  const entries = Object.entries(value as object).map(([name, one]): [string, JsonSchema] => {
    const below = path === "" ? name : `${path}.${name}`;
    return [name, take(result, converter.valueOf(one, below))];
  });
  result.schema["properties"] = Object.fromEntries(entries);
}

function additionalProperties(result: Converted, keyword: Keyword): void {
  const { value, schema, path, converter } = keyword;
  if (typeof value !== "boolean" && schema["patternProperties"] === undefined)
    result.schema["additionalProperties"] = take(result, converter.valueOf(value, `${path}.<name>`));
  else if (value === true || schema["patternProperties"] === undefined) result.schema["additionalProperties"] = value;
  else omit(result, keyword, "additionalProperties"); // names that a pattern matches are no additional ones
}

function items(result: Converted, keyword: Keyword): void {
  const { value, schema, path, converter } = keyword;
  if (schema["prefixItems"] === undefined) result.schema["items"] = take(result, converter.valueOf(value, `${path}[]`));
  else omit(result, keyword, "items");
}

/** A value may fit several branches where one accepts more than it should: then any will do. */
function oneOf(result: Converted, keyword: Keyword): void {
  const branches = all(keyword);
  const schemas = branches.map((one) => take(result, one));
  if (branches.every(({ isExact }) => isExact)) result.schema["oneOf"] = schemas;
  else also(result, { anyOf: schemas });
}

function not(result: Converted, keyword: Keyword): void {
  const inner = keyword.converter.of(keyword.value, keyword.path);
  if (inner.isExact) result.schema["not"] = inner.schema;
  else omit(result, keyword, "not");
}

function condition(result: Converted, keyword: Keyword): void {
  const { schema, value, path, converter } = keyword;
  const holds = converter.of(value, path);
  if (schema["then"] !== undefined) where(holds, converter.of(schema["then"], path), result, keyword, "then");
  if (schema["else"] === undefined) return;
  also(result, { anyOf: [take(result, holds), take(result, converter.of(schema["else"], path))] });
}

/** Has the consequence hold where the condition does. */
function where(holds: Converted, consequence: Converted, result: Converted, keyword: Keyword, name: string): void {
  if (!holds.isExact) omit(result, keyword, name);
  else also(result, { anyOf: [{ not: holds.schema }, take(result, consequence)] });
}

/** For `required`, every key is there in what is no object. */
function has(name: string): Converted {
  return exact({ type: "object", required: [name] });
}

function all({ value, path, converter }: Keyword): Converted[] {
  return (value as unknown[]).map((one) => converter.of(one, path));
}
