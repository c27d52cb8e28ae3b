import { Quota, ticksOf } from "../../../assembly/core/gcra";
import {
  creditBack,
  fingerprintOf,
  GcraPage,
  PAGE_BYTES,
  PAGE_SLOTS,
  pageOf,
  pagesFor,
  sweepPage,
} from "../../../assembly/core/gcra-page";

const SECOND: u64 = 1_000_000_000;
const DAY: u64 = 86_400 * SECOND;
const NOW: u64 = ticksOf(1000 * SECOND);
/** Slots for keys. */
const KEYS: i32 = PAGE_SLOTS - 1;
const QUOTA = new Quota(10, 1, 20);
const DAILY = new Quota(10, 86_400, 10);

/** A page in memory, under one configuration. */
class Sheet {
  readonly page: GcraPage;

  constructor(
    era: u64 = 0,
    readonly bytes: StaticArray<u8> = new StaticArray<u8>(PAGE_BYTES),
  ) {
    this.page = new GcraPage(era);
  }

  get ptr(): usize {
    return changetype<usize>(this.bytes);
  }

  find(key: u64, now: u64 = NOW, quota: Quota = QUOTA): GcraPage {
    this.page.find(this.ptr, PAGE_BYTES, key << 8, quota, now);
    return this.page;
  }

  put(key: u64, tat: u64, now: u64 = NOW): void {
    this.find(key, now).put(key << 8, tat);
  }

  /** Fills every slot of a key, each owing for `ticks`. */
  fill(ticks: u64): void {
    for (let key: u64 = 1; key <= <u64>KEYS; key++) this.put(key, NOW + ticks);
  }
}

describe("GcraPage", () => {
  it("keeps the state of a key", () => {
    const sheet = new Sheet();
    expect(sheet.find(7).isFound).toBe(false);
    expect(sheet.page.tat).toBe(NOW, "it owes nothing");
    sheet.put(7, NOW + 5);
    expect(sheet.find(7).isFound).toBe(true);
    expect(sheet.page.tat).toBe(NOW + 5);
    expect(sheet.page.isSpare).toBe(false);
    expect(sheet.find(8).isFound).toBe(false);
  });

  it("has a slot for each of 63 keys, and the spare bucket for all others", () => {
    const sheet = new Sheet();
    sheet.fill(10);
    for (let key: u64 = 1; key <= <u64>KEYS; key++) expect(sheet.find(key).isFound).toBe(true);
    expect(sheet.find(100).isSpare).toBe(true);
    expect(sheet.page.tat).toBe(NOW);
    sheet.page.put(100 << 8, NOW + 3);
    expect(sheet.find(101).isSpare).toBe(true);
    expect(sheet.page.tat).toBe(NOW + 3, "the same bucket");
  });

  it("gives a slot to another key from the very tick at which its key owes nothing", () => {
    const sheet = new Sheet();
    for (let key: u64 = 1; key <= <u64>KEYS; key++) sheet.put(key, NOW + 10 * key);
    expect(sheet.find(100, NOW + 9).isSpare).toBe(true);
    expect(sheet.find(100, NOW + 10).isSpare).toBe(false);
    expect(sheet.page.evicts).toBe(true);
    sheet.page.put(100 << 8, NOW + 99);
    expect(sheet.find(100, NOW + 10).tat).toBe(NOW + 99);
    expect(sheet.find(1, NOW + 10).isSpare).toBe(true, "no other is free");
  });

  it("takes an empty slot before one that was another key's", () => {
    const sheet = new Sheet();
    sheet.put(1, NOW - 5);
    expect(sheet.find(2).evicts).toBe(false);
    sheet.page.put(2 << 8, NOW + 1);
    expect(sheet.find(1).isFound).toBe(true);
  });

  it("gives no key a fresh bucket by way of the spare one", () => {
    const sheet = new Sheet();
    sheet.fill(10);
    // Key 100 spends from the spare bucket; then a slot comes free.
    sheet.put(100, NOW + 500);
    expect(sheet.find(100, NOW + 10).isSpare).toBe(false);
    expect(sheet.page.tat).toBe(NOW + 500, "owes what it spent");
    sheet.page.put(100 << 8, NOW + 600);
    expect(sheet.find(100, NOW + 10).tat).toBe(NOW + 600);
    expect(sheet.find(101, NOW + 10).tat).toBe(NOW + 500, "and so does every key that had none");
    expect(sheet.find(101, NOW + 500).tat).toBe(NOW + 500);
  });

  it("never gives away a slot that owes, whatever comes", () => {
    const sheet = new Sheet();
    sheet.put(1, NOW + 1_000_000);
    for (let i: u64 = 2; i < 100_000; i++) sheet.put(i, NOW + i + 100, NOW + i);
    expect(sheet.find(1, NOW + 100_000).isFound).toBe(true);
    expect(sheet.page.tat).toBe(NOW + 1_000_000);
  });

  it("owes nothing when it is empty, however long the machine has run", () => {
    const days: u64[] = [1, 300, 500, 800];
    for (let i = 0; i < days.length; i++) {
      const now = ticksOf(days[i] * DAY);
      expect(new Sheet().find(1, now).tat).toBe(now);
    }
  });
});

