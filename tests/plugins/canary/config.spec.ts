import { ConfigNode, Problems } from "../../../assembly/core/config-reader";
import { parseJsonText } from "../../../assembly/core/json";
import { Xoshiro256 } from "../../../assembly/core/xoshiro256";
import { CanaryConfig, ConfigParser } from "../../../plugins/canary/config";
import { NO_ARM } from "../../../plugins/canary/policy";

// What the parts of a rule look like is for the specs of the folders that read them.

let problems: string[] = [];

function parse(json: string): CanaryConfig {
  const found = new Problems();
  const root = ConfigNode.root(parseJsonText(json), found);
  const chance = new Xoshiro256();
  const config = root != null ? new ConfigParser(1, 2, chance).parse(root) : new CanaryConfig(chance);
  problems = found.list;
  return config;
}

function expectProblems(json: string, expected: string[]): void {
  parse(json);
  expect<string>(problems.join("\n")).toBe(expected.join("\n"));
}

/** One rule with the given keys besides its name. */
function expectRuleProblem(keys: string, problem: string): void {
  expectProblems(`{"rules":[{"name":"r",${keys}}]}`, [problem]);
}

const SHARE: string = '"key":{"header":"x-id"},"salt":"s"';

describe("canary configuration: good", () => {
  it("reads all kinds of rules", () => {
    const config = parse(`{
      "decision_header": "x-arm", "default": "v1",
      "trusted": {"header": {"name": "x-hop", "exact": "edge"}},
      "lists": {"testers": {"ids": [1001, "1002"]}},
      "arms": [{"name": "v2", "value": "outbound|v2", "abort": {"errors": {"more_percent": 5}}}],
      "rules": [
        {"name": "a", "match": {"header": {"name": "x-user", "in_list": "testers"}}, "arm": "v2"},
        {"name": "b", "lane": {"from": {"header": "x-lane"}, "lanes": ["alice"]}},
        {"name": "c", "split": [{"arm": "v2", "percent": 10}, {"arm": "v3", "percent": 5}], ${SHARE}},
        {"name": "d", "arm": "v2", "percent": 12.5, "key": {"assign_cookie": {"name": "tg"}}, "salt": "s"},
        {"name": "e", "arm": "v1", "schedule": {"start": "2026-11-21T09:00:00Z"}}
      ],
      "lane_propagation": {"mode": "edge"},
      "debug": {"response_header": "x-decision", "attribute": true}}`);
    expect<string>(problems.join("\n")).toBe("");
    expect<string>(config.decisionHeader).toBe("x-arm");
    expect<string>(config.arms.join()).toBe("v1,v2,alice,v3");
    expect<string>(config.values.join()).toBe("v1,outbound|v2,alice,v3");
    expect<string>(config.headers.names.join()).toBe(":path,:method,x-hop,x-user,x-lane,x-id,cookie");
    expect<i32>(config.defaultArm).toBe(0);
    expect<i32>(config.rules.length).toBe(5);
    expect<i32>(config.aborts.length).toBe(1);
    expect<i32>(config.aborts[0].arm).toBe(1);
    expect<bool>(config.trusted != null).toBe(true);
    expect<bool>(config.assignment != null).toBe(true);
    expect<bool>(config.propagation != null).toBe(true);
    expect<string>(config.debugHeader).toBe("x-decision");
    expect<bool>(config.hasAttribute).toBe(true);
  });

  it("has defaults", () => {
    const config = parse('{"rules":[]}');
    expect<string>(problems.join("\n")).toBe("");
    expect<string>(config.decisionHeader).toBe("x-canary");
    expect<i32>(config.defaultArm).toBe(NO_ARM);
    expect<bool>(config.trusted == null && config.assignment == null && config.propagation == null).toBe(true);
    expect<string>(config.debugHeader).toBe("");
    expect<bool>(config.hasAttribute).toBe(false);
  });
});

describe("canary configuration: bad", () => {
  it("is refused when it has no rules", () => {
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
    expectProblems(`{"decision_header":"X","default":"a b","rulez":1,"rules":[{"name":"R","arm":5},{"nam":"a"},7]}`, [
      '$.rulez: unknown key; did you mean "rules"?',
      "$.decision_header: expected a header name in lower case",
      "$.default: expected a letter or digit, then up to 62 of a-z, A-Z, 0-9, ., _ and -",
      "$.rules[2]: expected an object, not a number",
      "$.rules[0].name: expected a letter or digit, then up to 62 of a-z, 0-9, _ and -",
      "$.rules[0].arm: expected a string, not a number",
      '$.rules[1].nam: unknown key; did you mean "name"?',
      '$.rules[1]: expected the key "name", which is missing',
      '$.rules[1]: expected exactly one of the keys "arm", "split", "lane", not none of them',
    ]);
  });

  it("has header names that cannot be", () => {
    const names = ["", "x canary", "X-Canary", ":path", "host", "content-length", "transfer-encoding", "x\\r\\ny"];
    for (let i = 0; i < names.length; i++) {
      parse(`{"decision_header":"${names[i]}","rules":[]}`);
      expect<i32>(problems.length).toBe(1, names[i]);
      expect<bool>(problems[0].startsWith("$.decision_header: expected ")).toBe(true, names[i]);
    }
  });

  it("mixes outcomes, or what belongs to shares", () => {
    expectRuleProblem(
      '"arm":"v2","lane":{}',
      '$.rules[0]: expected exactly one of the keys "arm", "split", "lane", not 2 of them',
    );
    expectRuleProblem('"arm":"v2","salt":"s"', '$.rules[0].salt: expected together with "percent" or "split" only');
    expectRuleProblem(
      '"arm":"v2","percent":5,"key":{"header":"x-id"}',
      '$.rules[0]: expected the key "salt", which is missing',
    );
    expectRuleProblem('"arm":"v2","percent":5,"salt":"s"', '$.rules[0]: expected the key "key", which is missing');
    expectRuleProblem(
      `"split":[{"arm":"v2","percent":5}],"percent":5,${SHARE}`,
      '$.rules[0].percent: expected in each part of "split" instead',
    );
  });

  it("names two rules alike", () => {
    expectProblems('{"rules":[{"name":"r","arm":"v2"},{"name":"r","arm":"v2"}]}', [
      '$.rules[1].name: "r" is the name of an earlier rule too',
    ]);
  });

  it("says more of arms than there is", () => {
    expectProblems(
      `{"default":"v1","rules":[],"arms":[{"name":"v2"},{"name":"v1","value":"a,b"},{"name":"v1"},{"value":"x"}]}`,
      [
        "$.arms[0].name: expected an arm that a rule or the default gives",
        "$.arms[1].value: expected no comma",
        '$.arms[2].name: "v1" is the name of an earlier arm too',
        '$.arms[3]: expected the key "name", which is missing',
      ],
    );
  });

  it("gives two arms one value", () => {
    expectProblems('{"default":"v1","rules":[{"name":"r","arm":"v2"}],"arms":[{"name":"v2","value":"v1"}]}', [
      "$.arms[0].value: expected another value than that of the arm v1",
    ]);
    const both = '[{"name":"v2","value":"x"},{"name":"v1","value":"x"}]';
    expectProblems(`{"default":"v1","rules":[{"name":"r","arm":"v2"}],"arms":${both}}`, [
      "$.arms[1].value: expected another value than that of the arm v2",
    ]);
  });

  it("has too many rules", () => {
    let rules = "0";
    for (let i = 0; i < 64; i++) rules += ",0";
    expectProblems(`{"rules":[${rules}]}`, ["$.rules: expected at most 64 elements, not 65"]);
  });
});
