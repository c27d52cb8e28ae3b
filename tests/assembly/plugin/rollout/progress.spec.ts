import { RevertConfig } from "../../../../assembly/plugin/rollout/config";
import { Phase } from "../../../../assembly/plugin/rollout/record";
import { Outcome } from "../../../../assembly/plugin/rollout/tally";
import { Fault } from "../../../../assembly/plugin/rollout/verdict";
import { Fate, FINGERPRINT, SECOND, SimulatedProxy, workerOf } from "./proxy";

let proxy: SimulatedProxy = new SimulatedProxy(new RevertConfig(), 1);

/** 20 requests a second; of 3 % of the stable configuration's an error comes, and 2 % are rejected. */
function begin(workers: i32 = 1, seed: u64 = 1, config: RevertConfig = new RevertConfig()): void {
  proxy = new SimulatedProxy(config, workers, seed);
  proxy.stable = new Fate(0.03, 0.02);
  proxy.fresh = new Fate(0.03, 0.02);
}

describe("a rollout on a proxy", () => {
  it("measures the stable configuration for as long as it is to, then takes the new one", () => {
    begin();
    expect(proxy.phase).toBe(Phase.Baseline);
    expect(proxy.runUntil(Phase.New, 100)).toBe(60);
  });

  it("waits for enough requests, but not for ever", () => {
    begin();
    proxy.perSecond = 0;
    proxy.run(200);
    proxy.perSecond = 10;
    expect(proxy.runUntil(Phase.New, 100)).toBe(5);
    begin();
    proxy.perSecond = 0;
    expect(proxy.runUntil(Phase.New, 1000)).toBe(900);
  });

  it("is settled when its time is over, and counts no more", () => {
    begin(3);
    proxy.run(60 + 1799);
    expect(proxy.isOver).toBe(false);
    proxy.run(2);
    expect(proxy.isOver).toBe(true);
    expect(proxy.phase).toBe(Phase.New);
    expect(proxy.reverts).toBe(0);
    const calls = proxy.bytes.reads + proxy.bytes.writes;
    proxy.run(100);
    expect(proxy.bytes.reads + proxy.bytes.writes).toBe(calls);
  });

  it("is not settled before there were enough requests", () => {
    begin();
    proxy.run(60);
    proxy.perSecond = 0;
    proxy.run(3000);
    expect(proxy.isOver).toBe(false);
    proxy.perSecond = 10;
    proxy.run(5);
    expect(proxy.isOver).toBe(true);
  });

  it("goes back when nearly all is rejected, as soon as there are enough requests, and stays so", () => {
    begin();
    proxy.fresh.rejections = 0.95;
    proxy.run(60);
    expect(proxy.runUntil(Phase.Reverted, 10)).toBe(3);
    expect(proxy.isOver).toBe(true);
    expect(proxy.workers[0].watch.verdict.fault).toBe(Fault.Rejections);
    proxy.run(3600);
    expect(proxy.phase).toBe(Phase.Reverted);
    expect(proxy.reverts).toBe(1);
  });

  it("goes back for errors", () => {
    begin();
    proxy.fresh.errors = 0.3;
    proxy.run(60);
    const took = proxy.runUntil(Phase.Reverted, 60);
    expect(took).toBeGreaterThan(2);
    expect(took).toBeLessThan(15);
    expect(proxy.workers[0].watch.verdict.fault).toBe(Fault.Errors);
  });

  it("goes back for what breaks late as fast as for what breaks at once", () => {
    begin();
    proxy.run(60 + 1500);
    proxy.fresh.errors = 0.5;
    const took = proxy.runUntil(Phase.Reverted, 120);
    expect(took).toBeGreaterThan(0);
    expect(took).toBeLessThan(60);
  });

  it("judges by a baseline of few requests what it can", () => {
    begin();
    proxy.run(1);
    proxy.perSecond = 0;
    expect(proxy.runUntil(Phase.New, 1000)).toBe(899);
    proxy.perSecond = 20;
    proxy.fresh.errors = 0.97;
    expect(proxy.runUntil(Phase.Reverted, 30)).toBeGreaterThan(0);
  });

  it("stays with what it cannot compare, even if all fails", () => {
    begin();
    proxy.perSecond = 0;
    expect(proxy.runUntil(Phase.New, 1000)).toBe(900);
    proxy.perSecond = 20;
    proxy.fresh.errors = 1;
    expect(proxy.runUntil(Phase.Reverted, 1000)).toBe(-1);
  });

  it("takes what burst while the stable configuration was measured for no fault of the new one", () => {
    begin();
    proxy.run(20);
    proxy.stable.errors = 1;
    proxy.run(20);
    proxy.stable.errors = 0.03;
    proxy.run(20);
    proxy.fresh.errors = 0.3;
    expect(proxy.runUntil(Phase.Reverted, 120)).toBe(-1);
    proxy.fresh.errors = 0.6;
    expect(proxy.runUntil(Phase.Reverted, 120)).toBeGreaterThan(0);
  });

  it("does not notice a short burst of a few errors", () => {
    begin();
    proxy.run(120);
    proxy.fresh.errors = 0.5;
    proxy.run(2);
    proxy.fresh.errors = 0.03;
    expect(proxy.runUntil(Phase.Reverted, 1000)).toBe(-1);
  });

  it("counts to each configuration what began under it", () => {
    begin();
    proxy.run(60);
    for (let i = 0; i < 1000; i++) proxy.workers[0].note(false, Outcome.Error);
    proxy.tick();
    expect(proxy.runUntil(Phase.Reverted, 60)).toBe(-1);
  });
});

