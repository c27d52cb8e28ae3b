import { Quota } from "../../../../assembly/core/gcra";
import { Overrides } from "../../../../plugins/ratelimit/quota/overrides";
import { defaultLease, Terms } from "../../../../plugins/ratelimit/quota/terms";
import { Crew, MS, SECOND, START } from "./workers";

const KEY: u64 = 1 << 40;

let seed: u64 = 1;
function random(below: u64): u64 {
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return seed % below;
}

/** Random load on a crew: bursts, pauses, one worker or all, costs, requests given back, sweeps late and early. */
function drive(crew: Crew, steps: i32, costs: bool = true): void {
  const T = <u64>crew.quota.interval;
  let favourite = 0;
  for (let i = 0; i < steps; i++) {
    const dice = random(100);
    if (dice < 2) crew.now += random(200) * T;
    else if (dice < 40) crew.now += random(2 * T);
    if (dice == 50) favourite = <i32>random(crew.workers.length);
    if (dice == 60) crew.sweep();
    if (dice == 61) crew.now += SECOND + random(SECOND);
    if (dice == 62) crew.shelf.conflicts = <i32>random(12);
    const worker = random(3) == 0 ? <i32>random(crew.workers.length) : favourite;
    const cost: i64 = costs && random(8) == 0 ? 1 + <i64>random(min<u64>(crew.quota.burst, 12)) : 1;
    if (dice == 70) tease(crew, worker, cost);
    else crew.ask(worker, KEY, cost);
  }
}

/** A request that something else turned away. */
function tease(crew: Crew, worker: i32, cost: i64): void {
  if (crew.workers[worker].check(KEY, cost, crew.now) == 0) crew.workers[worker].giveBack(crew.now);
}

describe("Buckets of one worker", () => {
  it("admit a burst and then the rate, with any lease", () => {
    for (let lease = 1; lease <= 40; lease += 13) {
      const crew = new Crew(new Quota(10, 1, 20), 1, lease);
      expect(crew.burst(0, 100)).toBe(20);
      for (let i = 0; i < 1000; i++) {
        crew.now += 50 * MS;
        crew.ask(0);
      }
      expect(crew.admitted.length).toBeGreaterThanOrEqual(20 + 500 - 8);
      expect(crew.worstWindow()).toBeLessThanOrEqual(0);
    }
  });

  it("never exceed burst + rate * d in any window, whatever the lease", () => {
    for (let lease = 1; lease <= 64; lease += 7) {
      for (let round = 0; round < 6; round++) {
        const crew = new Crew(new Quota(1 + random(2000), 1, 1 + random(60)), 1, lease);
        drive(crew, 3000);
        expect(crew.worstWindow()).toBeLessThanOrEqual(0);
        expect(crew.worstLife()).toBeLessThanOrEqual(0);
      }
    }
  });

  it("tell the time until a denied request would be admitted", () => {
    const crew = new Crew(new Quota(1, 60, 2), 1, 1);
    expect(crew.burst(0, 2)).toBe(2);
    expect(crew.workers[0].check(KEY, 1, crew.now)).toBe(60 * SECOND);
    expect(crew.workers[0].check(KEY, 2, crew.now + 10 * SECOND)).toBe(110 * SECOND);
    crew.now += 60 * SECOND - 1;
    expect(crew.ask(0)).toBe(false);
    crew.now += 1;
    expect(crew.ask(0)).toBe(true);
  });

  it("deny without a host call what was denied before", () => {
    const crew = new Crew(new Quota(1, 60, 2), 1, 1);
    crew.burst(0, 3);
    const reads = crew.shelf.reads;
    expect(crew.burst(0, 1000)).toBe(0);
    expect(crew.shelf.reads).toBe(reads);
    expect(crew.workers[0].ask(KEY, 1, crew.now)).toBeGreaterThan(0);
  });

  it("admit requests of a cost as that many", () => {
    const crew = new Crew(new Quota(10, 1, 20), 1, 16);
    expect(crew.ask(0, KEY, 15)).toBe(true);
    expect(crew.ask(0, KEY, 6)).toBe(false);
    expect(crew.ask(0, KEY, 5)).toBe(true);
    expect(crew.ask(0)).toBe(false);
  });

  it("take a cost beyond the burst for the whole burst", () => {
    const crew = new Crew(new Quota(10, 1, 20), 1, 16);
    expect(crew.workers[0].check(KEY, 1_000_000, crew.now)).toBe(0);
    crew.workers[0].spend(crew.now);
    expect(crew.ask(0)).toBe(false);
  });
});

