import { Utf8 } from "../../../assembly/core/bytes";
import { ConfigParser } from "../../../plugins/canary/config";
import { CanaryPolicy, NO_ARM } from "../../../plugins/canary/policy";

let problems: string[] = [];

function parse(json: string): CanaryPolicy {
  const parser = new ConfigParser(1, 2);
  const policy = parser.parse(new Utf8(json));
  problems = parser.problems.list;
  return policy;
}

function expectProblems(json: string, expected: string[]): void {
  parse(json);
  expect<string>(problems.join("\n")).toBe(expected.join("\n"));
}

/** One rule with the given keys besides its name and arm. */
function expectRuleProblem(keys: string, problem: string): void {
  expectProblems(`{"rules":[{"name":"r","arm":"v2",${keys}}]}`, [problem]);
}

function header(keys: string): string {
  return `"header":{"name":"x-id",${keys}}`;
}

function share(percent: string): string {
  return `"percent":${percent},"key":{"header":"x-id"},"salt":"s"`;
}

describe("canary configuration: good", () => {
  it("reads all kinds of rules", () => {
    const policy = parse(`{
      "decision_header": "x-arm", "default": "v1",
      "rules": [
        {"name": "a", "header": {"name": "x-user", "in": ["1001", "1002"]}, "arm": "v2"},
        {"name": "b", "header": {"name": "x-env", "exact": "test"}, "arm": "v3"},
        {"name": "c", "header": {"name": "authorization", "prefix": "Bearer "}, "arm": "v2"},
        {"name": "d", "percent": 12.5, "key": {"header": "x-user"}, "salt": "s", "arm": "v2"}
      ]}`);
    expect<string>(problems.join("\n")).toBe("");
    expect<string>(policy.decisionHeader).toBe("x-arm");
    expect<string>(policy.arms.join()).toBe("v1,v2,v3");
    expect<string>(policy.headers.join()).toBe("x-user,x-env,authorization");
    expect<i32>(policy.defaultArm).toBe(0);
    expect<i32>(policy.rules.length).toBe(4);
    expect<i32>(policy.rules[3].arm).toBe(1);
  });

  it("has defaults", () => {
    const policy = parse('{"rules":[]}');
    expect<string>(problems.join("\n")).toBe("");
    expect<string>(policy.decisionHeader).toBe("x-canary");
    expect<i32>(policy.defaultArm).toBe(NO_ARM);
  });

  it("takes every share of two decimals", () => {
    const good = ["0", "100", "33.33", "0.01", "99.99", "1e1", "12.500", "-0"];
    for (let i = 0; i < good.length; i++) {
      parse(`{"rules":[{"name":"r","arm":"v2",${share(good[i])}}]}`);
      expect<string>(problems.join("\n")).toBe("", good[i]);
    }
  });

  it("takes 10,000 ids", () => {
    let list = '"0"';
    for (let i = 1; i < 10000; i++) list += `,"${i}"`;
    parse(`{"rules":[{"name":"r","arm":"v2",${header('"in":[' + list + "]")}}]}`);
    expect<string>(problems.join("\n")).toBe("");
  });
});

