import { MAX_LOADS, REPORT_BYTES, WorkerReport } from "../../../../plugins/ratelimit/pool/report";

const MS: u64 = 1_000_000;

function busy(requests: f64, failed: f64, latencyMs: u64): WorkerReport {
  const report = new WorkerReport();
  report.fields.offered = requests;
  report.fields.finished = requests;
  report.fields.known = requests;
  report.fields.failed = failed;
  report.fields.inflight = 3;
  for (let i: f64 = 0; i < requests; i++) report.countLatency(latencyMs * MS);
  report.roll(1);
  return report;
}

describe("WorkerReport", () => {
  it("knows nothing at first", () => {
    const report = new WorkerReport();
    expect(report.percentile(0.5)).toBeNaN();
    expect(report.meanLatency).toBeNaN();
    expect(report.failureShare).toBeNaN();
    expect(report.rejectedShare).toBeNaN();
    expect(report.requestRate).toBe(0);
    expect(report.load(0)).toBeNaN();
    expect(report.loadAge(0)).toBe(Infinity);
  });

  it("comes to the rate at which requests come", () => {
    const report = new WorkerReport();
    for (let round = 0; round < 500; round++) {
      report.fields.offered += 10;
      report.roll(0.1);
    }
    expect(report.requestRate).toBeGreaterThan(98);
    expect(report.requestRate).toBeLessThan(102);
    expect(report.fields.demand).toBeCloseTo(100);
  });

  it("forgets in about five seconds", () => {
    const report = busy(100, 50, 20);
    for (let i = 0; i < 50; i++) report.roll(0.1);
    expect(report.requestRate).toBeGreaterThan(7);
    expect(report.requestRate).toBeLessThan(8);
    for (let i = 0; i < 500; i++) report.roll(0.1);
    expect(report.failureShare).toBeNaN();
    expect(report.requestRate).toBeLessThan(0.01);
  });

  it("merges as if one worker had seen all", () => {
    const merged = new WorkerReport();
    merged.merge(busy(100, 0, 10));
    merged.merge(busy(300, 100, 100));
    expect(merged.failureShare).toBeCloseTo(0.25);
    expect(merged.fields.inflight).toBe(6);
    expect(merged.percentile(0.1) / 10e6).toBeGreaterThan(0.8);
    expect(merged.percentile(0.1) / 10e6).toBeLessThan(1.25);
    expect(merged.percentile(0.9) / 100e6).toBeGreaterThan(0.8);
    expect(merged.percentile(0.9) / 100e6).toBeLessThan(1.25);
  });

  it("keeps the youngest of the loads", () => {
    const merged = new WorkerReport();
    const older = new WorkerReport();
    const younger = new WorkerReport();
    older.setLoad(1, 0.9, 2);
    younger.setLoad(1, 0.5, 1);
    merged.merge(older);
    merged.merge(younger);
    expect(merged.load(1)).toBe(0.5);
    expect(merged.loadAge(1)).toBe(1);
    expect(merged.load(MAX_LOADS - 1)).toBeNaN();
    merged.roll(0.5);
    expect(merged.loadAge(1)).toBe(1.5);
  });

  it("is its bytes", () => {
    const report = busy(40, 2, 30);
    report.fields.nonce = 7;
    const other = new WorkerReport();
    expect(other.decode(report.ptr, REPORT_BYTES)).toBe(true);
    expect(memory.compare(other.ptr, report.ptr, REPORT_BYTES)).toBe(0);
    expect(other.fields.nonce).toBe(7);
  });

  it("takes no bytes of another layout", () => {
    const other = new WorkerReport();
    const report = busy(40, 2, 30);
    expect(other.decode(report.ptr, REPORT_BYTES - 1)).toBe(false);
    report.fields.layout++;
    expect(other.decode(report.ptr, REPORT_BYTES)).toBe(false);
    expect(other.requestRate).toBe(0);
  });
});