describe("Buckets of several workers", () => {
  it("share one burst exactly with a lease of 1", () => {
    const crew = new Crew(new Quota(10, 1, 20), 4, 1);
    let admitted = 0;
    for (let i = 0; i < 100; i++) if (crew.ask(i % 4)) admitted++;
    expect(admitted).toBe(20);
  });

  it("admit over the life of a key at most burst + rate * t, and in a window (N - 1)(L - 1) more", () => {
    for (let count = 2; count <= 8; count *= 2) {
      for (let lease = 1; lease <= 33; lease += 4) {
        for (let round = 0; round < 4; round++) {
          const crew = new Crew(new Quota(1 + random(3000), 1, 1 + random(100)), count, lease);
          drive(crew, 3000);
          expect(crew.worstLife()).toBeLessThanOrEqual(0);
          expect(crew.worstWindow()).toBeLessThanOrEqual((count - 1) * (lease - 1));
        }
      }
    }
  });

  it("can come near that bound, so that the property above is not idle", () => {
    const crew = new Crew(new Quota(1000, 1, 100), 4, 17);
    // Each worker is made to hold 7 of a loan of 8; then the bucket fills, and all come at once.
    for (let worker = 0; worker < 4; worker++) {
      for (let i = 0; i < 8; i++) crew.ask(worker);
    }
    crew.now += 500 * MS;
    for (let worker = 0; worker < 4; worker++) crew.burst(worker, 200);
    expect(crew.worstWindow()).toBeGreaterThan(10);
    expect(crew.worstWindow()).toBeLessThanOrEqual(3 * 16);
  });

  it("serve one worker as much as all of them", () => {
    for (let count = 1; count <= 8; count *= 2) {
      const crew = new Crew(new Quota(1000, 1, 100), 8, 16);
      for (let i = 0; i < 40_000; i++) {
        crew.now += MS / 4;
        if (i % 4000 == 0) crew.sweep();
        crew.ask(i % count);
      }
      expect(crew.admitted.length).toBeGreaterThanOrEqual(((100 + 10_000) * 98) / 100);
      expect(crew.worstLife()).toBeLessThanOrEqual(0);
    }
  });

  it("need at most 0.4 calls a request when asked for four times as much", () => {
    const crew = new Crew(new Quota(1000, 1, 100), 4, 16);
    for (let i = 0; i < 40_000; i++) {
      crew.now += MS / 4;
      crew.ask(<i32>random(4));
    }
    const calls = crew.shelf.reads + crew.shelf.writes;
    expect(<f64>calls / 40_000).toBeLessThan(0.4);
  });

  it("give back what lies idle for a second", () => {
    const crew = new Crew(new Quota(1, 60, 60), 2, 16);
    for (let i = 0; i < 10; i++) crew.ask(0);
    crew.now += 2 * SECOND;
    crew.sweep();
    expect(crew.burst(1, 100)).toBe(50);
  });

  it("admit no more for what was given back", () => {
    const crew = new Crew(new Quota(1, 60, 60), 2, 64);
    for (let i = 0; i < 50; i++) {
      crew.burst(i % 2, 1 + (i % 3));
      crew.now += 2 * SECOND;
      crew.sweep();
    }
    expect(crew.worstLife()).toBeLessThanOrEqual(0);
  });

  it("leave the quota whole when a request is given back that was not spent", () => {
    for (let lease = 1; lease <= 16; lease += 15) {
      const crew = new Crew(new Quota(1, 60, 40), 2, lease);
      for (let i = 0; i < 100; i++) tease(crew, i % 2, 1 + (i % 20));
      crew.now += 2 * SECOND;
      crew.sweep();
      expect(crew.burst(0, 100) + crew.burst(1, 100)).toBe(40);
    }
  });

  it("give a denied key again what it borrowed since and something else turned away", () => {
    const crew = new Crew(new Quota(1, 3600, 14), 1, 1);
    expect(crew.burst(0, 13)).toBe(13);
    expect(crew.ask(0, KEY, 3)).toBe(false);
    expect(crew.workers[0].check(KEY, 1, crew.now)).toBe(0);
    crew.workers[0].giveBack(crew.now);
    expect(crew.burst(0, 5)).toBe(1);
  });

  it("cost no further call for a request that is turned away by something else, but for a lease of 1 or 2", () => {
    for (let lease = 1; lease <= 4; lease++) {
      const crew = new Crew(new Quota(1, 60, 40), 1, lease);
      for (let i = 0; i < 100; i++) tease(crew, 0, 1);
      const calls = crew.shelf.reads + crew.shelf.writes;
      expect(calls).toBe(lease < 3 ? 400 : 2);
      expect(crew.burst(0, 100)).toBe(40);
    }
  });

  it("deny nothing on account of a request that was given back", () => {
    const crew = new Crew(new Quota(1, 1, 3), 1, 1);
    expect(crew.burst(0, 10)).toBe(3);
    for (let i = 0; i < 5; i++) {
      crew.now += SECOND;
      tease(crew, 0, 1);
      tease(crew, 0, 1);
      expect(crew.burst(0, 10)).toBe(1);
    }
  });

  it("lose no more than it held when a worker is gone, and gain nothing", () => {
    const crew = new Crew(new Quota(1, 60, 100), 2, 16);
    for (let i = 0; i < 20; i++) crew.ask(0);
    crew.workers[0] = crew.hire();
    const rest = crew.burst(0, 200) + crew.burst(1, 200);
    expect(rest).toBeLessThanOrEqual(80);
    expect(rest).toBeGreaterThanOrEqual(80 - 7);
  });
});

