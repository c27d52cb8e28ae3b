import type { JsonSchema } from "../../../schema/policy-schema.js";
import { also, type Convert, type Converted, type Keyword, omit } from "./converted.js";
import { withItems } from "./order.js";
import { commonPattern } from "./pattern.js";

const SAME =
  "title description default format multipleOf minLength maxLength minItems maxItems uniqueItems minProperties " +
  "maxProperties deprecated readOnly writeOnly";

/** Keywords that hold no schemas. */
export const CONSTRAINTS: Readonly<Record<string, Convert>> = {
  ...Object.fromEntries(SAME.split(" ").map((name) => [name, copy(name)])),
  type: types,
  enum: (result, { value }) => oneOfThese(result, value as unknown[]),
  const: (result, { value }) => oneOfThese(result, [value]),
  examples: ({ schema }, { value }) => void (schema["example"] = (value as unknown[])[0]),
  required: ({ schema }, { value }) => void ((value as unknown[]).length > 0 && (schema["required"] = value)),
  minimum: least,
  exclusiveMinimum: least,
  maximum: most,
  exclusiveMaximum: most,
  pattern,
};

function copy(name: string): Convert {
  return ({ schema }, { value }) => void (schema[name] = value);
}

function oneOfThese(result: Converted, values: readonly unknown[]): void {
  const distinct = [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
  if (result.schema["enum"] === undefined) result.schema["enum"] = distinct;
  else also(result, { enum: distinct });
}

/** Of several types OpenAPI takes one, and null beside it. */
function types(result: Converted, keyword: Keyword): void {
  const all = [keyword.value].flat() as string[];
  const others = all.filter((type) => type !== "null");
  const nullable = others.length < all.length ? { nullable: true } : {};
  if (others.length === 0) omit(result, keyword, "type");
  else if (others.length === 1) Object.assign(result.schema, { type: others[0], ...nullable });
  else also(result, { anyOf: others.map((type) => withItems({ type, ...nullable })) });
}

function pattern(result: Converted, keyword: Keyword): void {
  const common = commonPattern(keyword.value as string);
  if (common === undefined) omit(result, keyword, "pattern");
  else result.schema["pattern"] = common;
}

function least(result: Converted, { schema }: Keyword): void {
  const [included, excluded] = [numberOf(schema, "minimum"), numberOf(schema, "exclusiveMinimum")];
  const isExcluded = excluded !== undefined && excluded >= (included ?? -Infinity);
  Object.assign(result.schema, { minimum: isExcluded ? excluded : included }, isExcluded && { exclusiveMinimum: true });
}

function most(result: Converted, { schema }: Keyword): void {
  const [included, excluded] = [numberOf(schema, "maximum"), numberOf(schema, "exclusiveMaximum")];
  const isExcluded = excluded !== undefined && excluded <= (included ?? Infinity);
  Object.assign(result.schema, { maximum: isExcluded ? excluded : included }, isExcluded && { exclusiveMaximum: true });
}

function numberOf(schema: JsonSchema, keyword: string): number | undefined {
  return schema[keyword] as number | undefined;
}
