import { AbortConfig } from "../../../../plugins/canary/health/config";
import { HealthPlan } from "../../../../plugins/canary/health/plan";
import { ARMS, byErrors, byLatency, Fate, Fleet } from "./fleet";

let fleet: Fleet = new Fleet([byErrors()], 1);

/** One worker or more; v1 takes 40 requests a second and v2 10, all fine. */
function begin(config: AbortConfig, workers: i32 = 1, seed: u64 = 1): void {
  fleet = new Fleet([config], workers, seed);
  fleet.fates[0] = new Fate(40);
  fleet.fates[1] = new Fate(10);
}

describe("an arm that fails", () => {
  it("is taken out after the dwell, and let in again after the pause", () => {
    begin(byErrors());
    fleet.run(120);
    expect(fleet.isAborted(1)).toBe(false);
    fleet.fates[1].failing = 1;
    const seconds = fleet.runUntil(1, true, 60);
    expect(seconds).toBeGreaterThan(10);
    expect(seconds).toBeLessThan(20);
    expect(fleet.isAborted(0)).toBe(false);
    fleet.fates[1].failing = 0;
    const out = fleet.runUntil(1, false, 700);
    expect(out).toBe(600);
    fleet.run(600);
    expect(fleet.aborts).toBe(1);
    expect(fleet.letIns).toBe(1);
  });

  it("is taken out when a fifth fails, and when little more than allowed does, later", () => {
    const shares: f64[] = [0.2, 0.12];
    const most: i32[] = [60, 300];
    for (let i = 0; i < shares.length; i++) {
      begin(byErrors());
      fleet.fates[0].failing = 0.01;
      fleet.run(60);
      fleet.fates[1].failing = shares[i];
      expect(fleet.runUntil(1, true, most[i])).toBeGreaterThan(0);
    }
  });

  it("stays in when what fails is less than allowed", () => {
    begin(byErrors());
    fleet.fates[0].failing = 0.01;
    fleet.fates[1].failing = 0.04;
    fleet.run(3600);
    expect(fleet.aborts).toBe(0);
  });

  it("stays in while the baseline fails as much: it is what they share that fails", () => {
    begin(byErrors());
    const shares: f64[] = [0.3, 0.97, 1];
    for (let i = 0; i < shares.length; i++) {
      fleet.fates[0].failing = shares[i];
      fleet.fates[1].failing = shares[i];
      fleet.run(600);
    }
    expect(fleet.aborts).toBe(0);
  });

  it("stays in after a moment's failures, which the window remembers for longer than the dwell", () => {
    begin(byErrors());
    fleet.run(60);
    fleet.fates[1].failing = 1;
    fleet.run(5);
    fleet.fates[1].failing = 0;
    fleet.run(120);
    expect(fleet.aborts).toBe(0);
  });

  it("must go on failing for the dwell each time that it begins to", () => {
    begin(byErrors());
    fleet.run(60);
    fleet.fates[1].failing = 1;
    fleet.run(5);
    fleet.fates[1].failing = 0;
    fleet.run(120);
    fleet.fates[1].failing = 1;
    expect(fleet.runUntil(1, true, 60)).toBeGreaterThan(10);
  });

  it("is taken out at once without a dwell", () => {
    const config = byErrors();
    config.dwellNs = 0;
    begin(config);
    fleet.run(60);
    fleet.fates[1].failing = 1;
    expect(fleet.runUntil(1, true, 60)).toBeLessThan(8);
  });
});

describe("too few requests", () => {
  it("say nothing of the arm", () => {
    begin(byErrors());
    fleet.fates[1].perSecond = 0;
    fleet.run(60);
    fleet.fates[1] = new Fate(10, 1);
    fleet.run(4);
    fleet.fates[1].perSecond = 0;
    fleet.run(600);
    expect(fleet.aborts).toBe(0);
  });

  it("of the baseline leave what is allowed in any case, if anything is", () => {
    begin(byErrors());
    fleet.fates[0].perSecond = 0;
    fleet.fates[1].failing = 1;
    fleet.run(600);
    expect(fleet.aborts).toBe(0);

    const config = byErrors();
    config.mostErrors = 0.2;
    begin(config);
    fleet.fates[0].perSecond = 0;
    fleet.fates[1].failing = 0.15;
    fleet.run(600);
    expect(fleet.aborts).toBe(0);
    fleet.fates[1].failing = 0.5;
    expect(fleet.runUntil(1, true, 60)).toBeGreaterThan(0);
  });
});