describe("contention", () => {
  it("is overcome when it ends", () => {
    const crew = new Crew(new Quota(10, 1, 20), 2, 1);
    crew.shelf.conflicts = 7;
    expect(crew.ask(0)).toBe(true);
    expect(crew.workers[0].ledger.contentions).toBe(0);
  });

  it("that does not end denies for a millisecond and is counted", () => {
    const crew = new Crew(new Quota(10, 1, 20), 2, 1);
    crew.shelf.conflicts = 8;
    expect(crew.workers[0].check(KEY, 1, crew.now)).toBe(MS);
    expect(crew.workers[0].ledger.contentions).toBe(1);
    expect(crew.ask(0)).toBe(false);
    crew.now += MS;
    expect(crew.ask(0)).toBe(true);
    expect(crew.burst(1, 100)).toBe(19);
  });

  it("while something is given back loses it and gives nobody more", () => {
    const crew = new Crew(new Quota(1, 60, 20), 2, 1);
    expect(crew.workers[0].check(KEY, 5, crew.now)).toBe(0);
    crew.shelf.conflicts = 8;
    crew.workers[0].giveBack(crew.now);
    expect(crew.burst(1, 100)).toBe(15);
  });
});

describe("shared data that does not answer", () => {
  it("leaves each worker a quota of its own", () => {
    const crew = new Crew(new Quota(10, 1, 20), 2, 16);
    crew.shelf.isDown = true;
    expect(crew.burst(0, 100)).toBe(20);
    expect(crew.burst(1, 100)).toBe(20);
    crew.now += SECOND;
    expect(crew.burst(0, 100)).toBe(10);
    expect(crew.workers[0].alone).toBe(30, "what the guard denied alone is not counted");
  });

  it("leaves keys that have no slot one of a worker together", () => {
    const crew = new Crew(new Quota(1, 60, 5), 1, 16, 64);
    crew.shelf.isDown = true;
    let admitted = 0;
    for (let key: u64 = 1; key <= 1000; key++) admitted += crew.burst(0, 1, key * 0x9e3779b97f4a7c15);
    expect(admitted).toBeLessThanOrEqual(104 + 5);
  });

  it("once it answers again, admits no more than is promised from then on", () => {
    const crew = new Crew(new Quota(1, 60, 20), 1, 16);
    crew.burst(0, 10);
    crew.shelf.isDown = true;
    crew.burst(0, 100);
    crew.shelf.isDown = false;
    expect(crew.burst(0, 100)).toBe(0, "its own guard remembers");
  });
});

describe("another configuration", () => {
  it("of the same quota finds the states as they are", () => {
    const crew = new Crew(new Quota(1, 3600, 20), 1, 16);
    expect(crew.burst(0, 100)).toBe(20);
    crew.workers[0] = crew.hire();
    expect(crew.burst(0, 100)).toBe(0);
  });

  it("of a shorter burst lets nobody wait longer than that, and gives nobody a fresh one", () => {
    const crew = new Crew(new Quota(1, 3600, 20), 1, 1);
    expect(crew.burst(0, 100)).toBe(20);
    crew.workers[0] = crew.hire(new Quota(10, 1, 5));
    expect(crew.burst(0, 100)).toBe(0);
    crew.now += SECOND / 10;
    expect(crew.burst(0, 100)).toBe(1);
  });

  it("beside the old one is not made to cut states in turns", () => {
    const crew = new Crew(new Quota(1, 3600, 20), 2, 1);
    crew.workers[1] = crew.hire(new Quota(10, 1, 5));
    let old = 0;
    let young = 0;
    for (let i = 0; i < 1000; i++) {
      old += crew.burst(0, 1);
      young += crew.burst(1, 1);
    }
    expect(old + young).toBeLessThanOrEqual(20 + 5);
  });
});

