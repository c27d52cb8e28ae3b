import { Utf8 } from "../../../../assembly/core/bytes";
import { ConfigNode, Problems } from "../../../../assembly/core/config-reader";
import { parseJson } from "../../../../assembly/core/json";
import { AbortConfig, readAbort } from "../../../../plugins/canary/health/config";
import { ARMS } from "./fleet";

const problems: Problems[] = [new Problems()];

/** Of v2; v1 is the default arm. */
function read(text: string, arm: i32 = 1, defaultArm: i32 = 0): AbortConfig {
  const found = new Problems();
  problems[0] = found;
  const node = ConfigNode.root(parseJson(new Utf8(text)), found);
  return readAbort(node!, arm, ARMS, defaultArm);
}

function problemsOf(text: string, arm: i32 = 1, defaultArm: i32 = 0): string {
  read(text, arm, defaultArm);
  return problems[0].list.join("\n");
}

describe("readAbort", () => {
  it("applies the defaults", () => {
    const config = read('{"errors": {}, "latency": {}}');
    expect(problems[0].ok).toBe(true);
    expect(config.arm).toBe(1);
    expect(config.baseline).toBe(0);
    expect(config.windowNs).toBe(60_000_000_000);
    expect(config.minRequests).toBe(50);
    expect(config.moreErrors).toBe(0.05);
    expect(config.mostErrors).toBeNaN();
    expect(config.percentile).toBe(0.99);
    expect(config.times).toBe(1.5);
    expect(config.moreNs).toBe(10_000_000);
    expect(config.mostNs).toBeNaN();
    expect(config.dwellNs).toBe(10_000_000_000);
    expect(config.recoverNs).toBe(600_000_000_000);
  });

  it("reads every key", () => {
    const config = read(
      `{"baseline": "v3", "window": "5m", "min_requests": 1000, "errors": {"more_percent": 2.5, "above_percent": 20},
        "latency": {"percentile": 95, "times": 2, "more": "50ms", "above": "2s"}, "dwell": "0s", "recover_after": "24h"}`,
    );
    expect(problems[0].ok).toBe(true);
    expect(config.baseline).toBe(2);
    expect(config.windowNs).toBe(300_000_000_000);
    expect(config.minRequests).toBe(1000);
    expect(config.moreErrors).toBe(0.025);
    expect(config.mostErrors).toBe(0.2);
    expect(config.percentile).toBe(0.95);
    expect(config.times).toBe(2);
    expect(config.moreNs).toBe(50_000_000);
    expect(config.mostNs).toBe(2_000_000_000);
    expect(config.dwellNs).toBe(0);
    expect(config.recoverNs).toBe(86_400_000_000_000);
  });

  it("looks at nothing that is not asked for", () => {
    expect(read('{"errors": {}}').percentile).toBeNaN();
    expect(read('{"latency": {}}').moreErrors).toBeNaN();
  });

  it("measures against requests without an arm when there is no default", () => {
    expect(read('{"errors": {}}', 1, -1).baseline).toBe(ARMS.length);
  });

  it("tells every problem with its place", () => {
    const texts: string[] = [
      "{}",
      '{"errors": {}, "baseline": "v9"}',
      '{"errors": {}, "baseline": "v2"}',
      '{"errors": {}, "baseline": 7}',
      '{"errors": {}, "window": "9s"}',
      '{"errors": {}, "window": "61m"}',
      '{"errors": {}, "min_requests": 9}',
      '{"errors": {}, "min_requests": 1000001}',
      '{"errors": {}, "dwell": "11m"}',
      '{"errors": {}, "recover_after": "9s"}',
      '{"errors": {}, "recover_after": "25h"}',
      '{"errors": {}, "recover": "10m"}',
      '{"errors": []}',
      '{"errors": {"more_percent": 0}}',
      '{"errors": {"more_percent": 100.5}}',
      '{"errors": {"above_percent": 0}}',
      '{"errors": {"below_percent": 5}}',
      '{"latency": {"percentile": 49}}',
      '{"latency": {"percentile": 100}}',
      '{"latency": {"times": 0.9}}',
      '{"latency": {"more": 50}}',
      '{"latency": {"above": "0ms"}}',
      '{"latency": {"below": "1s"}}',
    ];
    const parts: string[] = [
      '$: expected the key "errors" or "latency"',
      "$.baseline: expected the name of an arm",
      "$.baseline: expected another arm",
      "$.baseline: expected a string",
      "$.window",
      "$.window",
      "$.min_requests",
      "$.min_requests",
      "$.dwell",
      "$.recover_after",
      "$.recover_after",
      "$.recover: unknown key",
      "$.errors: expected an object",
      "$.errors.more_percent",
      "$.errors.more_percent",
      "$.errors.above_percent",
      "$.errors.below_percent: unknown key",
      "$.latency.percentile",
      "$.latency.percentile",
      "$.latency.times",
      "$.latency.more",
      "$.latency.above",
      "$.latency.below: unknown key",
    ];
    for (let i = 0; i < texts.length; i++) {
      const told = problemsOf(texts[i]);
      expect(told.startsWith(parts[i])).toBe(true, `${parts[i]} in: ${told}`);
    }
  });

  it("refuses the default arm, to which requests of aborted arms go", () => {
    expect(problemsOf('{"errors": {}, "baseline": "v1"}', 0, 0).includes("other than the default")).toBe(true);
  });

  it("is another configuration if anything is, as text", () => {
    const texts: string[] = [
      '{"errors": {}}',
      '{"latency": {}}',
      '{"errors": {}, "baseline": "v3"}',
      '{"errors": {}, "window": "61s"}',
      '{"errors": {}, "min_requests": 51}',
      '{"errors": {"more_percent": 5.1}}',
      '{"errors": {"above_percent": 50}}',
      '{"latency": {"percentile": 98}}',
      '{"latency": {"times": 1.6}}',
      '{"latency": {"more": "11ms"}}',
      '{"latency": {"above": "1s"}}',
      '{"errors": {}, "dwell": "11s"}',
      '{"errors": {}, "recover_after": "11m"}',
    ];
    const seen: string[] = [];
    for (let i = 0; i < texts.length; i++) {
      const text = read(texts[i]).toString();
      expect(seen.includes(text)).toBe(false, texts[i]);
      seen.push(text);
    }
    expect(read(texts[0]).toString()).toBe(seen[0]);
  });
});
