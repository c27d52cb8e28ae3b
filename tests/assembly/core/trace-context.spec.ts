import { FLAG_RANDOM, FLAG_SAMPLED, skipBelowOf, TraceContext } from "../../../assembly/core/trace-context";
import { Xoshiro256 } from "../../../assembly/core/xoshiro256";

const ALWAYS: u64 = 0;
const NEVER: u64 = 1 << 56;

function sampledOf(traces: i32, percent: f64): i32 {
  const random = new Xoshiro256();
  random.seedPoor(1, 2, 3, 4);
  const context = new TraceContext();
  const skipBelow = skipBelowOf(percent);
  let sampled = 0;
  for (let i = 0; i < traces; i++) {
    context.start(random, skipBelow);
    if ((context.flags & FLAG_SAMPLED) != 0) sampled++;
  }
  return sampled;
}

describe("TraceContext.start", () => {
  it("draws the trace id and then the parent id", () => {
    const random = new Xoshiro256();
    const same = new Xoshiro256();
    random.seedPoor(1, 2, 3, 4);
    same.seedPoor(1, 2, 3, 4);
    const context = new TraceContext();
    context.start(random, ALWAYS);
    expect<u64>(context.traceIdHigh).toBe(same.next());
    expect<u64>(context.traceIdLow).toBe(same.next());
    expect<u64>(context.parentId).toBe(same.next());
  });

  it("never gives an id of zeros, even where the generator gives zero", () => {
    // The generator's first output is its second word times 45, rotated: 0 here.
    const words: StaticArray<u64> = [1, 0, 0, 0];
    const random = new Xoshiro256();
    random.seed(changetype<usize>(words));
    const context = new TraceContext();
    for (let i = 0; i < 100; i++) {
      context.start(random, ALWAYS);
      expect<bool>((context.traceIdHigh | context.traceIdLow) != 0).toBe(true);
      expect<bool>(context.parentId != 0).toBe(true);
    }
  });

  it("marks the id as random, sampled or not", () => {
    const random = new Xoshiro256();
    const context = new TraceContext();
    context.start(random, ALWAYS);
    expect<u8>(context.flags).toBe(FLAG_RANDOM | FLAG_SAMPLED);
    context.start(random, NEVER);
    expect<u8>(context.flags).toBe(FLAG_RANDOM);
  });

  it("samples by the right-most 7 bytes of the trace id alone", () => {
    const random = new Xoshiro256();
    random.seedPoor(5, 6, 7, 8);
    const context = new TraceContext();
    const skipBelow = skipBelowOf(33.3);
    for (let i = 0; i < 1000; i++) {
      context.start(random, skipBelow);
      const expected = (context.traceIdLow & 0x00ffffffffffffff) >= skipBelow;
      expect<bool>((context.flags & FLAG_SAMPLED) != 0).toBe(expected);
    }
  });
});

describe("TraceContext.start at the threshold", () => {
  it("samples the very id that the threshold names, and not the one below", () => {
    const context = new TraceContext();
    const random = new Xoshiro256();
    random.seedPoor(9, 9, 9, 9);
    context.start(random, ALWAYS);
    const id = context.traceIdLow & 0x00ffffffffffffff;
    random.seedPoor(9, 9, 9, 9);
    context.start(random, id);
    expect<u8>(context.flags & FLAG_SAMPLED).toBe(FLAG_SAMPLED);
    random.seedPoor(9, 9, 9, 9);
    context.start(random, id + 1);
    expect<u8>(context.flags & FLAG_SAMPLED).toBe(0);
  });
});

describe("skipBelowOf", () => {
  it("maps percent to a threshold of 2^56 ids", () => {
    expect<u64>(skipBelowOf(100)).toBe(ALWAYS);
    expect<u64>(skipBelowOf(0)).toBe(NEVER);
    expect<u64>(skipBelowOf(25)).toBe(3 << 54);
  });

  it("samples all, none, or the share asked for", () => {
    expect<i32>(sampledOf(10000, 100)).toBe(10000);
    expect<i32>(sampledOf(10000, 0)).toBe(0);
    // 3333 expected, standard deviation 47: five of them.
    expect<bool>(abs(sampledOf(10000, 33.33) - 3333) < 236).toBe(true);
  });
});
