import { ALL } from "../../../../assembly/core/percent";
import { Xoshiro256 } from "../../../../assembly/core/xoshiro256";
import { Ramp } from "../../../../plugins/canary/share/ramp";

const MINUTE: i64 = 60_000;
const START: i64 = 1_795_248_000_000;

describe("Ramp", () => {
  it("begins at its start, grows by steps and holds", () => {
    const ramp = new Ramp(START, 100, 1000, 10 * MINUTE, 5000);
    expect<i32>(ramp.most).toBe(5000);
    expect<i32>(ramp.at(0)).toBe(0);
    expect<i32>(ramp.at(START - 1)).toBe(0);
    expect<i32>(ramp.at(START)).toBe(100);
    expect<i32>(ramp.at(START + 10 * MINUTE - 1)).toBe(100);
    expect<i32>(ramp.at(START + 10 * MINUTE)).toBe(1100);
    expect<i32>(ramp.at(START + 40 * MINUTE)).toBe(4100);
    expect<i32>(ramp.at(START + 50 * MINUTE - 1)).toBe(4100);
    expect<i32>(ramp.at(START + 50 * MINUTE)).toBe(5000, "not 51 percent");
    expect<i32>(ramp.at(i64.MAX_VALUE)).toBe(5000);
  });

  it("may be at its end at once", () => {
    const ramp = new Ramp(START, 2500, 1, 1000, 2500);
    expect<i32>(ramp.at(START - 1)).toBe(0);
    expect<i32>(ramp.at(START)).toBe(2500);
  });

  it("is the same at all times when it is fixed", () => {
    const times: i64[] = [i64.MIN_VALUE, -1, 0, 1, START, i64.MAX_VALUE];
    for (let i = 0; i < times.length; i++) {
      expect<i32>(Ramp.fixed(3333).at(times[i])).toBe(3333);
      expect<i32>(Ramp.fixed(0).at(times[i])).toBe(0);
    }
    expect<i32>(Ramp.fixed(3333).most).toBe(3333);
  });

  it("is what adding step after step gives, and never less than before", () => {
    const chance = new Xoshiro256();
    chance.seedPoor(11, 0, 0, 0);
    for (let round = 0; round < 300; round++) {
      const from = <i32>(chance.next() % (ALL + 1));
      const hold = from + <i32>(chance.next() % <u64>(ALL - from + 1));
      const step = 1 + <i32>(chance.next() % ALL);
      const every = 1 + <i64>(chance.next() % 5000);
      const ramp = new Ramp(START, from, step, every, hold);
      let expected = from;
      let next = START + every;
      let time = START;
      for (let i = 0; i < 50; i++) {
        for (; next <= time; next += every) expected = min(hold, expected + step);
        assert(ramp.at(time) == expected, `round ${round}: ${ramp.at(time)} is not ${expected}`);
        time += <i64>(chance.next() % 7000);
      }
    }
  });

  // A start in the year 0 or 9999, as a configuration may have it, at any clock.
  it("does not overflow", () => {
    const early = new Ramp(-62_167_219_200_000, 0, 1, 1000, ALL);
    expect<i32>(early.at(i64.MAX_VALUE)).toBe(ALL);
    expect<i32>(early.at(-62_167_219_200_000 + 5000)).toBe(5);
    expect<i32>(early.at(i64.MIN_VALUE)).toBe(0);
    expect<i32>(new Ramp(253_402_300_799_000, 1, 1, 1000, ALL).at(START)).toBe(0);
  });
});
