import { Xoshiro256 } from "../../../../assembly/core/xoshiro256";
import { TraceContext } from "../../../../plugins/trace/context/trace-context";
import { ALWAYS, NEVER, NONE, randomnessOf, thresholdOf } from "../../../../plugins/trace/sampling/threshold";

/** The threshold as a tracestate has it. */
function written(percent: f64): string {
  let text = (thresholdOf(percent) | NEVER).toString(16).slice(1);
  while (text.length > 1 && text.endsWith("0")) text = text.slice(0, -1);
  return text;
}

describe("thresholdOf", () => {
  // Source: the table of 1-in-N sampling at precision 4 in open-telemetry/opentelemetry-specification,
  // specification/trace/tracestate-probability-sampling.md.
  it("is the specification's for 1 in N", () => {
    const shares: f64[] = [1, 2, 3, 4, 5, 8, 10, 16, 100, 1000, 10_000, 100_000, 1_000_000];
    const expected = "0 8 aaab c cccd e e666 f fd70a ffbe77 fff9724 ffff583a ffffef39".split(" ");
    for (let i = 0; i < shares.length; i++) expect(written(100 / shares[i])).toBe(expected[i], shares[i].toString());
  });

  it("is never for nothing, and always for all", () => {
    expect(thresholdOf(0)).toBe(NEVER);
    expect(thresholdOf(-0.0)).toBe(NEVER);
    expect(thresholdOf(100)).toBe(ALWAYS);
    expect(thresholdOf(1e-300)).toBe(NEVER);
    expect(thresholdOf(f64.MIN_VALUE)).toBe(NEVER);
  });

  it("keeps one trace of 2^56 if that is asked for", () => {
    expect(thresholdOf(100 / <f64>NEVER)).toBe(NEVER - 1);
  });

  it("has as few digits for shares near all as for small ones", () => {
    expect(written(99.9)).toBe("004189");
    expect(written(99.99)).toBe("00068dc");
  });

  it("is off by less than 1 in 8000 of the share and of the rest, and never smaller for a smaller share", () => {
    const random = new Xoshiro256();
    random.seedPoor(1, 2, 3, 4);
    let wrong = "";
    for (let i = 0; i < 20_000; i++) {
      const part = <f64>(random.next() >> 11) / <f64>(1 << 53);
      const share = i % 3 == 0 ? part : i % 3 == 1 ? part ** 8 : 1 - part ** 8;
      const threshold = thresholdOf(100 * share);
      const kept = <f64>(NEVER - threshold) / <f64>NEVER;
      // And by a step of f64, of which 1 - share is.
      const bound = min(share, 1 - share) / 8000 + f64.EPSILON;
      if (!(abs(kept - share) <= bound)) wrong = share.toString();
      if (thresholdOf(100 * min(1, share * (1 + part))) > threshold) wrong = share.toString();
    }
    expect(wrong).toBe("");
  });
});

describe("randomnessOf", () => {
  it("is the right-most 56 bits of the trace id, or what the tracestate says", () => {
    const context = new TraceContext();
    context.traceIdHigh = u64.MAX_VALUE;
    context.traceIdLow = 0xfe12_3456_789a_bcde;
    expect(randomnessOf(context, NONE)).toBe(0x12_3456_789a_bcde);
    expect(randomnessOf(context, 7)).toBe(7);
    expect(randomnessOf(context, 0)).toBe(0);
  });
});
