import { ConfigNode, Problems } from "../../../../assembly/core/config-reader";
import { parseJsonText } from "../../../../assembly/core/json";
import { readRollout, RolloutConfig } from "../../../../assembly/plugin/rollout/config";

let problems: Problems = new Problems();

function read(json: string): RolloutConfig {
  problems = new Problems();
  return readRollout(ConfigNode.root(parseJsonText(json), problems)!);
}

/** The one problem of a rollout. */
function problemOf(json: string): string {
  read(json);
  return problems.list.join("\n");
}

describe("readRollout", () => {
  it("needs a share, a salt and the stable configuration", () => {
    const config = read('{"percent": 12.34, "salt": "2026-11-limits", "stable": {}}');
    expect(problems.list.join()).toBe("");
    expect(config.percent).toBe(1234);
    expect(config.salt).toBe("2026-11-limits");
    expect(problemOf("{}")).toBe(
      '$: expected the key "percent", which is missing\n$: expected the key "salt", which is missing\n' +
        '$: expected the key "stable", which is missing',
    );
  });

  it("has defaults for when to go back", () => {
    const revert = read('{"percent": 0, "salt": "a", "stable": {}}').revert;
    expect(revert.enabled).toBe(true);
    expect(revert.baselineNs).toBe(60_000_000_000);
    expect(revert.maxBaselineNs).toBe(900_000_000_000);
    expect(revert.watchNs).toBe(1_800_000_000_000);
    expect(revert.minRequests).toBe(50);
    expect(revert.moreErrors).toBe(0.05);
    expect(revert.moreRejections).toBe(0.1);
  });

  it("takes what is given", () => {
    const json = `{"percent": 100, "salt": "A_b-9", "stable": {}, "revert": {"enabled": false, "baseline": "10s",
      "max_baseline": "2m", "watch": "1h", "min_requests": 200, "errors": {"more_percent": 2.5}, "rejections": {"more_percent": 100}}}`;
    const revert = read(json).revert;
    expect(problems.list.join()).toBe("");
    expect(revert.enabled).toBe(false);
    expect(revert.baselineNs).toBe(10_000_000_000);
    expect(revert.maxBaselineNs).toBe(120_000_000_000);
    expect(revert.watchNs).toBe(3_600_000_000_000);
    expect(revert.minRequests).toBe(200);
    expect(revert.moreErrors).toBe(0.025);
    expect(revert.moreRejections).toBe(1);
  });

  it("refuses shares and salts that are none", () => {
    const shares: string[] = ["-1", "100.01", "1.234", "1e9"];
    for (let i = 0; i < shares.length; i++) {
      expect(problemOf(`{"percent": ${shares[i]}, "salt": "a", "stable": {}}`)).toBe(
        `$.percent: expected a number from 0 to 100 with at most two decimals, not ${shares[i]}`,
      );
    }
    expect(problemOf('{"percent": "5", "salt": "a", "stable": {}}')).toBe("$.percent: expected a number, not a string");
    const salts: string[] = ["-a", "a b", "a.b", "ä"];
    for (let i = 0; i < salts.length; i++) {
      expect(problemOf(`{"percent": 1, "salt": "${salts[i]}", "stable": {}}`)).toBe(
        "$.salt: expected a letter or digit, then up to 62 of a-z, A-Z, 0-9, _ and -",
      );
    }
  });

  it("refuses a baseline that may not last as long as it should", () => {
    const expected = 'expected a "max_baseline" that is at least as long as "baseline"';
    const begin = '{"percent": 1, "salt": "a", "stable": {}, "revert": {';
    expect(problemOf(begin + '"baseline": "1h"}}')).toBe("$.revert.baseline: " + expected);
    expect(problemOf(begin + '"max_baseline": "30s"}}')).toBe("$.revert.max_baseline: " + expected);
  });

  it("names what it does not know", () => {
    expect(problemOf('{"percent": 1, "salt": "a", "stable": {}, "reverts": {}}')).toBe(
      '$.reverts: unknown key; did you mean "revert"?',
    );
    expect(problemOf('{"percent": 1, "salt": "a", "stable": {}, "revert": {"errors": {"more": 1}}}')).toBe(
      '$.revert.errors.more: unknown key; expected "more_percent"',
    );
  });
});
