import { ConfigNode, Problems } from "../../../../assembly/core/config-reader";
import { parseJsonText } from "../../../../assembly/core/json";
import { readSpans, SpansConfig } from "../../../../plugins/trace/spans/config";
import { SpanKind } from "../../../../plugins/trace/spans/otlp-json";

let problems = new Problems();
const NEEDED: string = '"cluster":"c","authority":"a","service_name":"s"';

function read(json: string): SpansConfig {
  problems = new Problems();
  return readSpans(ConfigNode.root(parseJsonText(json), problems)!);
}

function expectProblems(json: string, expected: string[]): void {
  read(json);
  expect<string>(problems.list.join("\n")).toBe(expected.join("\n"));
}

function expectProblem(member: string, problem: string): void {
  expectProblems(`{${NEEDED},${member}}`, [problem]);
}

describe("readSpans", () => {
  it("needs three keys and applies the defaults", () => {
    const config = read(`{${NEEDED}}`);
    expect<bool>(problems.ok).toBe(true);
    expect<string>(config.path).toBe("/v1/traces");
    expect<i32>(config.maxQueue).toBe(1024);
    expect<i32>(config.maxBatch).toBe(256);
    expect<u32>(config.timeoutMs).toBe(5000);
    expect<i32>(config.headerNames.length + config.attributeNames.length).toBe(0);
    expect<SpanKind>(config.kindFor(false)).toBe(SpanKind.Server);
    expect<SpanKind>(config.kindFor(true)).toBe(SpanKind.Client);
    expectProblems("{}", [
      '$: expected the key "cluster", which is missing',
      '$: expected the key "authority", which is missing',
      '$: expected the key "service_name", which is missing',
    ]);
  });

  it("reads every key", () => {
    const config = read(
      `{"cluster":"otel","authority":"otel:4318","path":"/otlp","service_name":"réviews","kind":"client","max_queue":1,` +
        '"headers":{"x-scope-orgid":"main","authorization":"Basic x"},"resource":{"a.b":"","d":"é"},"max_batch":2048,' +
        '"timeout":"100ms"}',
    );
    expect<bool>(problems.ok).toBe(true);
    expect<string>(config.cluster + config.authority + config.path + config.serviceName).toBe(
      "otelotel:4318/otlpréviews",
    );
    expect<string>(config.headerNames.join() + config.headerValues.join()).toBe(
      "x-scope-orgid,authorizationmain,Basic x",
    );
    expect<string>(config.attributeNames.join("|") + config.attributeValues.join("|")).toBe("a.b|d|é");
    expect<i32>(config.maxQueue).toBe(1);
    expect<i32>(config.maxBatch).toBe(2048);
    expect<u32>(config.timeoutMs).toBe(100);
    expect<SpanKind>(config.kindFor(false)).toBe(SpanKind.Client);
  });

  it("says that a kind is a server's, outbound or not", () => {
    expect<SpanKind>(read(`{${NEEDED},"kind":"server"}`).kindFor(true)).toBe(SpanKind.Server);
  });

  it("refuses what is out of range, each at its path", () => {
    expectProblem('"max_queue":0', "$.max_queue: expected a whole number from 1 to 16384, not 0");
    expectProblem('"max_queue":16385', "$.max_queue: expected a whole number from 1 to 16384, not 16385");
    expectProblem('"max_batch":2049', "$.max_batch: expected a whole number from 1 to 2048, not 2049");
    expectProblem('"path":"v1"', '$.path: expected a path that begins with "/"');
    expectProblem('"path":"/a b"', "$.path: expected visible ASCII characters only, no spaces");
    expectProblem('"kind":"internal"', '$.kind: expected one of "server", "client", not "internal"');
    expectProblem('"batch":1', '$.batch: unknown key; did you mean "path"?');
    const duration = "expected a duration from 100ms to 60s, a whole number and us, ms, s, m or h";
    expectProblem('"timeout":"99ms"', `$.timeout: ${duration}, not "99ms"`);
  });

  it("refuses headers that break the request or are its own", () => {
    expectProblem('"headers":{"A":"b"}', "$.headers.A: expected a header name in lower case");
    const own = "expected another header; the export writes this one itself";
    expectProblem('"headers":{"content-type":"b"}', `$.headers["content-type"]: ${own}`);
    const framing = "expected a header that a plugin may write; this one frames the message";
    expectProblem('"headers":{"content-length":"1"}', `$.headers["content-length"]: ${framing}`);
    const printable = "expected printable ASCII characters, no spaces around them";
    expectProblem('"headers":{"a":"b\\r\\nc: d"}', `$.headers.a: ${printable}`);
    expectProblem('"headers":{"a":" b"}', `$.headers.a: ${printable}`);
    expectProblem('"headers":{"a":1}', "$.headers.a: expected a string, not a number");
  });

  it("refuses attributes without a name, and the service's", () => {
    expectProblem('"resource":{"":"b"}', '$.resource[""]: expected a name of 1 to 256 visible ASCII characters');
    expectProblem(
      '"resource":{"service.name":"b"}',
      '$.resource["service.name"]: expected this name under service_name only',
    );
    expectProblem(`"resource":{"a":"${"x".repeat(1025)}"}`, "$.resource.a: expected at most 1024 characters, not 1025");
  });

  it("counts pairs", () => {
    const pairs: string[] = [];
    for (let i = 0; i < 17; i++) pairs.push(`"h${i}":"v"`);
    expectProblem(`"headers":{${pairs.join()}}`, "$.headers: expected at most 16 keys, not 17");
  });
});
