import { SharedWrite } from "../../../../assembly/core/shared-write";
import { Xoshiro256 } from "../../../../assembly/core/xoshiro256";
import { SampleRate } from "../../../../plugins/trace/sampling/rate";
import { Rates, RateStore } from "../../../../plugins/trace/sampling/rates";

const MS: u64 = 1_000_000;
const SECOND: u64 = 1000 * MS;
const START: u64 = 5000 * SECOND;

/** What all workers share. */
@final
class Shelf {
  readonly states: u64[] = [0, 0];
  readonly written: bool[] = [false, false];
  version: u32 = 0;
  works: bool = true;
  calls: i32 = 0;
}


@final
class ShelfStore extends RateStore {
  private seen: u32 = 0;
  /** How many writes come too late. */
  conflicts: i32 = 0;

  constructor(readonly shelf: Shelf) {
    super();
  }

  read(bucket: i32): bool {
    this.shelf.calls++;
    this.isThere = this.shelf.written[bucket];
    this.state = this.shelf.states[bucket];
    this.seen = this.shelf.version;
    return this.shelf.works;
  }

  write(bucket: i32, state: u64): SharedWrite {
    this.shelf.calls++;
    if (this.conflicts-- > 0 || this.seen != this.shelf.version) return SharedWrite.Late;
    this.shelf.version++;
    this.shelf.states[bucket] = state;
    this.shelf.written[bucket] = true;
    return SharedWrite.Done;
  }
}

/** A worker, whose ticks come at its own times. */
@final
class Worker {
  readonly store: ShelfStore;
  readonly rates: Rates;

  constructor(
    shelf: Shelf,
    perSecond: f64,
    public nextTick: u64,
  ) {
    const store = new ShelfStore(shelf);
    this.store = store;
    this.rates = new Rates([new SampleRate(perSecond), new SampleRate(perSecond)], store);
    this.rates.tick(nextTick);
  }

  at(now: u64, late: u64): void {
    if (now < this.nextTick) return;
    this.rates.tick(now);
    this.nextTick = now + SECOND / 10 + late;
  }

  /** How many of `count` are admitted. */
  take(count: i32, bucket: i32 = 0): i32 {
    let taken = 0;
    for (let i = 0; i < count; i++) if (this.rates.take(bucket)) taken++;
    return taken;
  }
}

/** Of admissions at these times, how many more there were in the worst of all windows than the rate allows. */
function worstExcess(times: u64[], perSecond: f64, burst: f64, slackNs: f64): f64 {
  // With x = i - rate * time, the excess of the window from i to j is x(j) - x(i) + 1.
  let least: f64 = Infinity;
  let worst: f64 = -Infinity;
  for (let i = 0; i < times.length; i++) {
    const x = <f64>i - (perSecond * <f64>(times[i] - START)) / <f64>SECOND;
    least = min(least, x);
    worst = max(worst, x - least + 1);
  }
  return worst - burst - (perSecond * slackNs) / <f64>SECOND;
}

/** How many of a steady stream of requests are admitted in so many seconds, with so many ticks in each. */
function admittedIn(seconds: u64, ticks: u64, worker: Worker): i32 {
  let taken = 0;
  for (let now = START; now < START + seconds * SECOND; now += SECOND / ticks) {
    worker.rates.tick(now);
    taken += worker.take(600);
  }
  return taken;
}

/** Whether so many in so many seconds are the rate, after what came at once. */
function expectRate(taken: i32, perSecond: f64, seconds: f64): void {
  const shown = `${taken} at ${perSecond} a second`;
  expect(<f64>taken).toBeLessThanOrEqual(perSecond * seconds + max(1, ceil(perSecond)), shown);
  expect(<f64>taken).toBeGreaterThanOrEqual(floor(perSecond * seconds * 0.95), shown);
}

