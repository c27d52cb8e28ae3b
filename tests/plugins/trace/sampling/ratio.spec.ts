import { Xoshiro256 } from "../../../../assembly/core/xoshiro256";
import { Sampling, TraceContext } from "../../../../plugins/trace/context/trace-context";
import { Origin } from "../../../../plugins/trace/sampling/sampler";
import { NEVER, thresholdOf } from "../../../../plugins/trace/sampling/threshold";
import { Sampled } from "./requests";

const TRACES: i32 = 200_000;

/** How far the numbers of traces that fall between thresholds are from what is expected, as chi-square. */
function chiSquare(counts: i32[], bounds: u64[]): f64 {
  let sum: f64 = 0;
  for (let i = 0; i < counts.length; i++) {
    const expected = (<f64>TRACES * <f64>(bounds[i + 1] - bounds[i])) / <f64>NEVER;
    const off = <f64>counts[i] - expected;
    sum += (off * off) / expected;
  }
  return sum;
}

describe("Sampling by ratio", () => {
  it("takes the share asked for", () => {
    const shares: f64[] = [0.1, 1, 12.5, 33.33, 50, 90, 99.9];
    for (let i = 0; i < shares.length; i++) {
      const sampled = new Sampled(`{"percent":${shares[i]}}`);
      let taken = 0;
      for (let j = 0; j < TRACES; j++) taken += i32(sampled.start());
      const share = <f64>(NEVER - thresholdOf(shares[i])) / <f64>NEVER;
      const deviation = sqrt(<f64>TRACES * share * (1 - share));
      // Five standard deviations: 1 in 1.7 million.
      expect(abs(<f64>taken - share * <f64>TRACES)).toBeLessThan(5 * deviation, shares[i].toString());
    }
  });

  it("spreads the randomness of new ids evenly: chi-square over 101 classes", () => {
    const random = new Xoshiro256();
    random.seedPoor(5, 6, 7, 8);
    const context = new TraceContext();
    const bounds: u64[] = [];
    for (let i = 0; i < 101; i++) bounds.push((NEVER / 101) * <u64>i);
    bounds.push(NEVER);
    const counts: i32[] = [];
    for (let i = 0; i < 101; i++) counts.push(0);
    for (let i = 0; i < TRACES; i++) {
      context.start(random);
      const randomness = context.traceIdLow & (NEVER - 1);
      counts[<i32>min<u64>(100, randomness / (NEVER / 101))]++;
    }
    // 100 degrees of freedom: above 171 or below 48 once in 100,000 each.
    const off = chiSquare(counts, bounds);
    expect(off).toBeLessThan(171);
    expect(off).toBeGreaterThan(48);
  });

  it("takes the same traces in another proxy, and of a larger share all of a smaller one's", () => {
    const shares: f64[] = [0, 0.01, 1, 5, 30, 60, 99.99, 100];
    const first: Sampled[] = [];
    const later: Sampled[] = [];
    for (let i = 0; i < shares.length; i++) first.push(new Sampled(`{"percent":${shares[i]}}`));
    for (let i = 0; i < shares.length; i++) {
      later.push(new Sampled(`{"continued":"ratio","percent":${shares[i]},"threshold":false}`));
    }
    const random = new Xoshiro256();
    random.seedPoor(9, 8, 7, 6);
    let differing = 0;
    let lost = 0;
    for (let i = 0; i < 20_000; i++) {
      const id = random.next() & (NEVER - 1);
      let before = Sampling.Dropped;
      for (let j = 0; j < shares.length; j++) {
        const here = first[j].carry(Origin.Started, Sampling.Undecided, id);
        // What the callers decided, and whether the id is called random, does not count.
        const flags = random.next();
        const caller = (flags & 1) != 0 ? Sampling.Sampled : Sampling.Dropped;
        const there = later[j].carry(Origin.Decided, caller, id, (flags & 2) != 0);
        if (here != there) differing++;
        if (before == Sampling.Sampled && here != Sampling.Sampled) lost++;
        before = here;
      }
    }
    expect(differing).toBe(0);
    expect(lost).toBe(0);
  });

  it("agrees with the threshold that it tells: sampled exactly if the randomness reaches it", () => {
    const random = new Xoshiro256();
    random.seedPoor(2, 3, 5, 7);
    let wrong = 0;
    for (let i = 0; i < 300; i++) {
      const share = (100 * <f64>(random.next() >> 11)) / <f64>(1 << 53);
      const threshold = thresholdOf(share);
      const sampled = new Sampled(`{"percent":${share}}`);
      for (let j = 0; j < 40; j++) {
        // Near the threshold, and anywhere.
        const near = threshold + (random.next() % 5) - 2;
        const id = (j % 2 == 0 ? near : random.next()) & (NEVER - 1);
        const isSampled = sampled.carry(Origin.Undecided, Sampling.Undecided, id) == Sampling.Sampled;
        if (isSampled != id >= threshold) wrong++;
        if (isSampled && sampled.sampler.threshold != threshold) wrong++;
      }
    }
    expect(wrong).toBe(0);
  });
});
