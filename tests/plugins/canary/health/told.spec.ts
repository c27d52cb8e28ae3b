import { changeText } from "../../../../plugins/canary/health/told";
import { Change } from "../../../../plugins/canary/health/watch";
import { AbortConfig } from "../../../../plugins/canary/health/config";
import { ARMS, byErrors, byLatency, Fate, Fleet } from "./fleet";

/** All that one worker tells until v2 was taken out and let in again. */
function told(config: AbortConfig, baseline: Fate, arm: Fate): string[] {
  const fleet = new Fleet([config], 1);
  fleet.fates[config.baseline] = baseline;
  fleet.fates[1] = arm;
  const lines: string[] = [];
  const health = fleet.workers[0];
  for (let second = 0; second < 700; second++) {
    fleet.run(1);
    const watch = health.plan.watches[0];
    if (watch.change != Change.None) lines.push(changeText(watch, health.record, ARMS));
    if (lines.length == 2) break;
  }
  return lines;
}

describe("changeText", () => {
  it("tells of failures and of the end of the pause", () => {
    const lines = told(byErrors(), new Fate(40), new Fate(10, 1));
    expect(lines).toStrictEqual([
      "arm v2 is taken out for 600 s: 100.0 % of 150 requests failed; 5.0 % were allowed, by 600 requests of v1",
      "arm v2 is let in again, and watched anew",
    ]);
  });

  it("tells of slowness, and of a baseline without an arm", () => {
    const config = byLatency();
    config.baseline = ARMS.length;
    const line = told(config, new Fate(40, 0, 100, 1), new Fate(10, 0, 1000, 1))[0];
    expect(line.startsWith("arm v2 is taken out for 600 s: 100.0 % of 150 requests took more than 1")).toBe(true, line);
    expect(line.endsWith(" ms; 1.0 % were allowed, by 600 requests without an arm")).toBe(true, line);
  });

  it("tells of limits that hold without a baseline", () => {
    const config = byErrors();
    config.mostErrors = 0.2;
    const line = told(config, new Fate(), new Fate(10, 1))[0];
    expect(line.endsWith("100.0 % of 150 requests failed; 20.0 % were allowed in any case")).toBe(true, line);
  });
});