describe("Rates of one worker", () => {
  it("admit over time what they say, with ticks of a second and of less", () => {
    const rates: f64[] = [0.01, 0.2, 1, 1.1, 1.5, 2.3, 3, 7.77, 10, 123, 499];
    for (let i = 0; i < rates.length; i++) {
      expectRate(admittedIn(100, 1, new Worker(new Shelf(), rates[i], START)), rates[i], 100);
      expectRate(admittedIn(100, 10, new Worker(new Shelf(), rates[i], START)), rates[i], 100);
    }
  });

  it("admit just what they say each second, where that is a whole number", () => {
    const rates: f64[] = [1, 3, 7, 10, 100, 999];
    for (let i = 0; i < rates.length; i++) {
      const worker = new Worker(new Shelf(), rates[i], START);
      for (let s: u64 = 0; s < 20; s++) {
        worker.rates.tick(START + s * SECOND);
        expect(worker.take(2000)).toBe(<i32>rates[i]);
      }
    }
  });

  it("admit one trace every so many seconds below 1 a second", () => {
    expect(admittedIn(60, 1, new Worker(new Shelf(), 0.2, START))).toBe(12);
    expect(admittedIn(60, 1, new Worker(new Shelf(), 0.3, START))).toBe(15);
  });

  it("admit at once what a second brings, and one at least", () => {
    const rates: f64[] = [0.01, 1, 1.5, 10, 1000];
    const expected: i32[] = [1, 1, 2, 10, 1000];
    for (let i = 0; i < rates.length; i++)
      expect(new Worker(new Shelf(), rates[i], START).take(2000)).toBe(expected[i]);
  });

  it("give no more after a pause than a second brings", () => {
    const worker = new Worker(new Shelf(), 7, START);
    worker.take(50);
    worker.rates.tick(START + 3600 * SECOND);
    expect(worker.take(50)).toBe(7);
  });

  it("make no call for what was denied since the tick", () => {
    const shelf = new Shelf();
    const worker = new Worker(shelf, 3, START);
    expect(worker.take(4)).toBe(3);
    expect(shelf.calls).toBe(7);
    expect(worker.take(1000)).toBe(0);
    expect(shelf.calls).toBe(7);
  });

  it("keep apart what has a limit of its own", () => {
    const worker = new Worker(new Shelf(), 3, START);
    expect(worker.take(9, 0)).toBe(3);
    expect(worker.take(9, 1)).toBe(3);
  });

  it("try again when another worker was first, but not for ever", () => {
    const worker = new Worker(new Shelf(), 5, START);
    worker.store.conflicts = 3;
    expect(worker.take(1)).toBe(1);
    worker.store.conflicts = 4;
    expect(worker.take(1)).toBe(0);
    // Only a full bucket denies until the tick.
    expect(worker.take(9)).toBe(4);
  });

  it("hold for the worker alone where nothing is shared", () => {
    const shelf = new Shelf();
    shelf.works = false;
    const worker = new Worker(shelf, 3, START);
    expectRate(admittedIn(100, 1, worker), 3, 100);
  });

  it("take up again at once after a far slower rate, or a clock that went back", () => {
    const shelf = new Shelf();
    expect(new Worker(shelf, 0.01, START).take(5)).toBe(1);
    const faster = new Worker(shelf, 10, START);
    expect(faster.take(50)).toBe(10);
    faster.rates.tick(START - 1000 * SECOND);
    expect(faster.take(50)).toBe(10);
    expect(faster.take(50)).toBe(0);
  });

  it("outlive that the clock's ticks begin anew", () => {
    const worker = new Worker(new Shelf(), 2, u64.MAX_VALUE >> 8);
    expect(worker.take(9)).toBe(2);
    worker.rates.tick(SECOND);
    expect(worker.take(9)).toBe(2);
  });
});

describe("Rates of several workers", () => {
  it("admit no more than the rate over any time, and most of it under steady load", () => {
    const random = new Xoshiro256();
    random.seedPoor(1, 2, 3, 4);
    for (let round = 0; round < 12; round++) {
      const perSecond = 1 + <f64>(random.next() % (round % 2 == 0 ? 400 : 5000));
      const late = random.next() % (100 * MS);
      const shelf = new Shelf();
      const workers: Worker[] = [];
      for (let i: u64 = 0; i <= <u64>round; i++) workers.push(new Worker(shelf, perSecond, START + i * 8 * MS));
      const times: u64[] = [];
      const end = START + 30 * SECOND;
      for (let now = START + SECOND; now < end; now += 1 + (random.next() % (4 * MS))) {
        for (let i = 0; i < workers.length; i++) workers[i].at(now, late);
        const worker = workers[<i32>(random.next() % <u64>workers.length)];
        worker.store.conflicts = random.next() % 8 == 0 ? <i32>(random.next() % 3) : 0;
        for (let i = 0; i < 40; i++) if (worker.rates.take(0)) times.push(now);
      }
      const excess = worstExcess(times, perSecond, perSecond, <f64>(SECOND / 10 + late + 5 * MS));
      expect(excess).toBeLessThanOrEqual(1e-6, `${workers.length} workers, ${perSecond} a second`);
      const least = 29 * perSecond * 0.9 - 1;
      expect(<f64>times.length).toBeGreaterThanOrEqual(least, `${workers.length} workers, ${perSecond} a second`);
    }
  });
});
