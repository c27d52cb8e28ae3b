import { PLACE_BITS } from "../../../../plugins/ratelimit/priority/cohorts";
import { Shedder } from "../../../../plugins/ratelimit/priority/shedder";
import { Chance, classesOf, Overload } from "./overload";

const FLOORS: f64[] = [0.01, 0.01, 0.01];
/** Demand as multiples of the capacity: 10 in all, 0.6 of it of the first class. */
const TENFOLD: f64[] = [0.6, 4.4, 5];

/** An upstream of capacity 1 a ms that has been under this demand for two seconds. */
function underDemand(multiples: f64[], workers: i32 = 1, floors: f64[] = FLOORS): Overload {
  const overload = new Overload(16, floors, workers);
  overload.demand(multiples);
  overload.run(2);
  return overload;
}

function expectAtLeast(value: f64, least: f64, what: string): void {
  expect(value >= least).toBe(true, `${what}: ${value}, not ${least}`);
}

function expectAtMost(value: f64, most: f64, what: string): void {
  expect(value <= most).toBe(true, `${what}: ${value}, not ${most}`);
}

describe("Shedder without overload", () => {
  it("admits every request of every class", () => {
    const overload = underDemand([0.1, 0.1, 0.2]);
    overload.run(20);
    for (let c = 0; c < 3; c++) expect(overload.part(c)).toBe(1);
  });

  it("admits every request again when overload is over", () => {
    const overload = underDemand(TENFOLD, 2);
    overload.demand([0.1, 0.1, 0.2]);
    overload.run(1);
    // So long, since by chance a worker's half of the allowance is used up now and then.
    overload.run(300);
    for (let c = 0; c < 3; c++) expectAtLeast(overload.part(c), 0.999, `class ${c}`);
  });
});

describe("Shedder at 10 times the capacity", () => {
  it("admits the first class whole, and leaves no capacity unused", () => {
    for (let workers = 1; workers <= 4; workers *= 4) {
      for (let tenths = 5; tenths <= 9; tenths += 4) {
        const first = <f64>tenths / 10;
        const overload = underDemand([first, 5 - first, 5], workers);
        overload.run(5);
        expectAtLeast(overload.part(0), tenths < 9 ? 0.994 : 0.94, `${workers} workers, first class of ${first}`);
        expectAtLeast(overload.used(5), 0.97, "used");
        expectAtMost(overload.slowest, 4 * 16, "ms that the slowest took");
      }
    }
  });

  it("keeps the floor of each class within 20 percent", () => {
    const floors: f64[] = [0, 0.05, 0.1, 0.02];
    for (let workers = 1; workers <= 4; workers *= 4) {
      const overload = underDemand([2, 3, 3, 2], workers, floors);
      overload.run(10);
      for (let c = 1; c < 4; c++) {
        expectAtLeast(overload.gained(c, 10), 0.8 * floors[c], `floor ${c}`);
        expectAtMost(overload.gained(c, 10), 1.2 * floors[c], `floor ${c}`);
      }
      expectAtLeast(overload.gained(0, 10), 0.79, "the rest");
    }
  });

  it("shares the capacity by floors that add up to all of it", () => {
    const floors: f64[] = [0.5, 0.3, 0.2];
    const overload = underDemand([3, 3, 4], 1, floors);
    overload.run(10);
    for (let c = 0; c < 3; c++) expectAtLeast(overload.gained(c, 10), 0.9 * floors[c], `floor ${c}`);
  });

  it("takes no floor from a class that asks for less", () => {
    const overload = underDemand([5, 4.99, 0.01], 1, [0.01, 0.01, 0.5]);
    overload.run(10);
    expectAtLeast(overload.part(2), 0.9, "the small class");
    expectAtLeast(overload.gained(0, 10), 0.9, "the rest");
  });

  it("serves or sheds users as a whole", () => {
    const overload = underDemand(TENFOLD);
    overload.run(10);
    let neither = 0;
    let users = 0;
    for (let user = 0; user < overload.userDemanded.length; user++) {
      const part = <f64>overload.userAdmitted[user] / <f64>max(1, overload.userDemanded[user]);
      if (part > 0.1 && part < 0.9) neither++;
      users++;
    }
    expectAtMost(<f64>neither / <f64>users, 0.1, "users who are neither");
  });

  it("sheds within the first class when that alone is too much", () => {
    const overload = underDemand([5, 3, 2]);
    overload.run(10);
    expectAtLeast(overload.gained(0, 10), 0.93, "first class");
    expectAtLeast(overload.used(10), 0.97, "used");
  });
});

describe("Shedder when demand changes", () => {
  it("serves the first class from the first moment of overload on, and whole after half a second", () => {
    for (let workers = 1; workers <= 4; workers *= 4) {
      const overload = underDemand([0.03, 0.22, 0.25], workers);
      overload.demand(TENFOLD);
      overload.run(0.5);
      expectAtLeast(overload.part(0), 0.8, `${workers} workers, at first`);
      overload.run(1);
      expectAtLeast(overload.part(0), 0.994, `${workers} workers, then`);
    }
  });

  it("gives way to a higher class that grows, and takes what one leaves, within half a second", () => {
    for (let workers = 1; workers <= 4; workers *= 4) {
      const overload = underDemand([0.1, 2.9, 7], workers);
      overload.demand([0.8, 4.2, 5]);
      overload.run(0.5);
      expectAtLeast(overload.part(0), 0.8, `${workers} workers, at first`);
      overload.run(1);
      expectAtLeast(overload.part(0), 0.99, `${workers} workers, then`);
      overload.demand([0.1, 0.5, 9.4]);
      overload.run(0.6);
      overload.run(1);
      expectAtLeast(overload.part(1), 0.97, "second class");
      expectAtLeast(overload.used(1), 0.95, "used");
    }
  });

  it("follows the allowance down and up", () => {
    const overload = underDemand([0.3, 4.7, 5]);
    overload.allowance = 8;
    overload.run(0.5);
    overload.run(3);
    expectAtLeast(overload.part(0), 0.99, "with less");
    expectAtLeast(overload.used(3), 0.45, "used, half the servers");
    overload.allowance = 22;
    overload.run(0.5);
    overload.run(3);
    expectAtLeast(overload.part(0), 0.994, "with more");
    expectAtLeast(overload.used(3), 0.97, "used, all servers");
  });
});

