import { AbortConfig } from "../../../../plugins/canary/health/config";
import { byErrors, Fate, Fleet } from "./fleet";

let fleet: Fleet = new Fleet([byErrors()], 1);

/** One worker or more; v1 takes 40 requests a second and v2 10, all fine. */
function begin(config: AbortConfig, workers: i32 = 1, seed: u64 = 1): void {
  fleet = new Fleet([config], workers, seed);
  fleet.fates[0] = new Fate(40);
  fleet.fates[1] = new Fate(10);
}

describe("several workers", () => {
  it("agree, and one of them tells", () => {
    begin(byErrors(), 4);
    fleet.run(60);
    fleet.fates[1].failing = 1;
    expect(fleet.runUntil(1, true, 60)).toBeGreaterThan(0);
    fleet.run(1);
    for (let i = 0; i < 4; i++) expect(fleet.workers[i].isAborted(1)).toBe(true);
    fleet.run(601);
    for (let i = 0; i < 4; i++) expect(fleet.workers[i].isAborted(1)).toBe(false);
    expect(fleet.aborts).toBe(1);
    expect(fleet.letIns).toBe(1);
  });

  it("find what none of them would find alone", () => {
    begin(byErrors(), 16);
    fleet.fates[1] = new Fate(2, 0);
    fleet.run(60);
    fleet.fates[1].failing = 1;
    expect(fleet.runUntil(1, true, 60)).toBeGreaterThan(0);
  });

  it("lose and double nothing when writes come too late", () => {
    begin(byErrors(), 3);
    fleet.bytes.lateWrites = 40;
    fleet.run(8);
    expect(fleet.bytes.lateWrites).toBeLessThan(40);
    fleet.bytes.lateWrites = 0;
    fleet.fates[0].perSecond = 0;
    fleet.fates[1].perSecond = 0;
    fleet.run(1);
    const last = fleet.workers[2];
    last.tick(fleet.nowNs);
    let requests: u32 = 0;
    for (let number = fleet.nowNs / 6_000_000_000 - 3; number <= fleet.nowNs / 6_000_000_000; number++) {
      const slice = last.record.slice(0, number);
      if (slice.number == number) requests += slice.requests;
    }
    expect(requests).toBe(80);
  });

  it("lose and double nothing, whoever is late, whenever", () => {
    const config = byErrors();
    // So that nothing expires meanwhile.
    config.windowNs = 3_600_000_000_000;
    for (let seed: u64 = 1; seed <= 20; seed++) {
      begin(config, 1 + <i32>(seed % 5), seed);
      fleet.nowNs = 5_000_000_000_000_000 + seed * 7_000_000_000;
      fleet.fates[1].failing = 0.03;
      for (let round = 0; round < 40; round++) {
        fleet.bytes.lateWrites = <i32>((seed * 31 + <u64>round * 17) % 23);
        fleet.run(1);
      }
      fleet.bytes.lateWrites = 0;
      fleet.fates[0].perSecond = 0;
      fleet.fates[1].perSecond = 0;
      fleet.run(1);
      const record = fleet.workers[fleet.workers.length - 1].record;
      fleet.counted.window(record, 0, 0, fleet.nowNs / 360_000_000_000);
      expect(fleet.counted.requests).toBe(400);
      expect(fleet.counted.failed).toBe(<f64>fleet.failures);
      expect(fleet.counted.timed).toBe(400 - <f64>fleet.failures);
    }
  });

  it("tell of nothing that they could not write", () => {
    const config = byErrors();
    config.dwellNs = 0;
    begin(config, 2);
    fleet.run(60);
    fleet.fates[1].failing = 1;
    fleet.bytes.lateWrites = 1_000_000;
    fleet.run(20);
    expect(fleet.aborts).toBe(0);
    expect(fleet.isAborted(1)).toBe(false);
    expect(fleet.bytes.writes).toBeLessThan(20 * 2 * 4 + 60 * 2 + 1);
    fleet.bytes.lateWrites = 0;
    fleet.run(1);
    expect(fleet.aborts).toBe(1);
    expect(fleet.isAborted(1)).toBe(true);
  });

  it("know at once, when they begin, what the others know", () => {
    begin(byErrors(), 1);
    fleet.fates[1].failing = 1;
    fleet.runUntil(1, true, 60);
    expect(fleet.join().isAborted(1)).toBe(true);
  });

  it("write nothing while nothing happens", () => {
    begin(byErrors(), 2);
    fleet.run(5);
    fleet.fates[0].perSecond = 0;
    fleet.fates[1].perSecond = 0;
    fleet.run(1);
    fleet.bytes.writes = 0;
    fleet.bytes.reads = 0;
    fleet.run(100);
    expect(fleet.bytes.writes).toBe(0);
    expect(fleet.bytes.reads).toBe(200);
  });

  it("go on alone while the store fails, and together afterwards", () => {
    begin(byErrors(), 2);
    fleet.run(10);
    fleet.bytes.broken = true;
    fleet.fates[1].failing = 1;
    fleet.run(40);
    expect(fleet.workers[0].isAborted(1)).toBe(true);
    expect(fleet.workers[1].isAborted(1)).toBe(true);
    expect<bool>(fleet.workers[0].tick(fleet.nowNs)).toBe(true, "nothing to write");
    fleet.workers[0].note(1, true, 1);
    expect<bool>(fleet.workers[0].tick(fleet.nowNs)).toBe(false);
    fleet.bytes.broken = false;
    fleet.run(1);
    expect<bool>(fleet.workers[0].tick(fleet.nowNs)).toBe(true);
    expect(fleet.workers[0].isAborted(1)).toBe(fleet.workers[1].isAborted(1));
  });

  it("take no harm from bytes that are not theirs", () => {
    const lengths: i32[] = [0, 1, 8, 24, 500, 65536];
    for (let i = 0; i < lengths.length; i++) {
      begin(byErrors(), 2);
      const bytes = new StaticArray<u8>(lengths[i]).fill(0xff);
      fleet.bytes.put(changetype<usize>(bytes), lengths[i]);
      fleet.run(20);
      fleet.fates[1].failing = 1;
      expect(fleet.runUntil(1, true, 60)).toBeGreaterThan(0);
      expect(fleet.bytes.value.length).toBe(lengths[i]);
    }
  });

  it("do not take another configuration's record for their own", () => {
    const other = byErrors();
    other.dwellNs = 0;
    const others = new Fleet([other], 1);
    others.fates[0] = new Fate(40);
    others.fates[1] = new Fate(10, 1);
    expect(others.runUntil(1, true, 60)).toBeGreaterThan(0);
    begin(byErrors(), 2);
    expect(others.bytes.value.length).toBe(fleet.bytes.value.length);
    fleet.bytes.put(changetype<usize>(others.bytes.value), others.bytes.value.length);
    fleet.run(30);
    expect(fleet.isAborted(1)).toBe(false);
    expect(fleet.bytes.writes).toBe(0);
  });
});
