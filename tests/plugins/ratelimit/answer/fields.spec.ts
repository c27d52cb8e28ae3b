import { QuotaFields } from "../../../../plugins/ratelimit/answer/fields";
import { FixedText } from "../../../../plugins/ratelimit/answer/fixed-text";
import { Utf8 } from "../../../../assembly/core/bytes";
import { TICKS_PER_SECOND, verdictOf } from "./answers";

describe("RateLimit and RateLimit-Policy", () => {
  it("give the quota as configured, and what is left of it", () => {
    const fields = new QuotaFields(["per-user"]);
    fields.write(verdictOf(7, TICKS_PER_SECOND / 2));
    expect(fields.policy.toString()).toBe('"per-user";q=10;w=1;tidegate-burst=20');
    expect(fields.limit.toString()).toBe('"per-user";r=7;t=1');
  });

  it("leave out a burst that is the quota, and a time when there is nothing to wait for", () => {
    const fields = new QuotaFields(["r"]);
    fields.write(verdictOf(10, 0, 10));
    expect(fields.policy.toString()).toBe('"r";q=10;w=1');
    expect(fields.limit.toString()).toBe('"r";r=10');
  });

  it("round the time up to whole seconds", () => {
    const fields = new QuotaFields(["r"]);
    fields.write(verdictOf(0, 1));
    expect(fields.limit.toString()).toBe('"r";r=0;t=1');
    fields.write(verdictOf(0, TICKS_PER_SECOND));
    expect(fields.limit.toString()).toBe('"r";r=0;t=1');
    fields.write(verdictOf(0, TICKS_PER_SECOND + 1));
    expect(fields.limit.toString()).toBe('"r";r=0;t=2');
  });

  it("hold the longest name and the greatest numbers", () => {
    const name = "a".repeat(63);
    const fields = new QuotaFields(["", name]);
    const verdict = verdictOf(0, 0);
    verdict.tell(1, -1, 1_000_000_000, 86_400, 999_999_999, i64.MAX_VALUE, 180 * 86_400 * TICKS_PER_SECOND);
    fields.write(verdict);
    expect(fields.policy.toString()).toBe(`"${name}";q=1000000000;w=86400;tidegate-burst=999999999`);
    expect(fields.limit.toString()).toBe(`"${name}";r=999999999;t=15552000`);
  });
});

describe("the legacy fields", () => {
  it("are burst, what is left, and seconds, 0 for a whole burst", () => {
    const fields = new QuotaFields(["r"]);
    fields.writeLegacy(verdictOf(7, TICKS_PER_SECOND + 1));
    expect(fields.legacyLimit.toString()).toBe("20");
    expect(fields.legacyRemaining.toString()).toBe("7");
    expect(fields.legacyReset.toString()).toBe("2");
    fields.writeLegacy(verdictOf(20, 0));
    expect(fields.legacyReset.toString()).toBe("0");
  });
});

describe("a verdict", () => {
  it("never tells less than nothing or more than the burst", () => {
    expect(verdictOf(-1, -5).remaining).toBe(0);
    expect(verdictOf(-1, -5).resetTicks).toBe(0);
    expect(verdictOf(99, 0).remaining).toBe(20);
  });

  it("is of the rule with the least share of its burst left, the first of equals", () => {
    const verdict = verdictOf(10, 0);
    expect(verdict.isTighter(49, 100)).toBe(true);
    expect(verdict.isTighter(50, 100)).toBe(false);
    expect(verdict.isTighter(51, 100)).toBe(false);
    expect(verdict.isTighter(-3, 1)).toBe(true);
    expect(verdict.isTighter(1_000_000_000, 1_000_000_000)).toBe(false);
    verdict.clear();
    expect(verdict.isTighter(50, 100)).toBe(true);
  });
});

describe("a fixed text", () => {
  it("leaves out what does not fit", () => {
    const text = new FixedText(24);
    expect(
      text
        .text(new Utf8("ab"))
        .number(12)
        .text(new Utf8("c".repeat(21)))
        .toString(),
    ).toBe("ab12");
    expect(text.number(1).toString()).toBe("ab121");
    expect(text.number(1).toString()).toBe("ab121", "no room for any number");
    expect(text.begin().number(u64.MAX_VALUE).toString()).toBe("18446744073709551615");
  });
});
