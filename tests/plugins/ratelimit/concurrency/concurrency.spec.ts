import { Concurrency, Outcome } from "../../../../plugins/ratelimit/concurrency/concurrency";
import { ConcurrencyConfig } from "../../../../plugins/ratelimit/concurrency/config";

const MS: u64 = 1_000_000;
const SECOND: u64 = 1_000_000_000;
let nowNs: u64 = 0;

function worker(initialLimit: f64 = 64): Concurrency {
  nowNs = 1_000 * SECOND;
  const config = new ConcurrencyConfig();
  config.initialLimit = initialLimit;
  return new Concurrency(config, null, 1, nowNs);
}

function enter(one: Concurrency, count: i32): i32 {
  let entered = 0;
  for (let i = 0; i < count; i++) {
    if (!one.admits()) continue;
    one.enter(nowNs);
    entered++;
  }
  return entered;
}

/** Requests one after the other, each so long, for so many seconds, with the ticks. */
function serve(one: Concurrency, seconds: i32, everyMs: u64, lastMs: u64, outcome: Outcome = Outcome.Fine): void {
  const end = nowNs + <u64>seconds * SECOND;
  let tickNs = nowNs + 50 * MS;
  while (nowNs < end) {
    if (one.admits()) {
      one.enter(nowNs);
      one.leave(nowNs + lastMs * MS, lastMs * MS, 7, outcome);
    }
    nowNs += everyMs * MS;
    for (; tickNs <= nowNs; tickNs += 50 * MS) one.tick(tickNs);
  }
}

describe("Concurrency", () => {
  it("lets in as many as it may", () => {
    const one = worker(10);
    expect(enter(one, 20)).toBe(10);
    expect(one.isFull).toBe(true);
    one.leave(0, 0, 0, Outcome.Unread);
    expect(enter(one, 20)).toBe(1);
    expect(one.inflight).toBe(10);
  });

  it("lets requests of a lower priority fill their share only", () => {
    const one = worker(10);
    for (let i = 0; i < 5; i++) {
      expect(one.admits(0.5)).toBe(true);
      one.enter(nowNs);
    }
    expect(one.admits(0.5)).toBe(false);
    expect(one.admits(1)).toBe(true);
  });

  it("lets in the first, whatever the share", () => {
    expect(worker(10).admits(0.01)).toBe(true);
  });

  it("only watches without a configuration", () => {
    const one = new Concurrency(null, null, 1, SECOND);
    nowNs = SECOND;
    expect(enter(one, 100_000)).toBe(100_000);
  });

  it("counts no rejection in shadow, where none is one", () => {
    const config = new ConcurrencyConfig();
    config.initialLimit = 5;
    config.shadow = true;
    nowNs = SECOND;
    const one = new Concurrency(config, null, 1, nowNs);
    expect(enter(one, 20)).toBe(5);
    expect(one.own.fields.rejected).toBe(0);
  });

  it("never has fewer than none in flight", () => {
    const one = worker();
    one.leave(0, 0, 0, Outcome.Abandoned);
    expect(one.inflight).toBe(0);
  });

  it("tells what it saw", () => {
    const one = worker();
    serve(one, 20, 10, 30);
    const merged = one.merged;
    expect(merged.requestRate).toBeGreaterThan(95);
    expect(merged.requestRate).toBeLessThan(105);
    expect(merged.failureShare).toBe(0);
    expect(merged.percentile(0.5) / 30e6).toBeGreaterThan(0.8);
    expect(merged.percentile(0.5) / 30e6).toBeLessThan(1.25);
    serve(one, 20, 10, 30, Outcome.Failed);
    expect(merged.failureShare).toBeGreaterThan(0.95);
  });

  it("knows how many are in flight on average", () => {
    const one = worker();
    enter(one, 4);
    for (let i = 0; i < 20; i++) one.tick((nowNs += 50 * MS));
    expect(one.own.fields.area).toBeCloseTo(4);
  });

  it("has nothing to say before the first request", () => {
    const one = worker();
    expect(one.tick(nowNs + SECOND)).toBe(false);
  });

  it("takes a pause of the worker for no slowness", () => {
    const one = worker();
    serve(one, 10, 10, 20);
    enter(one, 10);
    const entered = nowNs;
    const samples = one.own.fields.samples;
    const area = one.own.fields.area;
    nowNs += 20 * SECOND;
    for (let i = 0; i < 10; i++) one.leave(nowNs, nowNs - entered, 7, Outcome.Fine);
    expect(one.own.fields.samples).toBe(samples);
    expect(one.own.fields.area).toBe(area);
    serve(one, 2, 10, 20);
    expect(one.own.fields.samples).toBeGreaterThan(samples);
    expect(one.control.slowness).toBeLessThan(0.1);
  });

  it("takes no harm from times that cannot be", () => {
    const one = worker();
    serve(one, 5, 10, 20);
    const times: u64[] = [0, 1, u64.MAX_VALUE, nowNs - 3600 * SECOND, nowNs + 3600 * SECOND];
    for (let i = 0; i < times.length; i++) {
      for (let j = 0; j < times.length; j++) {
        if (one.admits()) one.enter(times[i]);
        one.leave(times[i], times[j], 7, Outcome.Fine);
        one.tick(times[j]);
      }
    }
    expect(one.limit).toBeGreaterThanOrEqual(3);
    expect(one.limit).toBeLessThanOrEqual(100_000);
    nowNs += 7200 * SECOND;
    serve(one, 20, 10, 20);
    expect(one.inflight).toBe(0);
    expect(one.limit).toBeGreaterThanOrEqual(64);
  });

  it("times every request while there are few, and few while there are many", () => {
    const one = worker();
    for (let i = 0; i < 50; i++) expect(one.samples()).toBe(true);
    serve(one, 2, 1, 1);
    for (let round = 0; round < 20; round++) {
      for (let i = 0; i < 1000; i++) if (one.admits()) one.leave(0, 0, 0, Outcome.Unread);
      one.tick((nowNs += 50 * MS));
    }
    let timed = 0;
    for (let i = 0; i < 1000; i++) if (one.samples()) timed++;
    expect(timed).toBeLessThan(150);
    expect(timed).toBeGreaterThan(30);
  });
});
