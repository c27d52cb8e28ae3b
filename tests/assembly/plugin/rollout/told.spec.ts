import { RevertConfig } from "../../../../assembly/plugin/rollout/config";
import { RolloutRecord } from "../../../../assembly/plugin/rollout/record";
import { revertText } from "../../../../assembly/plugin/rollout/told";
import { Verdict } from "../../../../assembly/plugin/rollout/verdict";

describe("revertText", () => {
  it("says what went wrong, and what was before", () => {
    const record = new RolloutRecord(1, 0);
    const verdict = new Verdict(new RevertConfig());
    record.baseline.requests = 1020;
    record.baseline.errors = 12;
    record.recent.requests = 120;
    record.recent.rejections = 117;
    verdict.judge(record.earlier, record.recent, record.baseline);
    expect(revertText(verdict)).toBe(
      "back to the stable configuration, since 97.5 % of 120 requests were rejected, " + "and 0.0 % of 1020 before",
    );
    record.earlier.requests = 80;
    record.earlier.errors = 80;
    verdict.judge(record.earlier, record.recent, record.baseline);
    expect(revertText(verdict)).toBe(
      "back to the stable configuration, since 40.0 % of 200 requests failed, and 1.2 % of 1020 before",
    );
  });
});
