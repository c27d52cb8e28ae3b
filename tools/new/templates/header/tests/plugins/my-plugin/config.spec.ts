import { ConfigNode, Problems } from "../../../assembly/core/config-reader";
import { parseJsonText } from "../../../assembly/core/json";
import { HeaderConfig, parseConfig } from "../../../plugins/my-plugin/config";
import { Existing } from "../../../plugins/my-plugin/policy";

let problems: string = "";

function parse(json: string): HeaderConfig {
  const found = new Problems();
  const root = ConfigNode.root(parseJsonText(json), found);
  const config = root != null ? parseConfig(root) : new HeaderConfig();
  problems = found.list.join("\n");
  return config;
}

function expectProblem(json: string, problem: string): void {
  parse(json);
  expect<string>(problems).toBe(problem);
}

describe("the configuration", () => {
  it("has a header and its value, which replaces another", () => {
    const config = parse('{"header":"x-hello","value":"world"}');
    expect<string>(problems).toBe("");
    expect<string>(config.header).toBe("x-hello");
    expect<string>(config.value).toBe("world");
    expect<Existing>(config.existing).toBe(Existing.Replace);
  });

  it("says what becomes of a header that is there", () => {
    expect<Existing>(parse('{"header":"a","value":"b","existing":"keep"}').existing).toBe(Existing.Keep);
    expect<Existing>(parse('{"header":"a","value":"b","existing":"add"}').existing).toBe(Existing.Add);
  });

  it("is refused with every problem at its path", () => {
    parse('{"heade":"x","value":"a\\nb"}');
    expect<string>(problems).toBe(
      '$.heade: unknown key; did you mean "header"?\n' +
        '$: expected the key "header", which is missing\n' +
        "$.value: expected a header value without control characters such as CR, LF and NUL",
    );
  });

  it("is refused for a header that no plugin may write", () => {
    expectProblem('{"header":"X-Hello","value":"v"}', "$.header: expected a header name in lower case");
    expectProblem(
      '{"header":"content-length","value":"1"}',
      "$.header: expected a header that a plugin may write; this one frames the message",
    );
  });

  it("is refused for another type or word", () => {
    expectProblem('{"header":7,"value":"v"}', "$.header: expected a string, not a number");
    expectProblem(
      '{"header":"a","value":"b","existing":"kepp"}',
      '$.existing: expected one of "replace", "keep", "add", not "kepp"; did you mean "keep"?',
    );
  });
});
