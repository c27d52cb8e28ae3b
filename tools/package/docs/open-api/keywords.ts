import type { JsonSchema } from "../../../schema/policy-schema.js";
import type { Conversion } from "./convert.js";
import { withItems } from "./order.js";
import { commonPattern } from "./pattern.js";

/** What has become of a schema so far. */
export interface Converted {
  schema: JsonSchema;
  /** False when it accepts more than the schema that it was made from. */
  isExact: boolean;
}

interface Keyword {
  value: unknown;
  /** The whole schema that it stands in. */
  schema: JsonSchema;
  path: string;
  conversion: Conversion;
}

type Convert = (result: Converted, keyword: Keyword) => void;

/** Keywords that constrain nothing and that OpenAPI does not have. */
export const ANNOTATIONS: ReadonlySet<string> = new Set(
  "$schema $id $defs $comment $anchor $dynamicAnchor contentEncoding contentMediaType contentSchema".split(" "),
);

const SAME =
  "title description default format multipleOf minLength maxLength minItems maxItems uniqueItems minProperties " +
  "maxProperties deprecated readOnly writeOnly";

/** What becomes of each keyword; those that are not here are left out. */
export const KEYWORDS: Readonly<Record<string, Convert>> = {
  ...Object.fromEntries(SAME.split(" ").map((name) => [name, copy(name)])),
  type: (result, keyword) => types(result, keyword),
  enum: ({ schema }, { value }) => void (schema["enum"] = distinct(value as unknown[])),
  const: ({ schema }, { value }) => void (schema["enum"] = [value]),
  examples: ({ schema }, { value }) => void (schema["example"] = (value as unknown[])[0]),
  required: ({ schema }, { value }) => void ((value as unknown[]).length > 0 && (schema["required"] = value)),
  minimum: (result, { schema }) => bound(result, schema, "inimum", (one, other) => one >= other),
  exclusiveMinimum: (result, { schema }) => bound(result, schema, "inimum", (one, other) => one >= other),
  maximum: (result, { schema }) => bound(result, schema, "aximum", (one, other) => one <= other),
  exclusiveMaximum: (result, { schema }) => bound(result, schema, "aximum", (one, other) => one <= other),
  pattern: (result, keyword) => {
    const pattern = commonPattern(keyword.value as string);
    if (pattern === undefined) omit(result, keyword, "pattern");
    else result.schema["pattern"] = pattern;
  },
  properties: (result, { value, path, conversion }) => {
    const below = (name: string): string => (path === "" ? name : `${path}.${name}`);
    const entries = Object.entries(value as object).map(([name, one]) => [name, conversion.valueOf(one, below(name))]);
    result.schema["properties"] = Object.fromEntries(
      entries.map(([name, one]) => [name, take(result, one as Converted)]),
    );
  },
  additionalProperties: (result, keyword) => {
    const { value, schema, path, conversion } = keyword;
    if (schema["patternProperties"] !== undefined)
      return void (value !== true && omit(result, keyword, "additionalProperties"));
    const named = typeof value === "boolean" ? value : take(result, conversion.valueOf(value, `${path}.<name>`));
    result.schema["additionalProperties"] = named;
  },
  items: (result, keyword) => {
    if (keyword.schema["prefixItems"] !== undefined) return omit(result, keyword, "items");
    result.schema["items"] = take(result, keyword.conversion.valueOf(keyword.value, `${keyword.path}[]`));
  },
  allOf: (result, { value, path, conversion }) =>
    (value as unknown[]).forEach((one) => also(result, take(result, conversion.of(one, path)))),
  anyOf: (result, { value, path, conversion }) =>
    void (result.schema["anyOf"] = (value as unknown[]).map((one) => take(result, conversion.of(one, path)))),
  oneOf: (result, { value, path, conversion }) => {
    const branches = (value as unknown[]).map((one) => conversion.of(one, path));
    // A value may fit several branches of which one accepts more than it should.
    const keyword = branches.every(({ isExact }) => isExact) ? "oneOf" : "anyOf";
    if (keyword === "oneOf") result.schema["oneOf"] = branches.map(({ schema }) => schema);
    else also(result, { anyOf: branches.map((branch) => take(result, branch)) });
  },
  not: (result, keyword) => {
    const inner = keyword.conversion.of(keyword.value, keyword.path);
    if (inner.isExact) result.schema["not"] = inner.schema;
    else omit(result, keyword, "not");
  },
  if: (result, keyword) => {
    const { schema, value, path, conversion } = keyword;
    const condition = conversion.of(value, path);
    if (schema["then"] !== undefined) unless(result, keyword, condition, conversion.of(schema["then"], path), "then");
    if (schema["else"] === undefined) return;
    also(result, { anyOf: [take(result, condition), take(result, conversion.of(schema["else"], path))] });
  },
  then: () => undefined,
  else: () => undefined,
  dependentRequired: (result, keyword) =>
    Object.entries(keyword.value as Record<string, string[]>).forEach(([name, required]) => {
      if (required.length > 0) unless(result, keyword, has(name), exact({ required }), "dependentRequired");
    }),
  dependentSchemas: (result, keyword) =>
    Object.entries(keyword.value as object).forEach(([name, schema]) => {
      const converted = keyword.conversion.of(schema, keyword.path);
      unless(result, keyword, has(name), converted, "dependentSchemas");
    }),
};

/** Where the condition holds, the consequence does. */
function unless(result: Converted, keyword: Keyword, condition: Converted, consequence: Converted, name: string): void {
  if (!condition.isExact) return omit(result, keyword, name);
  also(result, { anyOf: [{ not: condition.schema }, take(result, consequence)] });
}

/** Of other values than objects every key is there to `required`. */
function has(name: string): Converted {
  return exact({ type: "object", required: [name] });
}

function exact(schema: JsonSchema): Converted {
  return { schema, isExact: true };
}

/** A part's schema, after which the whole is no more exact than it. */
function take(result: Converted, part: Converted): JsonSchema {
  result.isExact &&= part.isExact;
  return part.schema;
}

function also({ schema }: Converted, other: JsonSchema): void {
  schema["allOf"] = [...((schema["allOf"] ?? []) as JsonSchema[]), other];
}

function omit(result: Converted, { path, conversion }: Keyword, name: string): void {
  conversion.drop(path, name);
  result.isExact = false;
}

function distinct(values: readonly unknown[]): unknown[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

function copy(name: string): Convert {
  return ({ schema }, { value }) => void (schema[name] = value);
}

/** The stricter of two bounds; OpenAPI has one, and says whether it is itself excluded. */
function bound(
  { schema: result }: Converted,
  schema: JsonSchema,
  name: string,
  isStricter: (a: number, b: number) => boolean,
) {
  const included = schema[`m${name}`] as number | undefined;
  const excluded = schema[`exclusiveM${name}`] as number | undefined;
  const isExcluded = excluded !== undefined && (included === undefined || isStricter(excluded, included));
  result[`m${name}`] = isExcluded ? excluded : included;
  if (isExcluded) result[`exclusiveM${name}`] = true;
}

/** Of several types OpenAPI takes one, and null beside it. */
function types(result: Converted, keyword: Keyword): void {
  const all = [keyword.value].flat() as string[];
  const others = all.filter((type) => type !== "null");
  const nullable = others.length < all.length ? { nullable: true } : {};
  if (others.length === 0) return omit(result, keyword, "type");
  if (others.length === 1) return void Object.assign(result.schema, { type: others[0], ...nullable });
  also(result, { anyOf: others.map((type) => withItems({ type, ...nullable })) });
}