describe("several workers", () => {
  it("take the new configuration and go back within a second of each other, and one of them tells", () => {
    begin(8);
    proxy.run(61);
    expect(proxy.phase).toBe(Phase.New);
    proxy.fresh.rejections = 0.5;
    expect(proxy.runUntil(Phase.Reverted, 30)).toBeGreaterThan(0);
    expect(proxy.reverts).toBe(1);
  });

  it("find what none of them would find alone", () => {
    begin(16);
    proxy.perSecond = 4;
    proxy.run(61);
    proxy.fresh.errors = 1;
    expect(proxy.runUntil(Phase.Reverted, 60)).toBeGreaterThan(0);
  });

  it("write at most once in a tick", () => {
    begin(4);
    for (let second = 0; second < 30; second++) {
      const writes = proxy.bytes.writes;
      proxy.run(1);
      expect(proxy.bytes.writes - writes).toBeLessThan(5);
    }
  });

  it("have one of them write when there are no requests", () => {
    begin(4);
    proxy.perSecond = 0;
    const writes = proxy.bytes.writes;
    proxy.run(10);
    expect(proxy.bytes.writes - writes).toBe(10);
  });

  it("lose and double nothing when writes come too late", () => {
    begin(3);
    proxy.bytes.lateWrites = 90;
    proxy.run(100);
    expect(proxy.bytes.lateWrites).toBe(0);
    expect(proxy.phase).toBe(Phase.New);
    proxy.fresh.errors = 1;
    proxy.bytes.lateWrites = 9;
    const took = proxy.runUntil(Phase.Reverted, 30);
    expect(took).toBe(4);
    expect(proxy.reverts).toBe(1);
  });

  it("go on each alone when they cannot share", () => {
    begin(2);
    proxy.bytes.broken = true;
    proxy.run(61);
    expect(proxy.phase).toBe(Phase.New);
    expect(proxy.workers[0].tick(proxy.nowNs + SECOND)).toBe(false);
    proxy.fresh.errors = 1;
    expect(proxy.runUntil(Phase.Reverted, 20)).toBeGreaterThan(0);
    proxy.bytes.broken = false;
    proxy.run(10);
    expect(proxy.phase).toBe(Phase.Reverted);
  });

  it("do not follow a record of another rollout", () => {
    begin(1);
    const stranger = workerOf(proxy, FINGERPRINT + 2);
    proxy.fresh.errors = 1;
    proxy.runUntil(Phase.Reverted, 100);
    expect(stranger.tick(proxy.nowNs)).toBe(false);
    expect(stranger.phase).toBe(Phase.Baseline);
  });
});

describe("a configuration that is delivered again", () => {
  it("goes on where it was, and does not forget that it went back", () => {
    begin(2);
    proxy.run(30);
    proxy.join();
    expect(proxy.runUntil(Phase.New, 60)).toBe(30);
    proxy.fresh.errors = 0.9;
    proxy.runUntil(Phase.Reverted, 30);
    expect(proxy.join().phase).toBe(Phase.Reverted);
  });

  it("does not count the time that nobody saw pass", () => {
    begin();
    proxy.run(10);
    proxy.nowNs += 100_000 * SECOND;
    expect(proxy.runUntil(Phase.New, 100)).toBe(46);
  });
});

describe("the clock", () => {
  it("may be set back without a phase ending early or never", () => {
    begin(2);
    proxy.run(30);
    proxy.nowNs -= 4_000_000 * SECOND;
    expect(proxy.runUntil(Phase.New, 100)).toBe(31);
  });
});

describe("a new configuration that is as good as the stable one", () => {
  it("is kept by all of 1,000 proxies", () => {
    const config = new RevertConfig();
    config.baselineNs = 20 * SECOND;
    config.watchNs = 60 * SECOND;
    const shares: f64[] = [0, 0.002, 0.02, 0.1, 0.4];
    let reverts = 0;
    for (let i = 0; i < 1000; i++) {
      begin(1 + (i & 1), i + 1, config);
      proxy.perSecond = 1 + (i % 17);
      proxy.stable = new Fate(shares[i % 5], shares[(i / 5) % 5]);
      proxy.fresh = proxy.stable;
      proxy.run(90);
      reverts += proxy.reverts;
    }
    expect(reverts).toBe(0);
  });
});
