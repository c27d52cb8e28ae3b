import { ConfigNode, Problems } from "../../../assembly/core/config-reader";
import { parseJsonText } from "../../../assembly/core/json";
import { AskConfig, parseConfig } from "../../../plugins/my-plugin/config";

let problems: string = "";

function parse(json: string): AskConfig {
  const found = new Problems();
  const root = ConfigNode.root(parseJsonText(json), found);
  const config = root != null ? parseConfig(root) : new AskConfig();
  problems = found.list.join("\n");
  return config;
}

function expectProblem(json: string, problem: string): void {
  parse(json);
  expect<string>(problems).toBe(problem);
}

describe("the configuration", () => {
  it("has a cluster, and defaults for all else", () => {
    const config = parse('{"cluster":"checker"}');
    expect<string>(problems).toBe("");
    expect<string>(config.cluster).toBe("checker");
    expect<string>(config.authority).toBe("checker");
    expect<u32>(config.timeoutMs).toBe(200);
    expect<string>(config.forward.join()).toBe("authorization");
    expect<bool>(config.failOpen).toBe(true);
  });

  it("says all of it", () => {
    const config = parse(
      '{"cluster":"c","authority":"a","timeout_ms":50,"forward":["cookie","x-user"],"on_failure":"reject"}',
    );
    expect<string>(problems).toBe("");
    expect<string>(config.authority).toBe("a");
    expect<u32>(config.timeoutMs).toBe(50);
    expect<string>(config.forward.join()).toBe("cookie,x-user");
    expect<bool>(config.failOpen).toBe(false);
  });

  it("is refused with every problem at its path", () => {
    expectProblem(
      '{"timeout_m":1,"timeout_ms":0,"forward":["a","A",7,"a"],"on_failure":"deny"}',
      '$.timeout_m: unknown key; did you mean "timeout_ms"?\n' +
        '$: expected the key "cluster", which is missing\n' +
        "$.timeout_ms: expected a whole number from 1 to 60000, not 0\n" +
        "$.forward[1]: expected a header name in lower case\n" +
        "$.forward[2]: expected a string, not a number\n" +
        "$.forward[3]: expected another header than those before\n" +
        '$.on_failure: expected one of "allow", "reject", not "deny"',
    );
  });

  it("is refused for an authority that is no header value", () => {
    const problem = "expected a header value without control characters such as CR, LF and NUL";
    expectProblem('{"cluster":"c","authority":"a\\nb"}', "$.authority: " + problem);
    expectProblem('{"cluster":"c\\n"}', "$.cluster: " + problem);
  });
});
