import { Problems } from "../../../../assembly/core/config-reader";
import { Continued, SamplingConfig, UNLIMITED } from "../../../../plugins/trace/sampling/config";
import { ALWAYS, NEVER, thresholdOf } from "../../../../plugins/trace/sampling/threshold";
import { read } from "./requests";

function good(json: string): SamplingConfig {
  const problems = new Problems();
  const config = read(json, problems);
  expect(problems.list.join("\n")).toBe("");
  return config;
}

function expectProblems(json: string, expected: string[]): void {
  const problems = new Problems();
  read(json, problems);
  expect(problems.list.join("\n")).toBe(expected.join("\n"), json);
}

describe("readSampling", () => {
  it("has defaults that sample all that starts here", () => {
    const config = good("{}");
    expect(config.base.continued).toBe(Continued.Keep);
    expect(config.base.threshold).toBe(ALWAYS);
    expect(config.base.bucket).toBe(UNLIMITED);
    expect(config.rates.length).toBe(0);
    expect(config.writesThreshold).toBe(true);
    expect(config.asksRequests).toBe(false);
  });

  it("reads every key", () => {
    const config = good(`{"continued":"ratio","percent":10,"per_second":0.5,"threshold":false,
      "force":{"header":"x-trace","values":["1","on"]},
      "paths":[{"path":{"prefix":"/healthz"},"percent":0}]}`);
    expect(config.base.continued).toBe(Continued.Ratio);
    expect(config.base.threshold).toBe(thresholdOf(10));
    expect(config.base.bucket).toBe(0);
    expect(config.rates.length).toBe(1);
    expect(config.writesThreshold).toBe(false);
    expect(config.force != null).toBe(true);
    expect(config.paths.length).toBe(1);
    expect(config.names.names.join()).toBe(":path,:method,x-trace");
    expect(good('{"continued":"never"}').base.continued).toBe(Continued.Never);
    expect(good('{"continued":"keep"}').base.continued).toBe(Continued.Keep);
  });

  it("lets paths have what is said for all, unless they say something else", () => {
    const config = good(`{"paths":[
      {"path":{"exact":"/a"},"percent":0},
      {"path":{"exact":"/b"},"per_second":2},
      {"path":{"exact":"/c"},"continued":"keep"}],
      "continued":"never","percent":25,"per_second":9}`);
    const a = config.paths[0];
    const b = config.paths[1];
    const c = config.paths[2];
    expect(a.threshold).toBe(NEVER);
    expect(b.threshold).toBe(thresholdOf(25));
    expect(c.threshold).toBe(thresholdOf(25));
    expect(a.bucket).toBe(0);
    expect(b.bucket).toBe(1);
    expect(c.bucket).toBe(0);
    expect(a.continued).toBe(Continued.Never);
    expect(b.continued).toBe(Continued.Never);
    expect(c.continued).toBe(Continued.Keep);
    expect(config.rates.length).toBe(2);
  });

  it("reports every problem with its path", () => {
    expectProblems('{"percnt":1,"continued":"drop","percent":101,"per_second":0,"threshold":1}', [
      '$.sampling.percnt: unknown key; did you mean "percent"?',
      '$.sampling.continued: expected one of "keep", "never", "ratio", not "drop"',
      "$.sampling.percent: expected a number from 0.0 to 100.0, not 101",
      "$.sampling.per_second: expected a number from 0.01 to 1000000.0, not 0",
      "$.sampling.threshold: expected a boolean, not a number",
    ]);
    expectProblems('{"force":{"values":["1"],"name":"x"}}', [
      '$.sampling.force.name: unknown key; expected "header", "values"',
      '$.sampling.force: expected the key "header", which is missing',
    ]);
    expectProblems('{"force":{"header":"X-Trace","values":[]}}', [
      "$.sampling.force.header: expected a header name in lower case",
      "$.sampling.force.values: expected 1 to 16 elements, not 0",
    ]);
    expectProblems('{"force":{"header":"x","values":[1," a",""]}}', [
      "$.sampling.force.values[0]: expected a string, not a number",
      "$.sampling.force.values[1]: expected a header value without white space around it, which never arrives",
      "$.sampling.force.values[2]: expected 1 to 1024 characters, not 0",
    ]);
    expectProblems('{"paths":[{"path":{"prefix":"/a"}},{"percent":1},{"path":{},"percent":1,"threshold":true},7]}', [
      "$.sampling.paths[3]: expected an object, not a number",
      '$.sampling.paths[0]: expected one of the keys "continued", "percent", "per_second" beside "path"',
      '$.sampling.paths[1]: expected the key "path", which is missing',
      '$.sampling.paths[2].threshold: unknown key; expected "path", "continued", "percent", "per_second"',
      '$.sampling.paths[2].path: expected exactly one of the keys "exact", "prefix", "suffix", "template", not none of them',
    ]);
    expectProblems('{"paths":[]}', ["$.sampling.paths: expected 1 to 64 elements, not 0"]);
    expectProblems("[]", ["$.sampling: expected an object, not an array"]);
  });

  it("takes numbers in their ranges and no others", () => {
    const goodNumbers = ['"percent":0', '"percent":100', '"percent":1e-9', '"per_second":0.01', '"per_second":1e6'];
    for (let i = 0; i < goodNumbers.length; i++) good(`{${goodNumbers[i]}}`);
    const bad = ['"percent":-1', '"percent":100.1', '"percent":"5"', '"per_second":0.009', '"per_second":1000001'];
    for (let i = 0; i < bad.length; i++) {
      const problems = new Problems();
      read(`{${bad[i]}}`, problems);
      expect(problems.list.length).toBe(1, bad[i]);
    }
  });
});
