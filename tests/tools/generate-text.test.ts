// The layout of YAML is written here, its keys and texts by the YAML library: the whole is what that would write.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Document, parseAllDocuments, Scalar, visit } from "yaml";
import { yamlText } from "../../tools/generate/text.js";

/** The library's own text of the same. */
function byLibrary(resource: object): string {
  const document = new Document(null, { version: "1.1", aliasDuplicateObjects: false });
  document.contents = document.createNode(resource) as never;
  visit(document, {
    Scalar: (_, node) => {
      if (typeof node.value === "string" && /^[-+.\d]/.test(node.value)) node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return document.toString({ lineWidth: 0 });
}

const CHARACTERS = [..."ab: \n\n\t#-?'\"|>y1.\\{[&!%@`é", "\u0000", "\r", "\u0085", "\u{1f600}"];
const WORDS = "y n no NULL ~ = --- ... - 1e3 0x1f 1_000 190:20 2001-12-14 true .inf !!str *a a:b |".split(" ");
const text = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: fc.constantFrom(...CHARACTERS) }) },
  fc.constantFrom(...WORDS, "a".repeat(1_100), "line\n".repeat(20), "a\n  b\n\n", "k\n---\nz", " a\n b"),
  fc.string({ unit: "binary" }),
);
const number = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })).map((value) => value || 0);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    text,
    number,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(text, tie("value"), { maxKeys: 4, noNullPrototype: true }),
  ),
}));
const resource = fc.dictionary(text, value, { maxKeys: 4, noNullPrototype: true });

describe("yamlText", () => {
  it("writes whatever JSON can say as the YAML library does", () => {
    const same = fc.property(resource, (made) => assert.equal(yamlText([made], undefined), byLibrary(made)));
    fc.assert(same, { numRuns: 3_000, seed: 20261122 });
  });

  it("is read as the same again, whatever came before", () => {
    const again = fc.property(fc.array(resource, { minLength: 1, maxLength: 4 }), (made) => {
      const read = parseAllDocuments(yamlText(made, "above", ["first"]), { version: "1.1" });
      assert.deepEqual(
        read.map((document) => document.toJS() as unknown),
        made,
      );
    });
    fc.assert(again, { numRuns: 300, seed: 20261122 });
  });

  it("leaves out what is undefined, and quotes what YAML 1.1 takes for something else", () => {
    const made = { kept: [{ n: "no", "<<": {}, gone: undefined }], empty: { gone: undefined }, sha256: "12", none: [] };
    assert.equal(
      yamlText([made, { a: "1 line\nor two" }], "made", ["from a.yaml", undefined]),
      '# made\n# from a.yaml\nkept:\n  - "n": "no"\n    "<<": {}\nempty: {}\nsha256: "12"\nnone: []\n---\na: "1 line\\nor two"\n',
    );
  });
});