describe("an era", () => {
  it("cuts what an older configuration wrote to a full burst", () => {
    const old = new Sheet(3);
    old.put(1, NOW + <u64>DAILY.tolerance);
    old.put(2, NOW + 5);
    const next = new Sheet(4, old.bytes);
    expect(next.find(1).tat).toBe(NOW + <u64>QUOTA.tolerance);
    expect(next.page.isCut).toBe(true);
    expect(next.find(2).tat).toBe(NOW + 5);
    expect(next.page.isCut).toBe(false);
  });

  it("cuts once: what a worker of the old configuration writes afterwards stays", () => {
    const old = new Sheet(3);
    old.put(1, NOW + <u64>DAILY.tolerance);
    const next = new Sheet(4, old.bytes);
    next.put(1, next.find(1).tat);
    expect(old.find(1, NOW, DAILY).tat).toBe(NOW + <u64>QUOTA.tolerance);
    next.put(1, NOW + <u64>DAILY.tolerance);
    expect(next.find(1).tat).toBe(NOW + <u64>DAILY.tolerance, "not cut again");
  });

  it("does not cut what a newer one wrote", () => {
    const next = new Sheet(0);
    next.put(1, NOW + <u64>DAILY.tolerance);
    expect(new Sheet(255, next.bytes).find(1).tat).toBe(NOW + <u64>DAILY.tolerance);
  });
});

describe("creditBack", () => {
  it("gives back what was debited, never beyond a full burst", () => {
    const sheet = new Sheet();
    sheet.put(1, NOW + 100);
    expect(creditBack(sheet.find(1), 1 << 8, NOW, 3, 10)).toBe(true);
    expect(sheet.find(1).tat).toBe(NOW + 70);
    expect(creditBack(sheet.find(1), 1 << 8, NOW, 30, 10)).toBe(true);
    expect(sheet.find(1).tat).toBe(NOW);
    expect(creditBack(sheet.find(1), 1 << 8, NOW, 3, 10)).toBe(false);
  });

  it("does nothing for a key that has no slot", () => {
    const sheet = new Sheet();
    sheet.fill(100);
    sheet.put(100, NOW + 100);
    expect(creditBack(sheet.find(100), 100 << 8, NOW, 3, 10)).toBe(false);
    expect(sheet.find(100).tat).toBe(NOW + 100);
  });

  it("gives back to the spare bucket only what came from there", () => {
    const sheet = new Sheet();
    sheet.fill(100);
    sheet.put(100, NOW + 100);
    expect(creditBack(sheet.find(100), 100 << 8, NOW, 3, 10, true)).toBe(true);
    expect(sheet.find(101).tat).toBe(NOW + 70);
  });
});

describe("sweepPage", () => {
  it("empties what has owed nothing for long, and only that", () => {
    const sheet = new Sheet();
    const age = <i64>ticksOf(DAY);
    sheet.put(1, NOW);
    sheet.put(2, NOW + ticksOf(DAY));
    expect(sweepPage(sheet.ptr, PAGE_BYTES, NOW + ticksOf(DAY), age)).toBe(false);
    expect(sweepPage(sheet.ptr, PAGE_BYTES, NOW + ticksOf(DAY) + 1, age)).toBe(true);
    expect(sheet.find(1).isFound).toBe(false);
    expect(sheet.find(2).isFound).toBe(true);
  });

  it("in time keeps a state from passing for one to come after years", () => {
    const sheet = new Sheet();
    sheet.fill(1);
    sheet.put(100, NOW + 1);
    sweepPage(sheet.ptr, PAGE_BYTES, NOW + ticksOf(300 * DAY), <i64>ticksOf(DAY));
    const late = NOW + ticksOf(700 * DAY);
    expect(sheet.find(5, late).isFound).toBe(false);
    expect(sheet.page.tat).toBe(late);
    expect(sheet.page.evicts).toBe(false);
  });
});

describe("pages", () => {
  it("are one for each 40 keys", () => {
    expect(pagesFor(0)).toBe(0);
    expect(pagesFor(1)).toBe(1);
    expect(pagesFor(40)).toBe(1);
    expect(pagesFor(41)).toBe(2);
    expect(pagesFor(262_144)).toBe(6554);
  });

  it("are named evenly by fingerprints", () => {
    expect(pageOf(0, 103)).toBe(0);
    expect(pageOf(u64.MAX_VALUE, 103)).toBe(102);
    expect(pageOf((<u64>1) << 63, 103)).toBe(51);
  });

  it("know fingerprints without era, none of them 0", () => {
    expect(fingerprintOf(0)).toBe(256);
    expect(fingerprintOf(255)).toBe(256);
    expect(fingerprintOf(0x1234_5678)).toBe(0x1234_5600);
  });
});
