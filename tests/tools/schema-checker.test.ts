import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SchemaChecker } from "../../tools/validate/schema-checker.js";

/** Faults as "path code message. remedy". */
function faults(schema: Record<string, unknown>, value: unknown): string[] {
  return SchemaChecker.of(schema)
    .check(value)
    .map(({ path, code, message, remedy }) => `${path.join("/")} ${code} ${message}${remedy ? `. ${remedy}` : ""}`);
}

function object(properties: Record<string, unknown>, more: object = {}): Record<string, unknown> {
  return { type: "object", additionalProperties: false, properties, ...more };
}

describe("SchemaChecker", () => {
  it("suggests the key that was meant, and does not also miss it", () => {
    const schema = object({ max_keys: {}, rules: {} }, { required: ["max_keys"] });
    assert.deepEqual(faults(schema, { maxKeys: 1 }), [
      'maxKeys TG2001 unknown key "maxKeys". Did you mean "max_keys"?',
    ]);
    assert.deepEqual(faults(schema, { max_keys: 1, zebra: 1 }), [
      'zebra TG2001 unknown key "zebra". Allowed here: max_keys, rules',
    ]);
  });

  it("says what a missing key is for", () => {
    const schema = object({ salt: { description: "Deals the keys out. Change it." } }, { required: ["salt"] });
    assert.deepEqual(faults(schema, {}), ['salt TG2002 the key "salt" is missing. Add it: Deals the keys out']);
  });

  it("says how to write a value of another type", () => {
    const schema = object({
      n: { type: "integer" },
      s: { type: "string" },
      b: { type: "boolean" },
      l: { type: "array" },
    });
    schema["properties"] = { ...(schema["properties"] as object), n: { type: "integer", minimum: 1 } };
    assert.deepEqual(faults(schema, { n: 0.5, s: [], b: 1 }), [
      "n TG2003 the number 0.5 where an integer belongs. Write a whole number",
      "s TG2003 a list where a string belongs. Write one text",
      "b TG2003 the number 1 where a boolean belongs. Write true or false",
    ]);
    assert.deepEqual(faults(schema, { n: "10", s: 5, b: "true", l: null }), [
      'n TG2003 the string "10" where an integer belongs. Write 10 without quotes',
      's TG2003 the number 5 where a string belongs. Put it in quotes: "5"',
      'b TG2003 the string "true" where a boolean belongs. Write true without quotes',
      "l TG2003 nothing where a list belongs. Give it a value, or remove the key",
    ]);
  });

  it("says what to do about what is too short or too long", () => {
    const schema = object({ s: { minLength: 1 }, t: { maxLength: 2 }, l: { minItems: 1 }, m: { maxItems: 1 } });
    assert.deepEqual(faults(schema, { s: "", t: "abc", l: [], m: [1, 2] }), [
      's TG2005 "" is shorter than 1 character. Write a longer one',
      't TG2005 "abc" is longer than 2 characters. Shorten it',
      "l TG2005 a list of fewer than 1 item. Add to it",
      "m TG2005 a list of more than 1 item. Shorten it",
    ]);
  });

  it("gives the range, and the nearest of the allowed values", () => {
    const schema = object({
      n: { minimum: 0, exclusiveMaximum: 100 },
      e: { enum: ["open", "closed"] },
      c: { const: 5 },
    });
    assert.deepEqual(faults(schema, { n: -1, e: "opne", c: 6 }), [
      "n TG2005 -1 is too small. Allowed: 0 to less than 100",
      'e TG2004 "opne" is not allowed here. Did you mean "open"?',
      "c TG2004 6 is not allowed here. Allowed here: 5",
    ]);
  });

  it("names forbidden values, repeated items, wrong forms and keys", () => {
    const schema = object({
      h: { not: { enum: ["host"] } },
      l: { uniqueItems: true },
      p: { pattern: "^/", examples: ["/api"] },
      m: { propertyNames: { pattern: "^[a-z]+$" } },
    });
    assert.deepEqual(faults(schema, { h: "host", l: [1, 2, 1], p: "api", m: { "A B": 1 } }), [
      'h TG2004 "host" is not allowed here. Choose another value',
      "l/2 TG2007 this item stands twice in the list. Keep one of the two",
      'p TG2006 "api" has the wrong form. For example: /api',
      'm/A B TG2006 the key "A B" is not allowed here. It must match ^[a-z]+$',
    ]);
  });

  it("finds the later of two equal items, whatever they may be", () => {
    for (const items of [{}, { type: "string" }, { enum: ["a", "b"] }]) {
      const schema = object({ l: { items, uniqueItems: true } });
      assert.deepEqual(faults(schema, { l: ["a", "b", "a"] }), [
        "l/2 TG2007 this item stands twice in the list. Keep one of the two",
      ]);
    }
  });

  it("speaks of a choice of keys in one line", () => {
    const schema = object({ exact: {}, prefix: {} }, { oneOf: [{ required: ["exact"] }, { required: ["prefix"] }] });
    assert.deepEqual(faults(schema, {}), [" TG2008 one of exact, prefix is missing. Add one of them"]);
    assert.deepEqual(faults(schema, { exact: 1, prefix: 1 }), [
      " TG2008 exact and prefix exclude each other. Keep one of them",
    ]);
  });

  it("tells of the way to have several conditions", () => {
    const schema = object({ all: {}, a: {}, b: {} }, { oneOf: ["all", "a", "b"].map((key) => ({ required: [key] })) });
    assert.deepEqual(faults(schema, { a: 1, b: 1 }), [
      " TG2008 a and b exclude each other. Keep one of them, or write all: [{ a: ... }, { b: ... }]",
    ]);
  });

  it("names the choices of a branch that is a choice, when none is taken", () => {
    const source = object({ header: {}, cookie: {} }, { oneOf: [{ required: ["header"] }, { required: ["cookie"] }] });
    const schema = { oneOf: [source, object({ assign: {} }, { required: ["assign"] })] };
    assert.deepEqual(faults(schema, {}), [" TG2008 one of header, cookie, assign is missing. Add one of them"]);
    assert.deepEqual(faults(schema, { header: 1, cookie: 1 }), [
      " TG2008 header and cookie exclude each other. Keep one of them",
    ]);
  });

  it("says which key others have no use for", () => {
    const forEdge = { if: { properties: { mode: { const: "edge" } } }, then: { properties: { ttl: false } } };
    assert.deepEqual(faults(forEdge, { mode: "edge", ttl: 1 }), [
      'ttl TG2008 the key "ttl" does not go with the others here. Remove it',
    ]);
    const either = { anyOf: [{ required: ["percent"] }, { required: ["split"] }] };
    const needy = { dependentSchemas: { key: either, salt: either } };
    assert.deepEqual(faults(needy, { key: 1 }), [
      " TG2008 one of percent, split is missing. Add one of them, or remove key",
    ]);
    assert.equal(faults(needy, { key: 1, salt: 1 }).length, 1);
  });

  it("says of a text one thing, its length or its form", () => {
    assert.deepEqual(faults(object({ s: { minLength: 1, pattern: "^/" } }), { s: "" }), [
      's TG2005 "" is shorter than 1 character. Write a longer one',
    ]);
  });

  it("takes no single character for another one misspelt", () => {
    assert.deepEqual(faults({ enum: [".", "-"] }, "/"), [' TG2004 "/" is not allowed here. Allowed here: ., -']);
  });

  it("speaks of the branch that was meant, also behind references", () => {
    const exact = object({ exact: { type: "string" } }, { required: ["exact"] });
    const prefix = object({ prefix: { type: "string", pattern: "^/" } }, { required: ["prefix"] });
    for (const oneOf of [
      [exact, prefix],
      [{ $ref: "#/$defs/exact" }, { $ref: "#/$defs/prefix" }],
    ]) {
      const schema = { properties: { path: { oneOf } }, $defs: { exact, prefix } };
      assert.deepEqual(faults(schema, { path: { prefix: "api" } }), [
        'path/prefix TG2006 "api" has the wrong form. It must match ^/',
      ]);
      assert.deepEqual(faults(schema, { path: {} }), ["path TG2008 one of exact, prefix is missing. Add one of them"]);
      assert.deepEqual(faults(schema, { path: 5 }), [
        "path TG2003 the number 5 where an object belongs. Write keys with values: { key: value } or a line for each",
      ]);
    }
  });

  it("joins the types of branches", () => {
    const schema = { anyOf: [{ type: "string" }, { type: "array", items: { type: "string" } }] };
    assert.deepEqual(faults(schema, 5), [
      ' TG2003 the number 5 where a string or a list belongs. Put it in quotes: "5"',
    ]);
    assert.deepEqual(faults(schema, [5]), ['0 TG2003 the number 5 where a string belongs. Put it in quotes: "5"']);
  });

  it("reports what an if asks for, not the if", () => {
    const schema = { if: { required: ["percent"] }, then: { required: ["salt"] } };
    assert.deepEqual(faults(schema, { percent: 1 }), ['salt TG2002 the key "salt" is missing. Add "salt"']);
    assert.deepEqual(faults({ dependentRequired: { key: ["percent"] } }, { key: 1 }), [
      ' TG2008 "key" needs "percent" beside it. Add percent, or remove key',
    ]);
  });

  it("takes keys of every JavaScript object for keys like any other", () => {
    const schema = object({ a: {} }, { required: ["constructor"] });
    const value: unknown = JSON.parse('{"__proto__": 1, "toString": 2}');
    const codes = SchemaChecker.of(schema)
      .check(value)
      .map(({ code }) => code);
    assert.deepEqual(codes.sort(), ["TG2001", "TG2001", "TG2002"]);
  });
});
