import { ticksOf } from "../../../assembly/core/gcra";
import { KeyTable } from "../../../assembly/core/key-table";

/** A bijection without structure: as good as a keyed hash of a counter. */
function mixed(counter: u64): u64 {
  let x = counter + 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

const NOW: u64 = 1_000_000;

/** Puts the keys 1..count with a TAT after NOW until one finds no slot; the number that found one. */
function fill(table: KeyTable, count: i32): i32 {
  for (let i = 1; i <= count; i++) {
    const slot = table.locate(mixed(i), NOW);
    if (slot == 0) return i - 1;
    table.put(slot, mixed(i), NOW + <u64>i);
  }
  return count;
}

describe("KeyTable", () => {
  it("keeps the state of a key", () => {
    const table = new KeyTable(64);
    const slot = table.locate(7, NOW);
    expect(table.holds(slot, 7)).toBe(false);
    table.put(slot, 7, NOW + 5);
    const again = table.locate(7, NOW);
    expect(table.holds(again, 7)).toBe(true);
    expect(table.tat(again)).toBe(NOW + 5);
  });

  it("has 8 slots for each 5 keys", () => {
    expect(new KeyTable(1).capacity).toBe(8);
    expect(new KeyTable(5).capacity).toBe(8);
    expect(new KeyTable(6).capacity).toBe(16);
    expect(new KeyTable(4096).capacity).toBe(6560);
  });

  it("has room for as many owing keys as it was made for", () => {
    expect(fill(new KeyTable(64), 64)).toBe(64);
    expect(fill(new KeyTable(4096), 4096)).toBe(4096);
    expect(fill(new KeyTable(262_144), 262_144)).toBe(262_144);
  });

  it("never gives a slot away that still owes", () => {
    const table = new KeyTable(64);
    const kept = fill(table, table.capacity);
    expect(kept).toBeLessThan(table.capacity);
    for (let i = 1000; i < 101_000; i++) {
      const slot = table.locate(mixed(i), NOW);
      if (slot != 0) table.put(slot, mixed(i), NOW + 1);
    }
    for (let i = 1; i <= kept; i++) {
      const slot = table.locate(mixed(i), NOW);
      expect(table.holds(slot, mixed(i))).toBe(true);
      expect(table.tat(slot)).toBe(NOW + <u64>i);
    }
    expect(table.evictions).toBe(0);
  });

  it("answers 0 while all candidates owe, and gives a slot away from the very tick at which its key does not", () => {
    const table = new KeyTable(5);
    for (let key: u64 = 1; key <= 8; key++) table.put(table.locate(key, NOW), key, NOW + 10 * key);
    expect(table.locate(99, NOW)).toBe(0);
    expect(table.locate(99, NOW + 9)).toBe(0);
    const slot = table.locate(99, NOW + 10);
    expect(table.holds(slot, 1)).toBe(true, "the slot of the key that owed least");
    table.put(slot, 99, NOW + 20);
    expect(table.evictions).toBe(1);
    expect(table.locate(1, NOW + 10)).toBe(0);
  });

  it("uses both buckets of a key", () => {
    const table = new KeyTable(10);
    // Halves below 2^31 name the first bucket, others the second.
    const both: u64 = 0x8000_0000_0000_0000;
    for (let key: u64 = 1; key <= 16; key++) table.put(table.locate(both | key, NOW), both | key, NOW + 1);
    for (let key: u64 = 1; key <= 16; key++) {
      expect(table.holds(table.locate(both | key, NOW), both | key)).toBe(true);
    }
    expect(table.locate(both | 17, NOW)).toBe(0);
  });

  it("holds a hot key through a scan of a million others", () => {
    const table = new KeyTable(4096);
    const hot = mixed(0);
    table.put(table.locate(hot, NOW), hot, NOW + 2_000_000);
    let refused = 0;
    for (let i = 1; i <= 1_000_000; i++) {
      const now = NOW + <u64>i;
      const slot = table.locate(mixed(i), now);
      if (slot == 0) refused++;
      else table.put(slot, mixed(i), now + 50_000);
    }
    const slot = table.locate(hot, NOW + 1_000_000);
    expect(table.holds(slot, hot)).toBe(true);
    expect(table.tat(slot)).toBe(NOW + 2_000_000);
    expect(refused).toBeGreaterThan(100_000, "the scan was wider than the table");
    expect(table.evictions).toBeGreaterThan(10_000);
  });

  it("forgets in a sweep what owes nothing and only that", () => {
    const table = new KeyTable(64);
    const owing = mixed(1);
    const settled = mixed(2);
    table.put(table.locate(owing, NOW), owing, NOW + 100);
    table.put(table.locate(settled, NOW), settled, NOW + 50);
    for (let i = 0; i < 8; i++) table.sweep(8, NOW + 50);
    expect(table.holds(table.locate(owing, NOW), owing)).toBe(true);
    expect(table.holds(table.locate(settled, NOW), settled)).toBe(false);
    expect(table.evictions).toBe(0);
  });

  it("swept in time, takes no state for one to come after years", () => {
    const table = new KeyTable(8);
    const day = ticksOf(86_400_000_000_000);
    table.put(table.locate(5, 0), 5, 1);
    table.sweep(8, 300 * day);
    const slot = table.locate(5, 700 * day);
    expect(slot).not.toBe(0);
    expect(table.holds(slot, 5)).toBe(false);
  });
});
