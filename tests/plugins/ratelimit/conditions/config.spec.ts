import { ConfigNode, Problems } from "../../../../assembly/core/config-reader";
import { parseJsonText } from "../../../../assembly/core/json";
import { ConditionConfig, DEFAULT_RAMP } from "../../../../plugins/ratelimit/conditions/condition";
import { readConditions } from "../../../../plugins/ratelimit/conditions/config";
import { SignalTable } from "../../../../plugins/ratelimit/conditions/signals";

const WHEN = '"when": "latency.p99 > 200ms"';
const THEN = '"then": {"percent": 50}';
const SECOND: i64 = 1_000_000_000;

const lastProblems: string[] = [];

/** Reads `conditions`, the inside of the array. */
function read(conditions: string): ConditionConfig[] {
  const problems = new Problems();
  const root = ConfigNode.root(parseJsonText(`{"conditions": [${conditions}]}`), problems)!;
  const configs = readConditions(root, new SignalTable());
  lastProblems.length = 0;
  for (let i = 0; i < problems.list.length; i++) lastProblems.push(problems.list[i]);
  return configs;
}

function problemsOf(conditions: string): string {
  read(conditions);
  return lastProblems.join("\n");
}

/** The problems of a condition `c` with these further members. */
function problemsWith(members: string): string {
  return problemsOf(`{"name": "c", ${members}}`);
}

describe("readConditions", () => {
  it("applies the defaults", () => {
    const condition = read(`{"name": "slow", ${WHEN}, ${THEN}}`)[0];
    expect(lastProblems.length).toBe(0);
    expect(condition.name).toBe("slow");
    expect(condition.until == null).toBe(true);
    expect(condition.forNs).toBe(0);
    expect(condition.holdNs).toBe(10 * SECOND);
    expect(condition.rampNs).toBe(DEFAULT_RAMP);
    expect(condition.percent).toBe(50);
    expect(condition.quota == null).toBe(true);
  });

  it("reads every key", () => {
    const conditions = read(`{"name": "slow", "when": "rps > 5", "until": "rps < 2", "for": "3s", "hold": "1m",
      "ramp": "500ms", "then": {"quota": {"requests": 3, "per": "minute"}}}, {"name": "c", ${WHEN}, ${THEN}}`);
    expect(lastProblems.length).toBe(0);
    expect(conditions.length).toBe(2);
    const condition = conditions[0];
    expect(condition.until != null).toBe(true);
    expect(condition.forNs).toBe(3 * SECOND);
    expect(condition.holdNs).toBe(60 * SECOND);
    expect(condition.rampNs).toBe(SECOND / 2);
    expect(condition.quota!.requests).toBe(3);
    expect(condition.quota!.periodSeconds).toBe(60);
  });

  it("refuses, each at its path", () => {
    expect(problemsWith(`"when": "latency.p99 > 5%", ${THEN}`)).toBe(
      "$.conditions[0].when: character 15: expected a duration such as 200ms, not a ratio",
    );
    expect(problemsWith(`${WHEN}, "until": "latency.p99 <", ${THEN}`)).toBe(
      "$.conditions[0].until: character 14: expected a signal or a number, not the end",
    );
    expect(problemsWith(`${WHEN}`)).toBe('$.conditions[0]: expected the key "then", which is missing');
    expect(problemsWith(`${THEN}`)).toBe('$.conditions[0]: expected the key "when", which is missing');
    expect(problemsWith(`${WHEN}, ${THEN}, "whilst": 1`).includes(".whilst: unknown key")).toBe(true);
    expect(problemsWith(`${WHEN}, "then": {}`).includes(".then: expected exactly one of the keys")).toBe(true);
    expect(problemsWith(`${WHEN}, "then": {"percent": 0}`)).toBe(
      "$.conditions[0].then.percent: expected a number from 1.0 to 1000.0, not 0",
    );
    expect(
      problemsWith(`${WHEN}, "then": {"quota": {"requests": 0, "per": "day"}}`).includes(".then.quota.requests: "),
    ).toBe(true);
    expect(problemsOf(`{"name": "c", ${WHEN}, ${THEN}}, {"name": "c", ${WHEN}, ${THEN}}`)).toBe(
      '$.conditions[1].name: "c" is the name of an earlier condition too',
    );
    expect(problemsOf(`{"name": "C", ${WHEN}, ${THEN}}`).includes("[0].name: expected a letter")).toBe(true);
    expect(problemsOf("").includes("expected 1 to 8 elements")).toBe(true);
    expect(problemsOf("1").includes("$.conditions[0]: expected an object")).toBe(true);
  });

  it("refuses durations that are none, or out of range", () => {
    const wrong = ['"3"', '"s"', "3", '"-1s"', '"1.5s"', '"3 s"', '"25h"', '"1000000s"', '""', "null", '"1d"'];
    for (let i = 0; i < wrong.length; i++) {
      const problem = problemsWith(`${WHEN}, ${THEN}, "hold": ${wrong[i]}`);
      expect(problem.startsWith("$.conditions[0].hold: expected a duration from 0s to 24h")).toBe(true, problem);
    }
    expect(problemsWith(`${WHEN}, ${THEN}, "hold": "0s", "for": "86400s", "ramp": "24h"`)).toBe("");
  });

  it("refuses expressions of over 512 characters", () => {
    const problem = problemsWith(`"when": "${" ".repeat(501)}rps > 100000", ${THEN}`);
    expect(problem).toBe("$.conditions[0].when: expected 1 to 512 characters, not 513");
  });
});
