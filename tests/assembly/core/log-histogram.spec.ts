import {
  addBuckets,
  LATENCY_BUCKETS,
  latencyBucket,
  latencyCountAbove,
  latencyMean,
  latencyPercentile,
} from "../../../assembly/core/log-histogram";

const MS: u64 = 1_000_000;
const counts = new StaticArray<f32>(LATENCY_BUCKETS);
const buckets = changetype<usize>(counts);

function fill(latencies: u64[]): void {
  counts.fill(0);
  for (let i = 0; i < latencies.length; i++) counts[latencyBucket(latencies[i])] += 1;
}

describe("log histogram of latencies", () => {
  it("has the first bucket for what is shorter, the last for what is longer", () => {
    expect(latencyBucket(0)).toBe(0);
    expect(latencyBucket(50_000)).toBe(0);
    expect(latencyBucket(100_000 * MS)).toBe(LATENCY_BUCKETS - 1);
    expect(latencyBucket(u64.MAX_VALUE)).toBe(LATENCY_BUCKETS - 1);
  });

  it("knows no percentile and no mean of nothing", () => {
    fill([]);
    expect(latencyPercentile(buckets, 0.5)).toBeNaN();
    expect(latencyMean(buckets)).toBeNaN();
  });

  it("knows a percentile within a bucket's width", () => {
    for (let ms: u64 = 1; ms < 20_000; ms += 1 + ms / 5) {
      fill([ms * MS]);
      const told = latencyPercentile(buckets, 0.5) / <f64>(ms * MS);
      expect(told).toBeGreaterThan(0.8);
      expect(told).toBeLessThan(1.25);
    }
  });

  it("tells percentiles of a spread in order", () => {
    const latencies: u64[] = [];
    for (let i: u64 = 1; i <= 1000; i++) latencies.push(i * MS);
    fill(latencies);
    expect(latencyPercentile(buckets, 0.5) / 500e6).toBeGreaterThan(0.95);
    expect(latencyPercentile(buckets, 0.5) / 500e6).toBeLessThan(1.05);
    expect(latencyPercentile(buckets, 0.99) / 990e6).toBeGreaterThan(0.95);
    expect(latencyPercentile(buckets, 0.99)).toBeGreaterThan(latencyPercentile(buckets, 0.9));
    expect(latencyMean(buckets) / 500e6).toBeGreaterThan(0.95);
    expect(latencyMean(buckets) / 500e6).toBeLessThan(1.05);
  });

  it("counts what is longer than a percentile: the rest", () => {
    const latencies: u64[] = [];
    for (let i: u64 = 1; i <= 1000; i++) latencies.push(i * MS);
    fill(latencies);
    const parts: f64[] = [0.1, 0.5, 0.9, 0.99];
    for (let i = 0; i < parts.length; i++) {
      const above = latencyCountAbove(buckets, latencyPercentile(buckets, parts[i]));
      expect(Math.abs(above - 1000 * (1 - parts[i]))).toBeLessThan(0.01);
    }
    expect(latencyCountAbove(buckets, 0)).toBe(1000);
    expect(latencyCountAbove(buckets, 1e12)).toBe(0);
    expect(latencyCountAbove(buckets, Infinity)).toBe(0);
  });

  it("adds one to another", () => {
    fill([MS, 100 * MS]);
    const others = new StaticArray<f32>(LATENCY_BUCKETS);
    others[latencyBucket(MS)] = 3;
    addBuckets(buckets, changetype<usize>(others));
    expect(counts[latencyBucket(MS)]).toBe(4);
    expect(counts[latencyBucket(100 * MS)]).toBe(1);
    expect(others[latencyBucket(100 * MS)]).toBe(0);
  });
});
