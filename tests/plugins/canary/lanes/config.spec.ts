import { Utf8 } from "../../../../assembly/core/bytes";
import { ConfigNode, Problems } from "../../../../assembly/core/config-reader";
import { parseJson } from "../../../../assembly/core/json";
import { HeaderNames } from "../../../../assembly/request/facts";
import { readLane } from "../../../../plugins/canary/lanes/config";
import { LaneChoice } from "../../../../plugins/canary/lanes/lanes";
import { Propagation, PropagationMode } from "../../../../plugins/canary/lanes/propagation";
import { readPropagation } from "../../../../plugins/canary/lanes/propagation-config";
import { MemoryRequest } from "../../../assembly/request/memory-request";

let problems: string = "";
let arms: string[] = [];
let names: HeaderNames = new HeaderNames();

function rootOf(json: string, into: Problems): ConfigNode {
  return ConfigNode.root(parseJson(new Utf8(json)), into)!;
}

function lane(json: string): LaneChoice | null {
  const into = new Problems();
  arms = ["v1"];
  names = new HeaderNames();
  const choice = readLane(rootOf(json, into), names, arms, 1, 2);
  problems = into.list.join("\n");
  return choice;
}

function propagation(json: string): Propagation {
  const into = new Problems();
  const read = readPropagation(rootOf(json, into), "x-canary");
  problems = into.list.join("\n");
  return read;
}

const FROM = '"from": {"header": "x-lane"}';
const LANES = '"lanes": ["team.a", "team"]';

function expectLaneProblem(json: string, problem: string): void {
  lane(json);
  expect(problems).toBe(problem);
}

function expectPropagationProblem(json: string, problem: string): void {
  propagation(json);
  expect(problems).toBe(problem);
}

function usersFrom(from: i32, to: i32): string {
  let ids = from.toString();
  for (let i = from + 1; i < to; i++) ids += `,${i}`;
  return `{"ids": [${ids}], "lane": "team"}`;
}

describe("a rule's lanes", () => {
  it("are arms", () => {
    const choice = lane(`{${FROM}, ${LANES}}`)!;
    expect(problems).toBe("");
    expect(arms.join()).toBe("v1,team.a,team");
    const request = new MemoryRequest(names).with("x-lane", "team.a.b");
    request.begin();
    expect(choice.pick(request)).toBe(1);
    request.with("x-lane", "team.c").begin();
    expect(choice.pick(request)).toBe(2);
  });

  it("may be an arm that there is already", () => {
    lane(`{${FROM}, "lanes": ["x", "v1"]}`);
    expect(problems + arms.join()).toBe("v1,x");
  });

  it("have users", () => {
    const users = '"users": [{"ids": ["42", 43, "al ice"], "lane": "team.a"}, {"ids": ["7"], "lane": "team.z.y"}]';
    const choice = lane(`{"from": {"cookie": "uid"}, ${LANES}, ${users}}`)!;
    expect(problems).toBe("");
    const request = new MemoryRequest(names);
    const ids = ["42", "43", "al%20ice", "7", "8"];
    const expected = ["team.a", "team.a", "team.a", "team.z.y", ""];
    for (let i = 0; i < ids.length; i++) {
      request.with("cookie", `uid=${ids[i]}`).begin();
      choice.pick(request);
      expect(choice.label.toString()).toBe(expected[i], ids[i]);
    }
  });

  it("need a source and lanes", () => {
    expectLaneProblem(
      "{}",
      '$: expected the key "from", which is missing\n$: expected the key "lanes", which is missing',
    );
    expectLaneProblem(`{${FROM}, "lanes": []}`, "$.lanes: expected 1 to 1000 elements, not 0");
    const unknown = '$.lane: unknown key; did you mean "lanes"?';
    expectLaneProblem(`{${FROM}, ${LANES}, "lane": 1}`, unknown);
  });

  it("have names of arms, each once", () => {
    const alphabet = "expected a letter or digit, then up to 62 of a-z, A-Z, 0-9, ., _ and -";
    const whole = 'expected a component on both sides of each "."';
    expectLaneProblem(
      `{${FROM}, "lanes": ["a b", ".a", "a.", "a..b", "a", "a", 7]}`,
      `$.lanes[0]: ${alphabet}\n$.lanes[1]: ${alphabet}\n$.lanes[2]: ${whole}\n$.lanes[3]: ${whole}\n` +
        '$.lanes[5]: "a" is an earlier lane too\n$.lanes[6]: expected a string, not a number',
    );
    lane(`{${FROM}, "lanes": ["a."], "separator": "-"}`);
    expect(problems).toBe("");
    const separator = '$.separator: expected one of ".", "-", "_", not "::"';
    expectLaneProblem(`{${FROM}, ${LANES}, "separator": "::"}`, separator);
  });

  it("never show a user's id in a problem", () => {
    const bad =
      '"users": [{"ids": ["secret", "secret", "sec\\nret", "", true, 1.5, -1], "lane": "nowhere"}, {"who": 1}]';
    expectLaneProblem(
      `{${FROM}, ${LANES}, ${bad}}`,
      "$.users[0].lane: expected a lane of lanes, or a name that leads to one by dropping its last components\n" +
        "$.users[0].ids[1]: expected another id than the earlier ones, which have their lanes\n" +
        "$.users[0].ids[2]: expected a header value without control characters such as CR, LF and NUL\n" +
        "$.users[0].ids[3]: expected an id of 1 to 256 bytes\n" +
        "$.users[0].ids[4]: expected an id, a text or a whole number\n" +
        "$.users[0].ids[5]: expected an id, a text or a whole number\n" +
        "$.users[0].ids[6]: expected an id, a text or a whole number\n" +
        '$.users[1].who: unknown key; expected "ids", "lane"\n' +
        '$.users[1]: expected the key "lane", which is missing\n' +
        '$.users[1]: expected the key "ids", which is missing',
    );
  });

  it("have at most 10,000 users in all", () => {
    const first = usersFrom(0, 5000);
    const other = usersFrom(5000, 10_000);
    lane(`{${FROM}, ${LANES}, "users": [${first}, ${other}]}`);
    expect(problems).toBe("");
    const more = '{"ids": ["x"], "lane": "team"}';
    const problem = "$.users[2].ids: expected at most 10000 ids in all";
    expectLaneProblem(`{${FROM}, ${LANES}, "users": [${first}, ${other}, ${more}]}`, problem);
  });
});