describe("Shedder for a slow upstream", () => {
  it("lets few more in than may be in flight before it knows what the capacity is", () => {
    const overload = new Overload(8, FLOORS, 4, 1000);
    overload.allowance = 10;
    overload.demand([0.1, 0.2, 0.2]);
    overload.run(60);
    overload.demand([0.5, 4.5, 5]);
    overload.run(10);
    expectAtMost(overload.slowest, 5000, "ms that the slowest took");
    overload.run(60);
    expectAtLeast(overload.part(0), 0.98, "first class");
    expectAtLeast(overload.used(60), 0.95, "used");
  });
});

describe("Shedder among other workers", () => {
  it("wants room for the classes that the capacity of all workers reaches", () => {
    const shedder = new Shedder(classesOf(FLOORS), 1);
    expect(shedder.wantedPart).toBe(1, "nothing is known");
    for (let i = 0; i < 100; i++) shedder.note(i % 4 == 0 ? 0 : 2 << PLACE_BITS, i % 2 == 0, false);
    shedder.tick(10);
    expect(shedder.demandPart(0)).toBe(0.25);
    expect(shedder.demandPart(2)).toBe(0.75);
    expect(shedder.admittedPart).toBe(0.5);
    const classes = shedder.pooled.classes;
    classes[0] = 100;
    classes[1] = 9000;
    classes[2] = 900;
    shedder.pooled.update(1000);
    expect(Math.round(shedder.wantedPart * 1000)).toBe(Math.round(1000 * (0.25 * 1.25 + (0.75 * 10) / 900)));
  });

  it("lets a class go first that fills this worker and fits into the capacity of all", () => {
    const shedder = new Shedder(classesOf(FLOORS), 1);
    for (let i = 0; i < 1000; i++) shedder.note(i & 0xffff, i % 20 != 0, true);
    shedder.tick(10);
    expectAtMost(shedder.limitShare(40_000), 1.5, "by what this worker knows");
    shedder.pooled.classes[0] = 1000;
    shedder.pooled.classes[1] = 9000;
    shedder.pooled.update(3000);
    shedder.tick(10);
    expectAtLeast(shedder.limitShare(40_000), 1.9, "by what all know");
  });
});

describe("Shedder's shares", () => {
  it("let somebody in again after nobody was admitted for a minute", () => {
    const shedder = new Shedder(classesOf(FLOORS), 1);
    for (let tick = 0; tick < 600; tick++) {
      for (let i = 0; i < 20; i++) shedder.note((i % 3) << PLACE_BITS, false, true);
      shedder.tick(4);
    }
    for (let c = 0; c < 3; c++) expectAtLeast(shedder.limitShare(c << PLACE_BITS), 0.3, `class ${c}`);
  });

  it("are at least 1 as long as the allowance was not used up", () => {
    const shedder = new Shedder(classesOf(FLOORS), 1);
    const chance = new Chance(3);
    for (let i = 0; i < 20_000; i++) {
      const rank = chance.below(3 << PLACE_BITS);
      assert(shedder.limitShare(rank) >= 1);
      shedder.note(rank, true, false);
      if (i % 1000 == 0) shedder.tick(10);
    }
  });

  it("stay in bounds, and without floors never favour a later cohort, whatever comes", () => {
    const chance = new Chance(5);
    for (let round = 0; round < 50; round++) {
      const classes = 1 + chance.below(8);
      const floors: f64[] = [];
      for (let c = 0; c < classes; c++) floors.push(round % 2 == 0 ? 0 : chance.next() / <f64>classes);
      const shedder = new Shedder(classesOf(floors), 1);
      for (let step = 0; step < 20; step++) {
        const allowance = Math.pow(10, 3 * chance.next()) * (chance.below(5) == 0 ? 0 : 1);
        const top = 1 + chance.below(classes << PLACE_BITS);
        const used = chance.next();
        const admitted = chance.next();
        for (let i = chance.below(200); i > 0; i--) {
          shedder.note(chance.below(top), chance.next() < admitted, chance.next() < used);
        }
        if (chance.below(2) == 0) shedder.tick(allowance);
        expectOrder(shedder, classes, round % 2 == 0);
      }
    }
  });
});

/** Looks at the shares of all cohorts. */
function expectOrder(shedder: Shedder, classes: i32, ordered: bool): void {
  let before: f64 = Infinity;
  for (let rank = 0; rank < classes << PLACE_BITS; rank += 2048) {
    const share = shedder.limitShare(rank);
    assert(share >= 0.3 && share <= 5, `share ${share}`);
    assert(share <= before + 1e-9 || !ordered, `share ${share} after ${before}`);
    before = share;
  }
}
