import { Utf8 } from "../../../../assembly/core/bytes";
import { Xoshiro256 } from "../../../../assembly/core/xoshiro256";
import { NOBODY, Offenders, OFFENDERS } from "../../../../plugins/ratelimit/answer/offenders";

/** The counters in order of counts: rule/name least-most. */
function listed(offenders: Offenders, top: i32): string {
  let text = "";
  let slot = offenders.next(NOBODY);
  for (let i = 0; i < top && slot != NOBODY; i++) {
    text += `${offenders.ruleOf(slot)}/${offenders.name(slot).toString()} ${offenders.least(slot)}-${offenders.most(slot)};`;
    slot = offenders.next(slot);
  }
  return text;
}

function note(offenders: Offenders, rule: i32, key: u64, times: i32 = 1): void {
  for (let i = 0; i < times; i++) {
    const slot = offenders.note(rule, key);
    if (slot != NOBODY) offenders.name(slot).begin().text(new Utf8(key.toString()));
  }
}

describe("the offenders", () => {
  it("are counted exactly as long as there are counters, by rule and key, most first", () => {
    const offenders = new Offenders();
    note(offenders, 0, 7, 2);
    note(offenders, 0, 8, 3);
    note(offenders, 1, 7, 4);
    note(offenders, 0, 7, 3);
    note(offenders, 0, 0);
    expect(listed(offenders, 10)).toBe("0/7 5-5;1/7 4-4;0/8 3-3;0/0 1-1;");
    expect(listed(offenders, 2)).toBe("0/7 5-5;1/7 4-4;");
    expect(offenders.total).toBe(13);
  });

  it("are forgotten by clear", () => {
    const offenders = new Offenders();
    note(offenders, 0, 7, 2);
    offenders.clear();
    expect(listed(offenders, 10)).toBe("");
    expect(offenders.total).toBe(0);
    note(offenders, 0, 9);
    expect(listed(offenders, 10)).toBe("0/9 1-1;");
  });

  it("stay named under a scan of other keys, with counts within their bounds", () => {
    const offenders = new Offenders();
    const random = new Xoshiro256();
    random.seedPoor(1, 2, 3, 4);
    const heavy = new StaticArray<i32>(3);
    for (let i = 0; i < 60_000; i++) {
      const draw = random.next() % 100;
      // 10 %, 5 % and 3 % of all, which is more than 1 in 64; the others are seen once each.
      const key: u64 = draw < 10 ? 0 : draw < 15 ? 1 : draw < 18 ? 2 : <u64>(1000 + i);
      if (key < 3) heavy[<i32>key]++;
      note(offenders, 0, key);
    }
    let slot = offenders.next(NOBODY);
    for (let i: u64 = 0; i < 3; i++) {
      expect(offenders.name(slot).toString()).toBe(i.toString());
      expect(offenders.most(slot)).toBeGreaterThanOrEqual(heavy[<i32>i]);
      expect(offenders.least(slot)).toBeLessThanOrEqual(heavy[<i32>i]);
      expect(offenders.most(slot) - offenders.least(slot)).toBeLessThanOrEqual(offenders.total / OFFENDERS);
      slot = offenders.next(slot);
    }
  });

  it("are 64 at most, each once", () => {
    const offenders = new Offenders();
    for (let i = 0; i < 1000; i++) note(offenders, 0, i % 200);
    let count = 0;
    let names = "";
    for (let slot = offenders.next(NOBODY); slot != NOBODY; slot = offenders.next(slot)) {
      const name = `,${offenders.name(slot).toString()},`;
      expect(names.includes(name)).toBe(false, name);
      names += name;
      count++;
    }
    expect(count).toBe(OFFENDERS);
  });
});
