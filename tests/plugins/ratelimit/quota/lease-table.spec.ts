import { ticksOf } from "../../../../assembly/core/gcra";
import {
  accountOf,
  claim,
  flagsIn,
  guardOf,
  heldIn,
  holds,
  isDenied,
  isIdle,
  keyIn,
  KEYLESS,
  leaseIn,
  LeaseTable,
  setGuard,
  setLease,
  setView,
  viewOf,
} from "../../../../plugins/ratelimit/quota/lease-table";

const NOW: u64 = ticksOf(1_000_000_000_000);

/** A bijection without structure, with nothing in the low 8 bits: as good as a fingerprint. */
function key(counter: u64): u64 {
  let x = counter + 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return (x ^ (x >> 31)) & ~(<u64>0xff);
}

/** Claims a slot for each of the keys 1 to `count` and lets it hold one request. @returns how many found a slot. */
function fill(table: LeaseTable, count: i32): i32 {
  for (let i = 1; i <= count; i++) {
    const slot = table.locate(key(i), NOW);
    if (slot == 0) return i - 1;
    claim(slot, key(i), 0);
    table.hold(slot, 1);
  }
  return count;
}

describe("LeaseTable", () => {
  it("has room for four fifths of the keys that it was made for although each holds something", () => {
    expect(fill(new LeaseTable(64), 51)).toBe(51);
    expect(fill(new LeaseTable(4096), 3276)).toBe(3276);
    expect(new LeaseTable(4096).capacity).toBe(6560);
  });

  it("remembers each field of a slot apart from the others", () => {
    const table = new LeaseTable(5);
    const slot = table.locate(key(1), NOW);
    claim(slot, key(1), KEYLESS | 3);
    setGuard(slot, 11);
    setView(slot, 22, true);
    table.hold(slot, 2047);
    setLease(slot, 1000, NOW);
    expect(holds(slot, key(1))).toBe(true);
    expect(holds(slot, key(2))).toBe(false);
    expect(keyIn(slot)).toBe(key(1));
    expect(flagsIn(slot)).toBe(KEYLESS | 3);
    expect(accountOf(flagsIn(slot))).toBe(3);
    expect(guardOf(slot)).toBe(11);
    expect(viewOf(slot)).toBe(22);
    expect(isDenied(slot)).toBe(true);
    expect(heldIn(slot)).toBe(2047);
    expect(leaseIn(slot)).toBe(1000);
    expect(isIdle(slot, NOW + ticksOf(1_000_000_000))).toBe(false);
    expect(isIdle(slot, NOW + ticksOf(1_050_000_000))).toBe(true);
    claim(slot, key(1), 0);
    expect(heldIn(slot)).toBe(2047, "its own already");
    setView(slot, 33, false);
    expect(isDenied(slot)).toBe(false);
    expect(flagsIn(slot)).toBe(KEYLESS | 3);
  });

  it("gives away neither what holds something nor what has a guard that owes", () => {
    const table = new LeaseTable(5);
    for (let i = 1; i <= 8; i++) {
      const slot = table.locate(key(i), NOW);
      claim(slot, key(i), 0);
      if (i % 2 == 0) table.hold(slot, 1);
      else setGuard(slot, NOW + 10);
    }
    expect(table.locate(key(99), NOW)).toBe(0);
    const slot = table.locate(key(99), NOW + 10);
    expect(keyIn(slot) == key(1) || keyIn(slot) == key(3) || keyIn(slot) == key(5) || keyIn(slot) == key(7)).toBe(true);
    claim(slot, key(99), 0);
    expect(guardOf(slot)).toBe(0, "nothing of the key before is left");
  });

  it("gives away a denied key last", () => {
    const table = new LeaseTable(5);
    for (let i = 1; i <= 8; i++) {
      const slot = table.locate(key(i), NOW);
      claim(slot, key(i), 0);
      setView(slot, NOW + 5, i != 6);
    }
    expect(keyIn(table.locate(key(99), NOW))).toBe(key(6));
  });

  it("keeps what is held through a scan of a million keys", () => {
    const table = new LeaseTable(64);
    const held = fill(table, 40);
    for (let i = 1000; i < 1_000_000; i++) {
      const slot = table.locate(key(i), NOW);
      if (slot != 0) claim(slot, key(i), 0);
    }
    expect(table.holders).toBe(held);
    for (let i = 1; i <= held; i++) expect(heldIn(table.locate(key(i), NOW))).toBe(1);
  });
});
