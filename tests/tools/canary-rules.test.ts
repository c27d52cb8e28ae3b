import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { canaryFaults } from "../../tools/canary/rules.js";
import type { PolicyDocument } from "../../tools/policy/model.js";

const NOW = Date.parse("2026-11-21T12:00:00Z");

/** Faults as "place code message", the place counted from the configuration. */
function faults(config: Record<string, unknown>, nowMs = NOW): string[] {
  const plugins = [{ name: "trace" }, { name: "canary", config }];
  const policy = { spec: { plugins } } as unknown as PolicyDocument;
  return canaryFaults(policy, nowMs).map(({ path, code, severity, message }) => {
    assert.deepEqual(path.slice(0, 4), ["spec", "plugins", 1, "config"]);
    return `${path.slice(4).join(".")} ${severity ?? "error"} ${code} ${message}`;
  });
}

const user = (test: object): object => ({ header: { name: "x-user", ...test } });

describe("rules that no request reaches", () => {
  const second = { name: "two", match: user({ exact: "ada" }), arm: "v2" };
  const behind = (first: object, more: object = {}): string[] =>
    faults({ default: "v1", ...more, rules: [{ name: "one", ...first }, second] });

  it("are those behind a rule that takes everything", () => {
    const told = ["rules.1 error TG3103 no request reaches this rule: one before it takes every request"];
    const share = { key: { header: "x-user" }, salt: "a" };
    assert.deepEqual(behind({ arm: "v1" }), told);
    assert.deepEqual(behind({ arm: "v1", percent: 100, ...share }), told);
    assert.deepEqual(behind({ split: [{ arm: "v1", percent: 100 }], ...share }), told);
  });

  it("are those whose conditions an earlier rule has taken", () => {
    const told = ["rules.1 error TG3103 no request reaches this rule: one before it takes all that it matches"];
    assert.deepEqual(behind({ match: user({ in: ["ada", "bob"] }), arm: "v1" }), told);
    assert.deepEqual(behind({ match: { any: [user({ exact: "x" }), user({ prefix: "ad" })] }, arm: "v1" }), told);
  });

  it("are not those behind a rule that passes some on", () => {
    const share = { key: { header: "x-user" }, salt: "a" };
    for (const first of [
      { arm: "v1", percent: 99.99, ...share },
      { arm: "v1", percent: { start: "2026-11-21T09:00:00Z", from: 100, step: 1, every: "1h" }, ...share },
      {
        split: [
          { arm: "v1", percent: 50 },
          { arm: "v2", percent: 50 },
        ],
        ...share,
      },
      { arm: "v1", schedule: { end: "2030-01-01T00:00:00Z" } },
      { lane: { from: { header: "x-lane" }, lanes: ["a"] } },
      { match: user({ exact: "bob" }), arm: "v1" },
      { arm: "v1", "a key of the future": 1 },
    ]) {
      assert.deepEqual(behind(first), [], JSON.stringify(first));
    }
  });

  it("are not those behind an arm that may be aborted", () => {
    assert.deepEqual(behind({ arm: "v2" }, { arms: [{ name: "v2", abort: {} }] }), []);
    assert.equal(behind({ arm: "v2" }, { arms: [{ name: "v3", abort: {} }, { name: "v2" }] }).length, 1);
  });
});