describe("accounts and parts", () => {
  it("put a part of the quota in force at once, and all of it again", () => {
    const crew = new Crew(new Quota(100, 1, 100), 1, 1);
    const buckets = crew.workers[0];
    crew.burst(0, 200);
    buckets.apply(0, crew.quota.percent(10), 10);
    crew.now += SECOND;
    expect(crew.burst(0, 200)).toBe(10);
    crew.now += SECOND;
    expect(crew.burst(0, 200)).toBe(10);
    buckets.apply(0, crew.quota, 100);
    crew.now += SECOND / 10;
    expect(crew.burst(0, 200)).toBe(10);
  });

  it("credit at the shortest interval, so that nobody gains by a change", () => {
    const crew = new Crew(new Quota(100, 1, 100), 2, 64);
    for (let round = 0; round < 300; round++) {
      for (let worker = 0; worker < 2; worker++) {
        const part: f64 = random(2) == 0 ? 100 : 1 + <f64>random(100);
        crew.workers[worker].apply(0, part == 100 ? crew.quota : crew.quota.percent(part), part);
      }
      crew.burst(<i32>random(2), 1 + <i32>random(30));
      crew.now += random(1500) * MS;
      crew.sweep();
    }
    expect(crew.worstLife()).toBeLessThanOrEqual(0);
  });

  it("give a key with an override its own quota", () => {
    const crew = new Crew(new Quota(10, 1, 20), 0, 1);
    const overrides = new Overrides(3);
    overrides.add(KEY, new Terms(new Quota(10, 1, 50), 1));
    overrides.add(KEY * 2, null);
    overrides.add(KEY * 3, new Terms(new Quota(10, 1, 1), 1));
    crew.workers.push(crew.hire(crew.quota, overrides));
    expect(crew.burst(0, 1000, KEY)).toBe(50);
    expect(crew.burst(0, 1000, KEY * 2)).toBe(1000);
    expect(crew.workers[0].quota).toBe(null);
    expect(crew.burst(0, 1000, KEY * 3)).toBe(1);
    expect(crew.burst(0, 1000, KEY * 4)).toBe(20);
    crew.workers[0].apply(0, crew.quota.percent(50), 50);
    crew.now += 100 * SECOND;
    expect(crew.burst(0, 1000, KEY)).toBe(25);
    expect(crew.burst(0, 1000, KEY * 4)).toBe(10);
  });

  it("keep requests without a key in one bucket", () => {
    const crew = new Crew(new Quota(10, 1, 20), 2, 1);
    expect(crew.burst(0, 15, 0) + crew.burst(1, 15, 0)).toBe(20);
    expect(crew.burst(0, 100)).toBe(20, "a key has its own");
    const keyless = new Crew(new Quota(10, 1, 20), 2, 1, 0);
    expect(keyless.burst(0, 15, KEY) + keyless.burst(1, 15, KEY * 2)).toBe(20);
    expect(keyless.shelf.pages.length).toBe(1);
  });
});

describe("remaining", () => {
  it("tells what is left, here and in the shared state", () => {
    const crew = new Crew(new Quota(1, 60, 40), 1, 16);
    for (let i = 1; i <= 40; i++) {
      expect(crew.ask(0)).toBe(true);
      expect(crew.workers[0].remaining(crew.now)).toBe(40 - i);
    }
    expect(crew.ask(0)).toBe(false);
    expect(crew.workers[0].remaining(crew.now)).toBe(0);
  });
});

describe("defaultLease", () => {
  it("is a sixth of the burst, 1 to 16, or a 64th of a large one", () => {
    expect(defaultLease(1)).toBe(1);
    expect(defaultLease(11)).toBe(1);
    expect(defaultLease(12)).toBe(2);
    expect(defaultLease(60)).toBe(10);
    expect(defaultLease(1024)).toBe(16);
    expect(defaultLease(6400)).toBe(100);
    expect(defaultLease(1_000_000_000)).toBe(4096);
  });
});

describe("time", () => {
  it("may begin anywhere", () => {
    expect(START % 256).toBe(0);
    for (let i = 0; i < 3; i++) {
      const crew = new Crew(new Quota(10, 1, 20), 1, 8);
      crew.now = i == 0 ? 1 : i == 1 ? u64.MAX_VALUE - SECOND : ((<u64>1) << 63) - SECOND;
      expect(crew.burst(0, 100)).toBe(20);
      crew.now += 2 * SECOND;
      expect(crew.burst(0, 100)).toBe(20);
    }
  });
});