describe("canary configuration: bad", () => {
  it("is refused when it is empty", () => {
    const empty = '$: the configuration is empty; expected an object with the key "rules"';
    expectProblems("", [empty]);
    expectProblems(" \n\t", [empty]);
    expectProblems("{}", ['$: expected the key "rules", which is missing']);
  });

  it("is refused when it is no JSON object", () => {
    expectProblems('{"rules":[}', ["$.rules[0]: line 1, column 11: expected a JSON value"]);
    expectProblems("[]", ["$: expected an object, not an array"]);
    expectProblems('{"rules":[],"rules":[]}', ['$: line 1, column 13: repeated key "rules"']);
    parse("\n\x12\n\x05limit\x12\x09\x11\0\0\0\0\0\0$@");
    expect<bool>(problems[0].includes("google.protobuf.StringValue")).toBe(true);
  });

  it("is told all at once", () => {
    expectProblems(
      `{"decision_header":"X","default":"a b","rulez":1,"rules":[
        {"name":"R","arm":5,"header":{"name":"x-id","exact":"v"}},
        {"nam":"a","header":{"name":"x-id"}},
        7]}`,
      [
        '$.rulez: unknown key; did you mean "rules"?',
        "$.decision_header: expected a header name in lower case",
        "$.default: expected a letter or digit, then up to 62 of a-z, A-Z, 0-9, ., _ and -",
        "$.rules[2]: expected an object, not a number",
        "$.rules[0].name: expected a letter or digit, then up to 62 of a-z, 0-9, _ and -",
        "$.rules[0].arm: expected a string, not a number",
        '$.rules[1].nam: unknown key; did you mean "name"?',
        '$.rules[1]: expected the key "name", which is missing',
        '$.rules[1].header: expected exactly one of the keys "exact", "prefix", "in", not none of them',
        '$.rules[1]: expected the key "arm", which is missing',
      ],
    );
  });

  it("has header names that cannot be", () => {
    const names = ["", "x canary", "X-Canary", ":path", "host", "content-length", "transfer-encoding", "x\\r\\ny"];
    for (let i = 0; i < names.length; i++) {
      parse(`{"decision_header":"${names[i]}","rules":[]}`);
      expect<i32>(problems.length).toBe(1, names[i]);
      expect<bool>(problems[0].startsWith("$.decision_header: expected ")).toBe(true, names[i]);
    }
  });

  it("has header values that cannot be", () => {
    const values = ["", "a\\r\\nb", "a\\u0000", " a", "a\\t", "x".repeat(257)];
    for (let i = 0; i < values.length; i++) {
      parse(`{"rules":[{"name":"r","arm":"v2",${header(`"exact":"${values[i]}"`)}}]}`);
      expect<i32>(problems.length).toBe(1, values[i]);
      expect<bool>(problems[0].startsWith("$.rules[0].header.exact: expected ")).toBe(true, values[i]);
    }
  });

  it("has arms that cannot be a value or part of a metric's name", () => {
    const arms = ["", "v 1", "-v", ".v", "v\\n", "v,w", "\u00e9", "a".repeat(64)];
    for (let i = 0; i < arms.length; i++) {
      parse(`{"default":"${arms[i]}","rules":[]}`);
      expect<i32>(problems.length).toBe(1, arms[i]);
    }
  });

  it("has shares that cannot be", () => {
    const bad = ["-1", "100.01", "12.345", "1e309", "9007199254740993", "NaN", '"5"', "null", "[]", "-0.001", "1e-9"];
    for (let i = 0; i < bad.length; i++) {
      parse(`{"rules":[{"name":"r","arm":"v2",${share(bad[i])}}]}`);
      expect<i32>(problems.length).toBe(1, bad[i]);
      expect<bool>(problems[0].startsWith("$.rules[0].percent: ")).toBe(true, problems[0]);
    }
    expectRuleProblem(
      share("100.01"),
      "$.rules[0].percent: expected a number from 0 to 100 with at most two decimals, not 100.01",
    );
  });

  it("mixes header and share", () => {
    expectRuleProblem(
      header('"exact":"v"') + "," + share("5"),
      '$.rules[0]: expected exactly one of the keys "header", "percent", not 2 of them',
    );
    expectRuleProblem(header('"exact":"v"') + ',"salt":"s"', '$.rules[0].salt: expected together with "percent" only');
    expectRuleProblem('"percent":5,"key":{"header":"x-id"}', '$.rules[0]: expected the key "salt", which is missing');
    expectRuleProblem('"percent":5,"salt":"s"', '$.rules[0]: expected the key "key", which is missing');
  });

  it("reads the header that it writes", () => {
    expectRuleProblem(
      '"header":{"name":"x-canary","exact":"v"}',
      "$.rules[0].header.name: expected another header than decision_header, which a client could set to choose its arm",
    );
  });

  it("names two rules alike", () => {
    expectProblems(
      `{"rules":[{"name":"r","arm":"v2",${header('"exact":"v"')}},{"name":"r","arm":"v2",${share("5")}}]}`,
      ['$.rules[1].name: "r" is the name of an earlier rule too'],
    );
  });

  it("has wrong ids, which no message repeats", () => {
    const ids = `"in":["ok",1001,""," 1","a\\nb","${"s3cret".repeat(50)}",null]`;
    expectProblems(`{"rules":[{"name":"r","arm":"v2",${header(ids)}}]}`, [
      "$.rules[0].header.in[1]: expected an id in quotes",
      "$.rules[0].header.in[2]: expected an id of 1 to 256 bytes",
      "$.rules[0].header.in[3]: expected a header value without white space around it, which never arrives",
      "$.rules[0].header.in[4]: expected a header value without control characters such as CR, LF and NUL",
      "$.rules[0].header.in[5]: expected an id of 1 to 256 bytes",
      "$.rules[0].header.in[6]: expected an id in quotes",
    ]);
    expectRuleProblem(header('"in":[]'), "$.rules[0].header.in: expected 1 to 100000 elements, not 0");
    expectRuleProblem(header('"in":"1001"'), "$.rules[0].header.in: expected an array, not a string");
  });

  it("has too many rules", () => {
    let rules = "0";
    for (let i = 0; i < 64; i++) rules += ",0";
    expectProblems(`{"rules":[${rules}]}`, ["$.rules: expected at most 64 elements, not 65"]);
  });
});
