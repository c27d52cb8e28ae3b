import { Xoshiro256 } from "../../../../assembly/core/xoshiro256";
import { followJump } from "../../../../plugins/ratelimit/concurrency/jump";
import { beginWindow } from "../../../../plugins/ratelimit/concurrency/window";
import { ControlFields, ControlRecord, earlierOf } from "../../../../plugins/ratelimit/pool/control";

const ROUND_NS: u64 = 50_000_000;
const record = new ControlRecord();
const chance = new Xoshiro256();
let nowNs: u64 = 0;

function window(): ControlFields {
  nowNs = 1_000_000_000_000;
  chance.seedPoor(1, 2, 3, 4);
  record.clear(nowNs, 64);
  beginWindow(record.fields, nowNs);
  return record.fields;
}

/** One round of so many answers, whose excess is about `mean`, give or take `spread`. */
function round(fields: ControlFields, answers: i32, mean: f64, spread: f64 = 0.5): void {
  for (let i = 0; i < answers; i++) {
    const excess = mean + spread * (2 * (<f64>(chance.next() >> 11) / <f64>(1 << 53)) - 1);
    fields.samples += 1;
    fields.sumLog += excess;
    fields.sumSquares += excess * excess;
  }
  fields.offered += 2 * answers;
  fields.rejected += answers;
  fields.finished += answers;
  fields.area += 0.05 * answers;
  nowNs += ROUND_NS;
  followJump(fields, nowNs);
}

function mean(fields: ControlFields): f64 {
  return fields.sumLog / fields.samples;
}

describe("A jump of latency", () => {
  it("begins the window anew, with the counts since then", () => {
    const fields = window();
    for (let i = 0; i < 4; i++) round(fields, 20, 0);
    round(fields, 10, 1.5);
    expect(fields.windowNs).toBe(nowNs - ROUND_NS);
    expect(fields.samples).toBe(10);
    expect(fields.offered).toBe(20);
    expect(fields.rejected).toBe(10);
    expect(fields.finished).toBe(10);
    expect(fields.area).toBeCloseTo(0.5);
    expect(mean(fields)).toBeGreaterThan(1);
  });

  it("is one down as well", () => {
    const fields = window();
    for (let i = 0; i < 4; i++) round(fields, 20, 1.5);
    round(fields, 10, 0);
    expect(fields.windowNs).toBe(nowNs - ROUND_NS);
    expect(mean(fields)).toBeLessThan(0.5);
  });

  it("is followed as often as it goes on", () => {
    const fields = window();
    for (let i = 0; i < 6; i++) round(fields, 20, 1.2 * <f64>i);
    expect(fields.windowNs).toBe(nowNs - ROUND_NS);
    expect(mean(fields)).toBeGreaterThan(5.5);
  });

  it("is told from chance", () => {
    const fields = window();
    const begin = nowNs;
    for (let i = 0; i < 1000; i++) round(fields, 10, 0.3);
    expect(fields.windowNs).toBe(begin);
    expect(fields.samples).toBe(10_000);
  });

  it("waits for enough samples, however many rounds that takes", () => {
    const fields = window();
    round(fields, 20, 0);
    const jumpNs = nowNs;
    for (let i = 0; i < 4; i++) round(fields, 1, 3);
    expect(fields.samples).toBe(24);
    round(fields, 1, 3);
    expect(fields.windowNs).toBe(jumpNs);
    expect(fields.samples).toBe(5);
  });

  it("is none at the beginning of a window", () => {
    const fields = window();
    const begin = nowNs;
    round(fields, 4, 0);
    round(fields, 1, 0);
    round(fields, 5, 0);
    expect(fields.windowNs).toBe(begin);
    expect(earlierOf(fields).samples).toBe(10);
    beginWindow(fields, nowNs);
    expect(earlierOf(fields).samples).toBe(0);
  });

  it("is none of what is no number", () => {
    const fields = window();
    const begin = nowNs;
    round(fields, 20, 0);
    fields.sumLog = NaN;
    round(fields, 20, 0);
    round(fields, 20, 5);
    expect(fields.windowNs).toBe(begin);
    expect(fields.samples).toBe(60);
  });

  it("never leaves a count below nothing", () => {
    const fields = window();
    for (let i = 0; i < 5000; i++) {
      const random = chance.next();
      round(fields, <i32>(random % 30), <f64>((random >> 8) % 5), 0.1 * <f64>((random >> 16) % 10));
      expect(fields.samples >= 0 && fields.offered >= 0 && fields.area >= -1e-9).toBe(true);
      expect(fields.windowNs <= fields.earlierNs && fields.earlierNs <= nowNs).toBe(true);
    }
  });
});
