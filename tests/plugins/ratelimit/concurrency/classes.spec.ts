import { excessRatio, LatencyClasses } from "../../../../plugins/ratelimit/concurrency/classes";

const MS: u64 = 1_000_000;

/** Notes so many requests; the mean excess of those that tell something, NaN when none does. */
function note(classes: LatencyClasses, hash: u64, ms: u64, count: i32, fine: bool = true): f64 {
  let sum: f64 = 0;
  let told = 0;
  for (let i = 0; i < count; i++) {
    const excess = classes.note(hash, ms * MS, fine);
    if (excess != excess) continue;
    sum += excess;
    told++;
  }
  return told > 0 ? sum / told : NaN;
}

function ratio(classes: LatencyClasses, hash: u64, ms: u64): f64 {
  return excessRatio(note(classes, hash, ms, 50));
}

/** Classes in which 20 ms is usual. */
function learnt(hashes: u64[]): LatencyClasses {
  const classes = new LatencyClasses();
  for (let i = 0; i < hashes.length; i++) note(classes, hashes[i], 20, 300);
  classes.learn(1);
  return classes;
}

describe("excessRatio", () => {
  it("is how many times as long as usual requests take", () => {
    expect(excessRatio(0)).toBe(1);
    expect(excessRatio(Math.log2(1.5))).toBeCloseTo(2);
    expect(excessRatio(-1)).toBeGreaterThan(0);
    expect(excessRatio(-50)).toBeGreaterThan(0);
  });
});

describe("LatencyClasses", () => {
  it("says nothing of the first requests of a class", () => {
    expect(note(new LatencyClasses(), 7, 20, 20)).toBeNaN();
  });

  it("compares requests with what is usual in their class", () => {
    const classes = learnt([7]);
    note(classes, 9, 200, 300);
    expect(ratio(classes, 7, 20)).toBeCloseTo(1, 2);
    expect(ratio(classes, 9, 200)).toBeCloseTo(1, 2);
    expect(ratio(classes, 7, 60) / 3).toBeGreaterThan(0.97);
    expect(ratio(classes, 7, 60) / 3).toBeLessThan(1.03);
    expect(ratio(classes, 9, 100) / 0.5).toBeGreaterThan(0.97);
    expect(ratio(classes, 9, 100) / 0.5).toBeLessThan(1.03);
  });

  it("takes slow failures for slow, and nothing from fast ones", () => {
    const classes = learnt([7]);
    expect(note(classes, 7, 1, 50, false)).toBeNaN();
    expect(note(classes, 7, 100, 50, false)).toBeGreaterThan(1);
    expect(note(new LatencyClasses(), 7, 1, 1000, false)).toBeNaN();
  });

  it("learns soon that a class is faster, and slowly that it is slower", () => {
    const classes = learnt([7, 9]);
    for (let i = 0; i < 10; i++) {
      note(classes, 7, 5, 100);
      note(classes, 9, 80, 100);
      classes.learn(1);
    }
    expect(ratio(classes, 7, 5)).toBeLessThan(1.1);
    expect(ratio(classes, 9, 80)).toBeGreaterThan(3.6);
  });

  it("moves what is usual in all classes by a factor", () => {
    const classes = learnt([7, 9]);
    classes.shift(1);
    expect(ratio(classes, 7, 40)).toBeCloseTo(1, 2);
    expect(ratio(classes, 9, 40)).toBeCloseTo(1, 2);
    classes.shift(NaN);
    expect(ratio(classes, 7, 40) > 0).toBe(true);
  });

  it("adopts what each class does, and of those it has not seen what all do", () => {
    const classes = learnt([7, 8, 9]);
    classes.forget();
    note(classes, 7, 100, 30);
    note(classes, 8, 20, 30);
    note(classes, 9, 100, 2);
    classes.adopt(1);
    expect(ratio(classes, 7, 100)).toBeGreaterThan(0.95);
    expect(ratio(classes, 7, 100)).toBeLessThan(1.05);
    expect(ratio(classes, 8, 20)).toBeCloseTo(1, 2);
    expect(ratio(classes, 9, 40)).toBeCloseTo(1, 2);
  });

  it("has room for 64 classes, and one for all others", () => {
    const classes = new LatencyClasses();
    for (let hash: u64 = 1; hash <= 64; hash++) note(classes, hash << 8, 20, 300);
    note(classes, 65 << 8, 500, 300);
    expect(ratio(classes, 66 << 8, 500)).toBeCloseTo(1, 2);
    expect(ratio(classes, 3 << 8, 20)).toBeCloseTo(1, 2);
  });

  it("gives the room of classes that are hardly used to others", () => {
    const classes = new LatencyClasses();
    for (let hash: u64 = 1; hash <= 64; hash++) note(classes, hash << 8, 20, hash <= 4 ? 300 : 1);
    for (let i = 0; i < 3; i++) classes.fade();
    note(classes, 65 << 8, 500, 300);
    expect(ratio(classes, 65 << 8, 500)).toBeCloseTo(1, 2);
    expect(note(classes, 66 << 8, 500, 20)).toBeNaN();
    expect(ratio(classes, 1 << 8, 20)).toBeCloseTo(1, 2);
  });

  it("takes any latency", () => {
    const classes = learnt([7]);
    const wild: u64[] = [0, 1, u64.MAX_VALUE >> 8];
    for (let i = 0; i < wild.length; i++) {
      const excess = classes.note(7, wild[i], true);
      expect(excess - excess).toBe(0);
    }
  });
});
