import { ConfigNode, Problems } from "../../../../assembly/core/config-reader";
import { parseJsonText } from "../../../../assembly/core/json";
import { JoinConfig, JoinMode, readJoin } from "../../../../plugins/trace/join/config";

let problems: string = "";

function read(json: string): JoinConfig {
  const into = new Problems();
  const join = readJoin(ConfigNode.root(parseJsonText(json), into)!);
  problems = into.list.join("\n");
  return join;
}

function expectProblem(json: string, problem: string): void {
  read(json);
  expect(problems).toBe(problem, json);
}

const GROUP = '"mode": "inbound", "group": "shop"';

describe("join", () => {
  it("applies the defaults", () => {
    const join = read(`{${GROUP}}`);
    expect(problems).toBe("");
    expect<JoinMode>(join.mode).toBe(JoinMode.Inbound);
    expect(join.by.join()).toBe("x-request-id");
    expect(join.group).toBe("shop");
    expect(join.ttlNs).toBe(60_000_000_000);
    expect(join.entries).toBe(4096);
  });

  it("reads every key", () => {
    const join = read(
      '{"mode": "outbound", "by": ["x-session", "authorization"], "group": "a_b-9", "ttl": "500s", "entries": 262144}',
    );
    expect(problems).toBe("");
    expect<JoinMode>(join.mode).toBe(JoinMode.Outbound);
    expect(join.by.join()).toBe("x-session,authorization");
    expect(join.group).toBe("a_b-9");
    expect(join.ttlNs).toBe(500_000_000_000);
    expect(join.entries).toBe(262_144);
  });

  it("needs a mode and a group", () => {
    expectProblem('{"group": "shop"}', '$: expected the key "mode", which is missing');
    expectProblem('{"mode": "inbound"}', '$: expected the key "group", which is missing');
    expectProblem('{"mode": "edge", "group": "g"}', '$.mode: expected one of "inbound", "outbound", not "edge"');
    const rule = "expected a letter or digit, then up to 62 of a-z, 0-9, _ and -";
    const groups = ["Shop", "-a", "a.b", "a/b", "a".repeat(64)];
    for (let i = 0; i < groups.length; i++) {
      expectProblem(`{"mode": "inbound", "group": "${groups[i]}"}`, `$.group: ${rule}`);
    }
    expectProblem('{"mode": "inbound", "group": ""}', "$.group: expected at least 1 characters, not 0");
  });

  it("takes 1s to 1h, and 16 to 262144 entries", () => {
    const good = ['"ttl": "1s"', '"ttl": "1h"', '"ttl": "1500ms"', '"entries": 16'];
    for (let i = 0; i < good.length; i++) expectProblem(`{${GROUP}, ${good[i]}}`, "");
    const ttls = ["0s", "999ms", "61m", "1d", ""];
    for (let i = 0; i < ttls.length; i++) {
      const rule = "expected a duration from 1s to 1h, a whole number and us, ms, s, m or h";
      expectProblem(`{${GROUP}, "ttl": "${ttls[i]}"}`, `$.ttl: ${rule}, not "${ttls[i]}"`);
    }
    const entries = ["15", "262145", "16.5", "-1", "1e300"];
    for (let i = 0; i < entries.length; i++) {
      const problem = `$.entries: expected a whole number from 16 to 262144, not ${entries[i]}`;
      expectProblem(`{${GROUP}, "entries": ${entries[i]}}`, problem);
    }
  });

  it("takes 1 to 4 different headers", () => {
    expectProblem(`{${GROUP}, "by": []}`, "$.by: expected 1 to 4 elements, not 0");
    expectProblem(`{${GROUP}, "by": ["a", "b", "c", "d", "e"]}`, "$.by: expected 1 to 4 elements, not 5");
    expectProblem(`{${GROUP}, "by": ["a", "b", "a"]}`, '$.by[2]: "a" is an earlier header too');
    expectProblem(`{${GROUP}, "by": ["a", 7]}`, "$.by[1]: expected a string, not a number");
    expectProblem(`{${GROUP}, "by": ["X-Request-Id"]}`, "$.by[0]: expected a header name in lower case");
    const pseudo = "expected an ordinary header name; pseudo-headers such as :path are not allowed";
    expectProblem(`{${GROUP}, "by": [":path"]}`, `$.by[0]: ${pseudo}`);
  });

  it("joins by no header of trace context", () => {
    const names = ["traceparent", "tracestate", "baggage", "b3", "x-b3-traceid", "uber-trace-id", "uberctx-user"];
    names.push("x-amzn-trace-id");
    names.push("x-datadog-trace-id");
    names.push("x-cloud-trace-context");
    names.push("sw8");
    for (let i = 0; i < names.length; i++) {
      expectProblem(`{${GROUP}, "by": ["${names[i]}"]}`, "$.by[0]: expected a header that is no trace context itself");
    }
    expectProblem(`{${GROUP}, "by": ["x-trace-id", "b3-like"]}`, "");
  });

  it("refuses other keys", () => {
    expectProblem(`{${GROUP}, "tll": "5s"}`, '$.tll: unknown key; did you mean "ttl"?');
  });
});
