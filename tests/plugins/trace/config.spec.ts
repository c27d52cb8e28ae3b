import { ConfigNode, Problems } from "../../../assembly/core/config-reader";
import { parseJsonText } from "../../../assembly/core/json";
import { parseConfig, TraceConfig } from "../../../plugins/trace/config";
import { Span, Trust } from "../../../plugins/trace/propagation/config";

let problems = new Problems();

function parse(json: string): TraceConfig {
  problems = new Problems();
  return parseConfig(ConfigNode.root(parseJsonText(json), problems));
}

function expectProblems(json: string, expected: string[]): void {
  parse(json);
  expect<string>(problems.list.join("\n")).toBe(expected.join("\n"));
}

describe("parseConfig", () => {
  it("applies the defaults", () => {
    const config = parse("{}").propagation;
    expect<bool>(problems.ok).toBe(true);
    expect<Trust>(config.trust).toBe(Trust.None);
    expect<bool>(config.start).toBe(true);
    expect<string>(config.extract.join()).toBe("tracecontext,baggage");
    expect<string>(config.inject.join()).toBe("tracecontext,baggage");
    expect<Span>(config.span).toBe(Span.Pass);
    expect<bool>(parse("{}").join == null && parse("{}").spans == null).toBe(true);
  });

  it("trusts nobody unless told to", () => {
    expect<bool>(parse("{}").propagation.isTrustTold).toBe(false);
    expect<Trust>(parseConfig(null).propagation.trust).toBe(Trust.None);
    expect<Trust>(parse('{"trust":"full"}').propagation.trust).toBe(Trust.Full);
    expect<bool>(parse('{"trust":"none"}').propagation.isTrustTold).toBe(true);
    expect<Trust>(parse('{"trust":"sampled-only"}').propagation.trust).toBe(Trust.SampledOnly);
  });

  it("reads how contexts are carried on", () => {
    const json = '{"start":false,"extract":["b3","skywalking"],"inject":["xray"],"span":"new","tracestate_key":"a@b"}';
    const config = parse(json).propagation;
    expect<string>(problems.list.join()).toBe("");
    expect<bool>(config.start).toBe(false);
    expect<string>(config.extract.join()).toBe("b3,skywalking");
    expect<string>(config.inject.join()).toBe("xray");
    expect<Span>(config.span).toBe(Span.New);
    expect<string>(config.tracestateKey).toBe("a@b");
  });

  it("reads what people are told", () => {
    const config = parse('{"access_log":true,"response":{"trace_id":"x-trace-id","traceresponse":true}}').telling;
    expect<string>(problems.list.join()).toBe("");
    expect<bool>(config.accessLog).toBe(true);
    expect<string>(config.traceIdHeader).toBe("x-trace-id");
    expect<bool>(config.traceresponse && !config.serverTiming && config.needsResponse).toBe(true);
    expect<bool>(parse('{"response":{}}').telling.needsResponse).toBe(false);
  });

  it("reports every problem with its path", () => {
    const words = '"tracecontext", "b3", "b3multi", "jaeger", "xray", "datadog", "google"';
    expectProblems('{"trust":"some","start":"yes","trusted":true,"extract":["b4","b3","b3"],"inject":["skywalking"]}', [
      '$.trusted: unknown key; did you mean "trust"?',
      '$.trust: expected one of "full", "sampled-only", "none", not "some"',
      "$.start: expected a boolean, not a string",
      `$.extract[0]: expected one of ${words}, "skywalking", "baggage", not "b4"; did you mean "b3"?`,
      '$.extract[2]: "b3" stands here twice',
      `$.inject[0]: expected one of ${words}, "baggage", not "skywalking"`,
    ]);
    expectProblems('{"span":"new","tracestate_key":"ot"}', [
      '$.tracestate_key: expected another key than "ot", which is OpenTelemetry\'s',
    ]);
    expectProblems('{"tracestate_key":"acme"}', ['$.tracestate_key: expected together with "span": "new" only']);
    expectProblems('{"span":"new","tracestate_key":"Acme"}', [
      "$.tracestate_key: expected a key of tracestate: a-z, 0-9 and _-*/@, beginning with a letter or digit",
    ]);
    expectProblems('{"response":{"trace_id":"X","traceid":1}}', [
      '$.response.traceid: unknown key; did you mean "trace_id"?',
      "$.response.trace_id: expected a header name in lower case",
    ]);
    expectProblems('{"response":{"trace_id":"set-cookie"}}', [
      "$.response.trace_id: expected another header than set-cookie",
    ]);
    expectProblems('{"spans":{"cluster":"c","authority":"a","service_name":"s"}}', [
      '$.spans: expected together with "span": "new" only',
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
