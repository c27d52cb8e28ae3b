import { Utf8 } from "../../../../assembly/core/bytes";
import { ConfigNode, Problems } from "../../../../assembly/core/config-reader";
import { parseJsonText } from "../../../../assembly/core/json";
import { BaggageConfig, readBaggageConfig } from "../../../../plugins/trace/baggage/config";

let problems = new Problems();

function read(json: string): BaggageConfig {
  problems = new Problems();
  return readBaggageConfig(ConfigNode.root(parseJsonText(json), problems)!);
}

function expectProblems(json: string, expected: string[]): void {
  read(json);
  expect<string>(problems.list.join("\n")).toBe(expected.join("\n"));
}

describe("readBaggageConfig", () => {
  it("applies the defaults, also without the key", () => {
    const texts = ["{}", '{"baggage": {}}'];
    for (let i = 0; i < texts.length; i++) {
      const config = read(texts[i]);
      expect<bool>(problems.ok).toBe(true);
      expect<i32>(config.maxMembers).toBe(64);
      expect<i32>(config.maxBytes).toBe(8192);
      expect<i32>(config.maxMemberBytes).toBe(8192);
      expect<bool>(config.hasLists).toBe(false);
      expect<bool>(config.allows(new Utf8("a"), true)).toBe(true);
      expect<bool>(config.allows(new Utf8("a"), false)).toBe(false);
    }
  });

  it("reads every key", () => {
    const config = read(
      '{"baggage": {"allow": ["User.*", "a*b"], "deny": ["user.x"], "max_members": 256, "max_bytes": 65536, "max_member_bytes": 1}}',
    );
    expect<string>(problems.list.join()).toBe("");
    expect<i32>(config.maxMembers).toBe(256);
    expect<i32>(config.maxBytes).toBe(65536);
    expect<i32>(config.maxMemberBytes).toBe(1);
    expect<bool>(config.hasLists).toBe(true);
    expect<bool>(config.allows(new Utf8("user.id"), false)).toBe(true);
    expect<bool>(config.allows(new Utf8("user.X"), true)).toBe(false);
    expect<bool>(config.allows(new Utf8("a*b"), true)).toBe(true);
    expect<bool>(config.allows(new Utf8("aab"), true)).toBe(false);
  });

  it("reports every problem with its path", () => {
    expectProblems('{"baggage": []}', ["$.baggage: expected an object, not an array"]);
    expectProblems(
      '{"baggage": {"alow": 1, "allow": ["a b", "", "c", "c"], "deny": "x", "max_members": 257, "max_bytes": 0, "max_member_bytes": 65537}}',
      [
        '$.baggage.alow: unknown key; did you mean "allow"?',
        "$.baggage.allow[0]: expected a name of letters, digits and !#$%&'*+-.^_`|~, or how names begin and a * behind",
        "$.baggage.allow[1]: expected 1 to 128 characters, not 0",
        '$.baggage.allow[3]: "c" is an earlier name too',
        "$.baggage.deny: expected an array, not a string",
        "$.baggage.max_members: expected a whole number from 1 to 256, not 257",
        "$.baggage.max_bytes: expected a whole number from 1 to 65536, not 0",
        "$.baggage.max_member_bytes: expected a whole number from 1 to 65536, not 65537",
      ],
    );
  });
});
