import { Xoshiro256 } from "../../../../assembly/core/xoshiro256";
import { Sampling, TraceContext } from "../../../../plugins/trace/context/trace-context";

function contextOf(sampling: Sampling): TraceContext {
  const context = new TraceContext();
  context.traceIdLow = 5;
  context.parentId = 7;
  context.sampling = sampling;
  return context;
}

describe("TraceContext", () => {
  it("starts with the trace id and then the parent id, undecided and random", () => {
    const random = new Xoshiro256();
    const same = new Xoshiro256();
    random.seedPoor(1, 2, 3, 4);
    same.seedPoor(1, 2, 3, 4);
    const context = contextOf(Sampling.Debug);
    context.isShort = true;
    context.start(random);
    expect<u64>(context.traceIdHigh).toBe(same.next());
    expect<u64>(context.traceIdLow).toBe(same.next());
    expect<u64>(context.parentId).toBe(same.next());
    expect<Sampling>(context.sampling).toBe(Sampling.Undecided);
    expect<bool>(context.isRandom && !context.isShort && context.hasTrace).toBe(true);
  });

  it("never has an id of zeros, even where the generator gives zero", () => {
    // The generator's first output is its second word times 45, rotated: 0 here.
    const words: StaticArray<u64> = [1, 0, 0, 0];
    const random = new Xoshiro256();
    random.seed(changetype<usize>(words));
    const context = new TraceContext();
    for (let i = 0; i < 100; i++) {
      context.start(random);
      expect<bool>(context.hasTrace && context.parentId != 0).toBe(true);
    }
  });

  it("is what it was copied from, and nothing once cleared", () => {
    const context = contextOf(Sampling.Sampled);
    context.isRandom = true;
    context.isShort = true;
    const copy = new TraceContext();
    copy.copy(context);
    expect<bool>(copy.saysTheSame(context) && copy.isRandom && copy.isShort).toBe(true);
    copy.clear();
    expect<bool>(copy.hasTrace || copy.isRandom || copy.isShort || copy.parentId != 0).toBe(false);
    expect<Sampling>(copy.sampling).toBe(Sampling.Undecided);
  });

  it("says the same as another of the same trace, parent and decision", () => {
    const context = contextOf(Sampling.Sampled);
    expect<bool>(context.saysTheSame(contextOf(Sampling.Debug))).toBe(true);
    expect<bool>(context.saysTheSame(contextOf(Sampling.Dropped))).toBe(false);
    expect<bool>(context.saysTheSame(contextOf(Sampling.Undecided))).toBe(false);
    expect<bool>(contextOf(Sampling.Undecided).saysTheSame(contextOf(Sampling.Dropped))).toBe(false);
    const other = contextOf(Sampling.Sampled);
    other.parentId = 8;
    expect<bool>(context.saysTheSame(other)).toBe(false);
    other.parentId = 7;
    other.traceIdHigh = 1;
    expect<bool>(context.saysTheSame(other) || context.sameTrace(other)).toBe(false);
  });
});
