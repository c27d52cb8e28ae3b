import { CONTROL_BYTES, ControlRecord, takeGrowth } from "../../../../plugins/ratelimit/pool/control";
import { WorkerReport } from "../../../../plugins/ratelimit/pool/report";

function record(): ControlRecord {
  const one = new ControlRecord();
  one.clear(1000, 64);
  return one;
}

describe("ControlRecord", () => {
  it("is its bytes", () => {
    const one = record();
    one.fields.limit = 17.5;
    one.merged.fields.inflight = 9;
    one.seen(63).allowance = 4;
    one.encode();
    const other = new ControlRecord();
    expect(other.decode(one.ptr, one.size)).toBe(true);
    expect(other.fields.limit).toBe(17.5);
    expect(other.merged.fields.inflight).toBe(9);
    expect(other.seen(63).allowance).toBe(4);
  });

  it("takes no bytes of another layout, and no limit that is none", () => {
    const one = record();
    one.encode();
    const other = record();
    other.fields.limit = 5;
    expect(other.decode(one.ptr, CONTROL_BYTES - 8)).toBe(false);
    const wrong: f64[] = [NaN, Infinity, -1, 0, 1e12];
    for (let i = 0; i < wrong.length; i++) {
      one.fields.limit = wrong[i];
      expect(other.decode(one.ptr, one.size)).toBe(false, wrong[i].toString());
    }
    one.fields.limit = 6;
    one.fields.layout++;
    expect(other.decode(one.ptr, one.size)).toBe(false);
    expect(other.fields.limit).toBe(5);
  });
});

describe("takeGrowth", () => {
  it("neither misses nor doubles what a report has grown by", () => {
    const one = record();
    const report = new WorkerReport();
    report.fields.nonce = 1;
    takeGrowth(one.fields, one.seen(0), report.fields);
    for (let round: f64 = 1; round <= 5; round++) {
      report.fields.offered = 10 * round;
      report.fields.samples = 5 * round;
      report.fields.sumLog = -2 * round;
      takeGrowth(one.fields, one.seen(0), report.fields);
      takeGrowth(one.fields, one.seen(0), report.fields);
    }
    expect(one.fields.offered).toBe(50);
    expect(one.fields.samples).toBe(25);
    expect(one.fields.sumLog).toBe(-10);
  });

  it("takes what a worker that is new in an entry counts from then on", () => {
    const one = record();
    const report = new WorkerReport();
    report.fields.nonce = 1;
    for (let finished: f64 = 100; finished <= 300; finished += 100) {
      report.fields.finished = finished;
      takeGrowth(one.fields, one.seen(0), report.fields);
    }
    report.fields.nonce = 2;
    for (let finished: f64 = 5000; finished <= 5003; finished++) {
      report.fields.finished = finished;
      takeGrowth(one.fields, one.seen(0), report.fields);
    }
    expect(one.fields.finished).toBe(203);
  });

  it("takes nothing of what is no number", () => {
    const one = record();
    const report = new WorkerReport();
    report.fields.nonce = 1;
    takeGrowth(one.fields, one.seen(0), report.fields);
    report.fields.offered = NaN;
    report.fields.samples = NaN;
    report.fields.sumLog = NaN;
    takeGrowth(one.fields, one.seen(0), report.fields);
    expect(one.fields.offered).toBe(0);
    expect(one.fields.samples).toBe(0);
    expect(one.fields.sumLog).toBe(0);
  });
});
