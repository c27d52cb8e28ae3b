import { ConfigNode, Problems } from "../../../assembly/core/config-reader";
import { parseJsonText } from "../../../assembly/core/json";
import { CounterConfig, parseConfig } from "../../../plugins/my-plugin/config";

let problems: string = "";

function parse(json: string): CounterConfig {
  const found = new Problems();
  const config = parseConfig(ConfigNode.root(parseJsonText(json), found));
  problems = found.list.join("\n");
  return config;
}

function expectProblem(json: string, problem: string): void {
  parse(json);
  expect<string>(problems).toBe(problem);
}

describe("the configuration", () => {
  it("may be empty", () => {
    const config = parse("{}");
    expect<string>(problems).toBe("");
    expect<string>(config.header).toBe("x-served");
    expect<u32>(config.everyMs).toBe(1000);
    expect<string>(parseConfig(null).header).toBe("x-served");
  });

  it("names the header and a time", () => {
    const config = parse('{"header":"x-total","every_ms":60000}');
    expect<string>(problems).toBe("");
    expect<string>(config.header).toBe("x-total");
    expect<u32>(config.everyMs).toBe(60000);
  });

  it("is refused with every problem at its path", () => {
    expectProblem(
      '{"every":1,"header":"x y","every_ms":99}',
      '$.every: unknown key; expected "header", "every_ms"\n' +
        "$.header: expected a header name of letters, digits and !#$%&'*+-.^_`|~ only\n" +
        "$.every_ms: expected a whole number from 100 to 60000, not 99",
    );
  });

  it("is refused for other types", () => {
    expectProblem('{"header":1}', "$.header: expected a string, not a number");
    expectProblem('{"every_ms":1.5e2}', "");
    expectProblem('{"every_ms":100.5}', "$.every_ms: expected a whole number from 100 to 60000, not 100.5");
  });
});
