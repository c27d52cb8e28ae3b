import { ConfigNode, Problems } from "../../../assembly/core/config-reader";
import { parseJsonText } from "../../../assembly/core/json";

let problems = new Problems();

/** A reader over `json`, with fresh problems. */
function read(json: string): ConfigNode {
  problems = new Problems();
  const node = ConfigNode.root(parseJsonText(json), problems);
  assert(node != null, "the text is an object");
  return node!;
}

function expectProblems(expected: string[]): void {
  expect<string>(problems.list.join("\n")).toBe(expected.join("\n"));
}

describe("ConfigNode.root", () => {
  it("reports a syntax error once, with its place", () => {
    problems = new Problems();
    expect<bool>(ConfigNode.root(parseJsonText('{"a": [1,]}'), problems) == null).toBe(true);
    expectProblems(["$.a[1]: line 1, column 10: expected a JSON value"]);
  });

  it("wants an object", () => {
    problems = new Problems();
    expect<bool>(ConfigNode.root(parseJsonText("[]"), problems) == null).toBe(true);
    expectProblems(["$: expected an object, not an array"]);
  });
});

describe("ConfigNode: defaults", () => {
  it("answers the default for what is absent, without a problem", () => {
    const node = read("{}");
    expect<string>(node.string("a", "x")).toBe("x");
    expect<i64>(node.integer("a", 7, 0, 9)).toBe(7);
    expect<f64>(node.number("a", 0.5, 0, 1)).toBe(0.5);
    expect<bool>(node.bool("a", true)).toBe(true);
    expect<string>(node.oneOf("a", ["full", "none"], "full")).toBe("full");
    expect<i32>(node.stringList("a").length).toBe(0);
    expect<i32>(node.array("a", 1).length).toBe(0);
    expect<bool>(node.object("a") == null).toBe(true);
    expect<bool>(node.has("a")).toBe(false);
    expect<bool>(problems.ok).toBe(true);
  });
});

describe("ConfigNode: values", () => {
  it("answers what is there", () => {
    const node = read('{"s":"x","i":5.0,"n":1.25,"b":false,"o":"none","l":["a","b"],"r":{"p":{"q":"deep"}}}');
    expect<string>(node.requiredString("s")).toBe("x");
    expect<i64>(node.integer("i", 0, 0, 9)).toBe(5);
    expect<f64>(node.number("n", 0, 0, 2)).toBe(1.25);
    expect<bool>(node.bool("b", true)).toBe(false);
    expect<string>(node.oneOf("o", ["full", "none"], "full")).toBe("none");
    expect<string>(node.stringList("l").join("+")).toBe("a+b");
    expect<string>(node.object("r")!.object("p")!.string("q", "")).toBe("deep");
    expect<bool>(problems.ok).toBe(true);
  });

  it("counts characters as JSON Schema does", () => {
    const node = read('{"s":"\ud83d\ude00\ud83d\ude00"}');
    expect<i32>(node.string("s", "", 2, 2).length).toBe(4);
    expect<bool>(problems.ok).toBe(true);
  });
});

describe("ConfigNode: problems", () => {
  it("collects all of them, each with its path", () => {
    const node = read('{"rules":[{"name":5},{"name":"","match":{"path":[]}},7],"status":99,"on":"yes"}');
    const rules = node.objects("rules");
    for (let i = 0; i < rules.length; i++) {
      rules[i].requiredString("name");
      const match = rules[i].object("match");
      if (match) match.object("path");
    }
    node.integer("status", 429, 400, 599);
    node.bool("on", true);
    node.requiredString("salt");
    expectProblems([
      "$.rules[2]: expected an object, not a number",
      "$.rules[0].name: expected a string, not a number",
      "$.rules[1].name: expected at least 1 characters, not 0",
      "$.rules[1].match.path: expected an object, not an array",
      "$.status: expected a whole number from 400 to 599, not 99",
      "$.on: expected a boolean, not a string",
      '$: expected the key "salt", which is missing',
    ]);
  });

  it("never wraps or rounds a number", () => {
    const node = read('{"a":9007199254740993,"b":-1,"c":0,"d":1e19,"e":"5","f":4294967297,"g":1.5,"h":null}');
    const keys = ["a", "b", "c", "d", "e", "f", "g", "h"];
    for (let i = 0; i < keys.length; i++) expect<i64>(node.integer(keys[i], 42, 1, 100)).toBe(42);
    expectProblems([
      "$.a: expected a whole number from 1 to 100, not 9007199254740993",
      "$.b: expected a whole number from 1 to 100, not -1",
      "$.c: expected a whole number from 1 to 100, not 0",
      "$.d: expected a whole number from 1 to 100, not 1e19",
      '$.e: expected a whole number from 1 to 100, not "5"',
      "$.f: expected a whole number from 1 to 100, not 4294967297",
      "$.g: expected a whole number from 1 to 100, not 1.5",
      "$.h: expected a whole number from 1 to 100, not null",
    ]);
  });

  it("names unknown keys and what was meant", () => {
    read('{"rulse":[],"shadow":1,"zzz":2,"two words":3}').refuseUnknown(["rules", "shadow", "max_keys"]);
    expectProblems([
      '$.rulse: unknown key; did you mean "rules"?',
      '$.zzz: unknown key; expected "rules", "shadow", "max_keys"',
      '$["two words"]: unknown key; expected "rules", "shadow", "max_keys"',
    ]);
  });

  it("names the choices and the one that was meant", () => {
    read('{"trust":"ful"}').oneOf("trust", ["full", "none"], "none");
    expectProblems(['$.trust: expected one of "full", "none", not "ful"; did you mean "full"?']);
  });

  it("wants exactly one of some keys", () => {
    expect<string>(read('{"exact":"x"}').exactlyOne(["exact", "prefix"])).toBe("exact");
    expect<string>(read("{}").exactlyOne(["exact", "prefix"])).toBe("");
    expectProblems(['$: expected exactly one of the keys "exact", "prefix", not none of them']);
    expect<string>(read('{"exact":"x","prefix":"y"}').exactlyOne(["exact", "prefix"])).toBe("");
    expectProblems(['$: expected exactly one of the keys "exact", "prefix", not 2 of them']);
  });

  it("bounds the size of lists", () => {
    expect<i32>(read('{"l":[]}').array("l", 1, 3).length).toBe(0);
    expectProblems(["$.l: expected 1 to 3 elements, not 0"]);
    expect<i32>(read('{"l":[1,2,3,4]}').array("l", 0, 3).length).toBe(0);
    expectProblems(["$.l: expected at most 3 elements, not 4"]);
  });

  it("keeps 50 and counts the rest", () => {
    let list = "0";
    for (let i = 1; i < 200; i++) list += ",0";
    read('{"l":[' + list + "]}").stringList("l");
    expect<i32>(problems.list.length).toBe(51);
    expect<string>(problems.list[49]).toBe("$.l[49]: expected a string, not a number");
    expect<string>(problems.list[50]).toBe("$: and 150 more");
  });

  it("cuts what others wrote", () => {
    read(`{"x":"${"a".repeat(100)}","${"k".repeat(100)}":1}`).oneOf("x", ["full"], "full");
    expectProblems([`$.x: expected one of "full", not "${"a".repeat(64)}"...`]);
    read(`{"${"k".repeat(100)}":1}`).refuseUnknown(["x"]);
    expectProblems([`$["${"k".repeat(64)}"...]: unknown key; expected "x"`]);
  });
});