describe("schedules", () => {
  const within = (schedule: object, more: object = {}): string[] =>
    faults({ rules: [{ name: "one", schedule, arm: "v2", ...more }] });

  it("that end before they begin are refused", () => {
    const told = ["rules.0.schedule.end error TG3104 the schedule ends before it begins, so the rule never holds"];
    assert.deepEqual(within({ start: "2026-11-22T09:00:00Z", end: "2026-11-22T09:00:00Z" }), told);
    assert.deepEqual(within({ start: "2026-11-22T09:00:00+01:00", end: "2026-11-22T09:00:00+02:00" }), told);
    assert.deepEqual(within({ start: "2026-11-22T09:00:00+02:00", end: "2026-11-22T09:00:00+01:00" }), []);
  });

  it("that are over are doubtful, from their very end on", () => {
    const [told, ...others] = within({ end: "2026-11-21T12:00:00Z" });
    assert.match(told!, /^rules\.0\.schedule\.end warning TG3104 the schedule is over/);
    assert.deepEqual(others, []);
    assert.deepEqual(within({ end: "2026-11-21T12:00:01Z" }), []);
    assert.deepEqual(within({ start: "2020-01-01T00:00:00Z" }), []);
  });

  it("that end before a share begins to grow are refused", () => {
    const end = "2026-12-01T00:00:00Z";
    const late = { start: end, from: 1, step: 1, every: "1h", hold: 50 };
    const told = ["error TG3104 the share begins to grow when the schedule is over"];
    assert.deepEqual(within({ end }, { percent: late }), [`rules.0.percent.start ${told[0]}`]);
    const split = [
      { arm: "v1", percent: 1 },
      { arm: "v2", percent: late },
    ];
    assert.deepEqual(within({ end }, { arm: undefined, split }), [`rules.0.split.1.percent.start ${told[0]}`]);
    assert.deepEqual(within({ end }, { percent: { ...late, start: "2026-11-30T23:59:59Z" } }), []);
  });

  it("whose times are no times are left to the plugin", () => {
    assert.deepEqual(within({ start: "tomorrow", end: "2020-01-01" }), []);
    assert.deepEqual(within({ end: 5 }), []);
  });
});

describe("shares", () => {
  const split = (...parts: [percent: unknown, room?: number][]): string[] =>
    faults({
      rules: [
        { name: "one", split: parts.map(([percent, room]) => ({ arm: "v", percent, ...(room ? { room } : {}) })) },
      ],
    });

  it("of more than 100 percent together are refused", () => {
    assert.deepEqual(split([60], [50]), ["rules.0.split error TG3105 the shares are 110 percent together"]);
    assert.deepEqual(split([33.33], [33.33], [33.35]), [
      "rules.0.split error TG3105 the shares are 100.01 percent together",
    ]);
    assert.deepEqual(split([33.33], [33.33], [33.34]), []);
    assert.deepEqual(split([0.1], [0.2], [99.7]), []);
  });

  it("count as what they may grow to", () => {
    const ramp = { start: "2026-11-21T09:00:00Z", from: 1, step: 1, every: "1h" };
    assert.match(split([ramp], [1])[0]!, /101 percent/);
    assert.deepEqual(split([{ ...ramp, hold: 50 }], [50]), []);
    assert.match(split([10, 60], [10, 30], [11])[0]!, /the shares and their rooms are 101 percent together/);
    assert.deepEqual(split([10, 60], [10, 30], [10]), []);
  });
});

describe("lists", () => {
  const config = (used: string) => ({
    lists: { testers: { ids: [1] }, staff: { ids: [2] } },
    trusted: user({ in_list: "staff" }),
    rules: [{ name: "one", match: { not: { any: [user({ in_list: used })] } }, arm: "v2" }],
  });

  it("that are not defined are refused, with the one that was meant", () => {
    assert.deepEqual(faults(config("testers")), []);
    const told = 'rules.0.match.not.any.0.header.in_list error TG3106 there is no list "tester"';
    assert.deepEqual(faults(config("tester")), [told]);
    assert.match(faults({ rules: [{ match: user({ in_list: "x" }) }] })[0]!, /TG3106 there is no list "x"/);
  });

  it("that no rule uses are doubtful", () => {
    const told = faults(config("staff"));
    assert.deepEqual(told, ["lists.testers warning TG3106 no rule uses the list testers"]);
    assert.match(faults(config("unheard-of"))[1]!, /^lists\.testers warning TG3106/);
  });
});
