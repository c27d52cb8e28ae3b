import fc from "fast-check";
import type { JsonSchema } from "../../../tools/schema/policy-schema.js";

const NAMES = ["a", "b", "c"];
const PATTERNS = ["^a", "^[^\\u0000-\\u0020]+$", "^(?!b)", "^[a-z]{0,2000}$", "^\\u4e2d"];
const TYPES = ["object", "array", "string", "integer", "number", "boolean", "null"];

const name = fc.constantFrom(...NAMES);
const small = fc.integer({ min: 0, max: 3 });
const scalar = fc.oneof(small, fc.constantFrom("a", "ab", "b", "中", "", null, true, false, 1.5));

/** JSON of few names and values, so that schemas and values often have to do with each other. */
export const values: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalar,
    fc.dictionary(name, tie("value"), { maxKeys: 3, noNullPrototype: true }),
    fc.array(tie("value"), { maxLength: 3 }),
  ),
})).value;

function schemaOf(): fc.Arbitrary<JsonSchema> {
  return fc.letrec<{ schema: JsonSchema }>((tie) => ({ schema: schema(tie("schema")) })).schema;
}

function schema(inner: fc.Arbitrary<JsonSchema>): fc.Arbitrary<JsonSchema> {
  const below = fc.oneof(
    { weight: 6, arbitrary: inner },
    { weight: 1, arbitrary: fc.boolean() },
    { weight: 1, arbitrary: reference },
  );
  const named = fc.dictionary(name, below, { minKeys: 1, maxKeys: 3, noNullPrototype: true });
  const list = fc.array(inner, { minLength: 1, maxLength: 3 });
  const keywords = { ...ofObjects(below, named), ...ofArrays(below), ...combined(inner, list) };
  const nested = Object.entries(keywords).map(([keyword, value]) => value.map((one) => ({ [keyword]: one })));
  const flat = fc.oneof(
    ...SCALARS.map(([keyword, value]) => (value as fc.Arbitrary<unknown>).map((one) => ({ [keyword]: one }))),
  );
  const parts = fc.array(fc.oneof({ depthSize: "small", maxDepth: 3 }, flat, fc.oneof(...nested)), { maxLength: 3 });
  return parts.map((all) => Object.assign({}, ...all) as JsonSchema);
}

/** Beside others. Never straight into a schema of the same value: such a one has no meaning. */
const reference = fc
  .tuple(fc.constantFrom("#/$defs/one", "#/$defs/two"), fc.option(fc.constantFrom(...TYPES), { nil: undefined }))
  .map(([to, type]) => ({ $ref: to, ...(type === undefined ? {} : { type }) }));

const SCALARS: [string, fc.Arbitrary<unknown>][] = [
  [
    "type",
    fc.oneof(fc.constantFrom(...TYPES), fc.uniqueArray(fc.constantFrom(...TYPES), { minLength: 1, maxLength: 3 })),
  ],
  ["const", values],
  ["enum", fc.array(scalar, { minLength: 1, maxLength: 3 })],
  ["pattern", fc.constantFrom(...PATTERNS)],
  ["required", fc.uniqueArray(name)],
  ["dependentRequired", fc.dictionary(name, fc.uniqueArray(name), { maxKeys: 2, noNullPrototype: true })],
  ...["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"].map((keyword): [string, fc.Arbitrary<unknown>] => [
    keyword,
    small,
  ]),
  ...["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"].map(
    (keyword): [string, fc.Arbitrary<unknown>] => [keyword, small],
  ),
  ["multipleOf", fc.constantFrom(1, 2, 0.5)],
  ["uniqueItems", fc.boolean()],
];

function ofObjects(below: fc.Arbitrary<unknown>, named: fc.Arbitrary<unknown>): Record<string, fc.Arbitrary<unknown>> {
  return {
    properties: named,
    additionalProperties: below,
    patternProperties: fc.dictionary(fc.constantFrom("^a", "^b"), below as fc.Arbitrary<JsonSchema>, {
      minKeys: 1,
      maxKeys: 2,
    }),
    propertyNames: fc.constantFrom({ pattern: "^[ab]$" }, { maxLength: 0 }, { const: "a" }),
  };
}

function ofArrays(below: fc.Arbitrary<unknown>): Record<string, fc.Arbitrary<unknown>> {
  return { items: below, prefixItems: fc.array(below, { minLength: 1, maxLength: 2 }), contains: below };
}

function combined(
  inner: fc.Arbitrary<JsonSchema>,
  list: fc.Arbitrary<JsonSchema[]>,
): Record<string, fc.Arbitrary<unknown>> {
  return {
    allOf: list,
    anyOf: list,
    oneOf: list,
    not: inner,
    if: inner,
    then: inner,
    else: inner,
    dependentSchemas: fc.dictionary(name, inner, { minKeys: 1, maxKeys: 2, noNullPrototype: true }),
  };
}

/** Schemas of every keyword that constrains; references lead to definitions, which may refer to themselves. */
export const schemas: fc.Arbitrary<JsonSchema> = fc
  .record({ root: schemaOf(), one: schemaOf(), two: schemaOf() })
  .map(({ root, one, two }) => ({ ...root, $defs: { one, two } }));