describe("an arm that is slow", () => {
  it("is taken out", () => {
    begin(byLatency());
    fleet.run(120);
    fleet.fates[1].ms = 100;
    const seconds = fleet.runUntil(1, true, 60);
    expect(seconds).toBeGreaterThan(10);
    expect(seconds).toBeLessThan(30);
  });

  it("stays in when it is no slower than allowed, in both ways", () => {
    begin(byLatency());
    fleet.fates[1].ms = 26;
    fleet.run(1200);
    expect(fleet.aborts).toBe(0);
    // Three times as long, but no 10 ms more.
    begin(byLatency());
    fleet.fates[0].ms = 1;
    fleet.fates[1].ms = 3;
    fleet.run(1200);
    expect(fleet.aborts).toBe(0);
  });

  it("stays in while the baseline is as slow", () => {
    begin(byLatency());
    fleet.run(60);
    fleet.fates[0].ms = 2000;
    fleet.fates[1].ms = 2000;
    fleet.run(600);
    expect(fleet.aborts).toBe(0);
  });

  it("is measured by a configured limit while the baseline has too few requests", () => {
    const config = byLatency();
    config.mostNs = 500e6;
    begin(config);
    fleet.fates[0].perSecond = 0;
    fleet.fates[1].ms = 150;
    fleet.run(600);
    expect(fleet.aborts).toBe(0);
    fleet.fates[1].ms = 700;
    expect(fleet.runUntil(1, true, 60)).toBeGreaterThan(0);
  });

  it("is not compared with a baseline whose requests fail fast", () => {
    const shares: f64[] = [1, 0.985];
    for (let i = 0; i < shares.length; i++) {
      begin(byLatency());
      fleet.fates[0].failing = shares[i];
      fleet.fates[0].ms = 1;
      fleet.fates[1].ms = 200;
      fleet.run(600);
      expect(fleet.aborts).toBe(0);
    }
  });
});

describe("repeated aborts", () => {
  it("take twice as long each time, up to an hour; and as long as first after the arm was well for as long", () => {
    begin(byErrors());
    fleet.fates[1].failing = 1;
    const pauses: i32[] = [];
    for (let i = 0; i < 5; i++) {
      expect(fleet.runUntil(1, true, 60)).toBeGreaterThan(0);
      pauses.push(fleet.runUntil(1, false, 4000));
    }
    expect(pauses).toStrictEqual([600, 1200, 2400, 3600, 3600]);
    fleet.fates[1].failing = 0;
    fleet.run(3600);
    fleet.fates[1].failing = 1;
    expect(fleet.runUntil(1, true, 60)).toBeGreaterThan(0);
    expect(fleet.runUntil(1, false, 4000)).toBe(600);
    expect(fleet.aborts).toBe(6);
  });

  it("need as many requests as the first one: the window begins anew", () => {
    begin(byErrors());
    fleet.fates[1].failing = 1;
    fleet.runUntil(1, true, 60);
    fleet.runUntil(1, false, 700);
    fleet.fates[1].perSecond = 1;
    // 50 requests, and those of 10 s in which it is still so.
    expect(fleet.runUntil(1, true, 200)).toBeGreaterThan(55);
  });
});

describe("a pause shorter than the window", () => {
  it("ends with an empty window", () => {
    const config = byErrors();
    config.recoverNs = 20_000_000_000;
    config.dwellNs = 0;
    begin(config);
    fleet.fates[1].failing = 1;
    fleet.runUntil(1, true, 60);
    fleet.fates[1].failing = 0;
    expect(fleet.runUntil(1, false, 60)).toBe(20);
    fleet.run(120);
    expect(fleet.aborts).toBe(1);
  });
});