describe("lane_propagation", () => {
  it("has defaults", () => {
    const read = propagation('{"mode": "inbound", "group": "shop"}');
    expect(problems).toBe("");
    expect(read.header).toBe("x-lane");
    expect(read.mode).toBe(PropagationMode.Inbound);
    expect(read.by.join()).toBe("traceparent,x-request-id");
    expect(read.group).toBe("shop");
    expect(read.ttlNs).toBe(60_000_000_000);
  });

  it("reads all keys", () => {
    const by = '["x-b3-traceid"]';
    const read = propagation(`{"header": "x-env", "mode": "outbound", "group": "a", "by": ${by}, "ttl": "5m"}`);
    expect(problems).toBe("");
    expect(read.header).toBe("x-env");
    expect(read.mode).toBe(PropagationMode.Outbound);
    expect(read.by.join()).toBe("x-b3-traceid");
    expect(read.ttlNs).toBe(300_000_000_000);
  });

  it("remembers nothing at the edge", () => {
    const read = propagation('{"mode": "edge"}');
    expect(problems).toBe("");
    expect(read.mode).toBe(PropagationMode.Edge);
    const only = 'expected together with the modes "inbound" and "outbound" only';
    expectPropagationProblem(
      '{"mode": "edge", "by": [], "group": "g", "ttl": "1s"}',
      `$.by: ${only}\n$.group: ${only}\n$.ttl: ${only}`,
    );
  });

  it("is refused with every problem", () => {
    expectPropagationProblem("{}", '$: expected the key "mode", which is missing');
    expectPropagationProblem('{"mode": "inbound"}', '$: expected the key "group", which is missing');
    expectPropagationProblem(
      '{"mode": "both", "header": "x-canary", "ttl": "1s"}',
      "$.header: expected another header than decision_header, which is set anew at each hop\n" +
        '$.mode: expected one of "edge", "inbound", "outbound", not "both"',
    );
    expectPropagationProblem(
      '{"mode": "inbound", "header": "X", "group": "A", "ttl": "2h", "by": ["a", "a", "x y", ":path"]}',
      "$.header: expected a header name in lower case\n" +
        '$.by[1]: "a" is an earlier header too\n' +
        "$.by[2]: expected a header name of letters, digits and !#$%&'*+-.^_`|~ only\n" +
        "$.by[3]: expected an ordinary header name; pseudo-headers such as :path are not allowed\n" +
        "$.group: expected a letter or digit, then up to 62 of a-z, 0-9, _ and -\n" +
        '$.ttl: expected a duration from 1s to 1h, a whole number and us, ms, s, m or h, not "2h"',
    );
    expectPropagationProblem(
      '{"mode": "inbound", "group": "g", "by": ["x-lane"]}',
      "$.by[0]: expected another header than the label's own",
    );
    expectPropagationProblem('{"mode": "inbound", "group": "g", "by": []}', "$.by: expected 1 to 4 elements, not 0");
  });
});
