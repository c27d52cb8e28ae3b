import { Problems } from "../../../assembly/core/config-reader";
import { parseJsonText } from "../../../assembly/core/json";
import { parseConfig, TraceConfig, Trust } from "../../../plugins/trace/config";

let problems = new Problems();

function parse(json: string): TraceConfig {
  problems = new Problems();
  return parseConfig(parseJsonText(json), problems);
}

function expectProblems(json: string, expected: string[]): void {
  parse(json);
  expect<string>(problems.list.join("\n")).toBe(expected.join("\n"));
}

describe("parseConfig", () => {
  it("applies the defaults", () => {
    const config = parse("{}");
    expect<bool>(problems.ok).toBe(true);
    expect<Trust>(config.trust).toBe(Trust.Full);
    expect<bool>(config.start).toBe(true);
    expect<u64>(config.skipBelow).toBe(0);
    expect<u64>(parse('{"sampling":{}}').skipBelow).toBe(0);
  });

  it("reads every key", () => {
    const config = parse('{"trust":"none","start":false,"sampling":{"percent":12.5}}');
    expect<bool>(problems.ok).toBe(true);
    expect<Trust>(config.trust).toBe(Trust.None);
    expect<bool>(config.start).toBe(false);
    expect<u64>(config.skipBelow).toBe(7 << 53);
  });

  it("takes percents from 0 to 100 and no others", () => {
    const allowed = ["0", "100", "0.001", "1e2", "100.0", "-0"];
    for (let i = 0; i < allowed.length; i++) expectProblems(`{"sampling":{"percent":${allowed[i]}}}`, []);
    const refused = ["-1", "100.5", "1e300", "-0.0001"];
    for (let i = 0; i < refused.length; i++) {
      const shown = `$.sampling.percent: expected a number from 0.0 to 100.0, not ${refused[i]}`;
      expectProblems(`{"sampling":{"percent":${refused[i]}}}`, [shown]);
    }
  });

  it("reports every problem with its path", () => {
    expectProblems('{"trust":"some","start":"yes","sampling":{"percent":"5","ratio":1},"trusted":true}', [
      '$.trusted: unknown key; did you mean "trust"?',
      '$.trust: expected one of "full", "none", not "some"',
      "$.start: expected a boolean, not a string",
      '$.sampling.ratio: unknown key; expected "percent"',
      '$.sampling.percent: expected a number from 0.0 to 100.0, not "5"',
    ]);
  });

  it("refuses what is no object", () => {
    const refused = ["[]", "null", '"full"', "1", "{", ""];
    for (let i = 0; i < refused.length; i++) {
      parse(refused[i]);
      expect<bool>(problems.ok).toBe(false, refused[i]);
      expect<bool>(problems.list[0].startsWith("$")).toBe(true, problems.list[0]);
    }
    parse('{"sampling":5}');
    expect<string>(problems.list[0]).toBe("$.sampling: expected an object, not a number");
  });
});