describe("time", () => {
  it("that nobody counted in leaves no old requests in the window", () => {
    begin(byErrors());
    fleet.fates[1].failing = 1;
    fleet.run(9);
    fleet.nowNs += 3600 * 1_000_000_000;
    fleet.fates[1].perSecond = 1;
    fleet.run(45);
    expect(fleet.aborts).toBe(0);
  });

  it("that another worker read a moment before the arm was taken out does not let it in", () => {
    begin(byErrors(), 2);
    fleet.fates[1].failing = 1;
    fleet.runUntil(1, true, 60);
    const late = fleet.workers[1];
    late.tick(fleet.nowNs - 5_000_000_000);
    expect(late.isAborted(1)).toBe(true);
  });

  it("that was set back ends a pause instead of making it longer", () => {
    begin(byErrors());
    fleet.fates[1].failing = 1;
    fleet.runUntil(1, true, 60);
    fleet.fates[1].failing = 0;
    fleet.nowNs -= 1_000_000 * 1_000_000_000;
    fleet.run(2);
    expect(fleet.isAborted(1)).toBe(false);
    fleet.run(600);
    fleet.fates[1].failing = 1;
    expect(fleet.runUntil(1, true, 60)).toBeGreaterThan(0);
  });

  it("of nothing at all does no harm", () => {
    begin(byErrors());
    fleet.nowNs = 0;
    fleet.fates[1].failing = 1;
    fleet.run(3);
    expect(fleet.aborts).toBe(0);
  });
});

describe("series", () => {
  it("are shared by arms with the same baseline and window", () => {
    const other = new AbortConfig(2);
    other.moreErrors = 0.05;
    expect(new HealthPlan([byErrors(), other], ARMS).series.length).toBe(3);
    other.windowNs = 30_000_000_000;
    expect(new HealthPlan([byErrors(), other], ARMS).series.length).toBe(4);
    other.baseline = ARMS.length;
    expect(new HealthPlan([byErrors(), other], ARMS).series.length).toBe(4);
  });
});

describe("arms", () => {
  it("without a watch are not counted, nor are those that do not exist", () => {
    begin(byErrors());
    const health = fleet.workers[0];
    expect(health.counts(0)).toBe(true);
    expect(health.counts(1)).toBe(true);
    expect(health.counts(2)).toBe(false);
    expect(health.counts(3)).toBe(false);
    for (let arm = -2; arm < 9; arm++) health.note(arm, true, u64.MAX_VALUE);
    expect(health.isAborted(-1)).toBe(false);
    expect(health.isAborted(4)).toBe(false);
  });

  it("are watched each for itself, against requests without an arm too", () => {
    const third = byErrors();
    third.baseline = ARMS.length;
    const other = new AbortConfig(2);
    other.moreErrors = 0.05;
    other.windowNs = 30_000_000_000;
    fleet = new Fleet([third, other], 2);
    fleet.fates[0] = new Fate(20);
    fleet.fates[1] = new Fate(10, 0.5);
    fleet.fates[2] = new Fate(10);
    fleet.run(60);
    expect(fleet.isAborted(1)).toBe(false);
    fleet.fates[ARMS.length] = new Fate(20);
    expect(fleet.runUntil(1, true, 60)).toBeGreaterThan(0);
    expect(fleet.isAborted(2)).toBe(false);
    fleet.fates[2].failing = 1;
    expect(fleet.runUntil(2, true, 60)).toBeGreaterThan(0);
  });
});

describe("chance", () => {
  it("takes no arm out that fares as its baseline does, in a day with few requests", () => {
    const config = byErrors();
    config.percentile = 0.99;
    for (let seed: u64 = 1; seed <= 3; seed++) {
      begin(config, 1, seed);
      fleet.fates[0] = new Fate(2, 0.05, 50, 2);
      fleet.fates[1] = new Fate(1, 0.05, 50, 2);
      fleet.run(28_800);
      expect(fleet.aborts).toBe(0);
    }
  });
});
