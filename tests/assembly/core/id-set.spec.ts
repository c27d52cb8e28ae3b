import { Utf8 } from "../../../assembly/core/bytes";
import { IdEntry, IdSet, MAX_ID_BYTES } from "../../../assembly/core/id-set";

function add(set: IdSet, id: string): bool {
  const bytes = new Utf8(id);
  return set.add(bytes.ptr, bytes.length);
}

function addText(set: IdSet, text: string): IdEntry {
  const bytes = new Utf8(text);
  return set.addText(bytes.ptr, bytes.length);
}

function has(set: IdSet, id: string): bool {
  const bytes = new Utf8(id);
  return set.has(bytes.ptr, bytes.length);
}

describe("IdSet", () => {
  it("has what was added and nothing else", () => {
    const set = new IdSet(8, 1, 2);
    const ids = ["1001", "0", "alice", "7e1", "caf\u00e9", "999999999999999999", "1000000000000000000", "01"];
    for (let i = 0; i < ids.length; i++) expect<bool>(add(set, ids[i])).toBe(true);
    for (let i = 0; i < ids.length; i++) expect<bool>(has(set, ids[i])).toBe(true, ids[i]);
    const others = ["", "1", "10010", "001001", "1001 ", "+1001", "00", "Alice", "alic", "alicee", "1e3", "70", "\0"];
    for (let i = 0; i < others.length; i++) expect<bool>(has(set, others[i])).toBe(false, others[i]);
    expect<i32>(set.size).toBe(8);
  });

  it("keeps ids apart that only look like the same number", () => {
    const set = new IdSet(2, 0, 0);
    add(set, "7");
    add(set, "18446744073709551617"); // 2^64 + 1
    expect<bool>(has(set, "07")).toBe(false);
    expect<bool>(has(set, "1")).toBe(false);
    expect<bool>(has(set, "9223372036854775815")).toBe(false); // 2^63 + 7
    expect<bool>(has(set, "18446744073709551617")).toBe(true);
  });

  it("counts an id once", () => {
    const set = new IdSet(4, 1, 2);
    for (let i = 0; i < 10; i++) add(set, "1001");
    expect<i32>(set.size).toBe(1);
  });

  it("refuses empty and over-long ids, and more than it has room for", () => {
    const set = new IdSet(4, 1, 2);
    expect<bool>(add(set, "")).toBe(false);
    expect<bool>(add(set, "x".repeat(MAX_ID_BYTES + 1))).toBe(false);
    expect<bool>(has(set, "x".repeat(60000))).toBe(false);
    expect<bool>(add(set, "x".repeat(MAX_ID_BYTES))).toBe(true);
    for (let i = 0; i < 100; i++) add(set, i.toString());
    expect<i32>(set.size).toBe(4);
    expect<bool>(has(set, "3")).toBe(false);
  });

  it("answers in an empty set", () => {
    expect<bool>(has(new IdSet(0, 1, 2), "1001")).toBe(false);
  });

  it("holds 10,000 numbers in a row and as many names", () => {
    const set = new IdSet(20000, 0x0123456789abcdef, 0xfedcba9876543210);
    for (let i = 0; i < 10000; i++) {
      add(set, i.toString());
      add(set, `user-${i}`);
    }
    expect<i32>(set.size).toBe(20000);
    let found = 0;
    let wrong = 0;
    for (let i = 0; i < 10000; i++) {
      found += i32(has(set, i.toString())) + i32(has(set, `user-${i}`));
      wrong += i32(has(set, (i + 10000).toString())) + i32(has(set, `user-${i + 10000}`));
    }
    expect<i32>(found).toBe(20000);
    expect<i32>(wrong).toBe(0);
  });

  it("reads lines of a list", () => {
    const set = new IdSet(4, 1, 2);
    expect<IdEntry>(addText(set, "alice")).toBe(IdEntry.Added);
    expect<IdEntry>(addText(set, "alice")).toBe(IdEntry.Repeated);
    expect<IdEntry>(addText(set, "42")).toBe(IdEntry.Added);
    expect<IdEntry>(addText(set, "1000-1999")).toBe(IdEntry.Added);
    expect<IdEntry>(addText(set, "7-7")).toBe(IdEntry.Added);
    const members = ["alice", "42", "7", "1000", "1500", "1999"];
    for (let i = 0; i < members.length; i++) expect<bool>(has(set, members[i])).toBe(true, members[i]);
    const others = ["999", "2000", "6", "8", "1000-1999", "01500", "1e3"];
    for (let i = 0; i < others.length; i++) expect<bool>(has(set, others[i])).toBe(false, others[i]);
    expect<i32>(set.size).toBe(2);
    expect<i32>(set.rangeCount).toBe(2);
  });

  it("takes for a range only numbers with a dash between them", () => {
    const set = new IdSet(9, 1, 2);
    const ids = ["-5", "5-", "-", "1-2-3", "2026-11-21", "1 - 2", "a-1", "1-b", "1\u20132"];
    for (let i = 0; i < ids.length; i++) {
      expect<IdEntry>(addText(set, ids[i])).toBe(IdEntry.Added, ids[i]);
      expect<bool>(has(set, ids[i])).toBe(true, ids[i]);
    }
    expect<i32>(set.rangeCount).toBe(0);
    const bad = ["2-1", "01-2", "1-02", "555-0100", "1-1000000000000000000", "1000000000000000000-1000000000000000001"];
    for (let i = 0; i < bad.length; i++) expect<IdEntry>(addText(set, bad[i])).toBe(IdEntry.BadRange, bad[i]);
  });

  it("has none of its ids once it was cleared, and room for others", () => {
    const set = new IdSet(2, 1, 2);
    expect<i32>(set.capacity).toBe(2);
    addText(set, "1");
    addText(set, "alice");
    addText(set, "5-9");
    set.clear();
    expect<i32>(set.size).toBe(0);
    expect<i32>(set.rangeCount).toBe(0);
    const gone = ["1", "alice", "5", "7"];
    for (let i = 0; i < gone.length; i++) expect<bool>(has(set, gone[i])).toBe(false, gone[i]);
    expect<IdEntry>(addText(set, "2")).toBe(IdEntry.Added);
    expect<IdEntry>(addText(set, "bob")).toBe(IdEntry.Added);
    expect<IdEntry>(addText(set, "7-7")).toBe(IdEntry.Added);
    expect<bool>(has(set, "bob")).toBe(true);
    expect<bool>(has(set, "8")).toBe(false);
  });

  it("says why it does not take a line", () => {
    const set = new IdSet(1, 1, 2);
    expect<IdEntry>(addText(set, "")).toBe(IdEntry.BadLength);
    expect<IdEntry>(addText(set, "x".repeat(MAX_ID_BYTES + 1))).toBe(IdEntry.BadLength);
    const bad = [" a", "a ", "a\tb", "a\0", "a\r", "\u007f"];
    for (let i = 0; i < bad.length; i++) expect<IdEntry>(addText(set, bad[i])).toBe(IdEntry.BadText, bad[i]);
    expect<IdEntry>(addText(set, "a b")).toBe(IdEntry.Added);
    expect<IdEntry>(addText(set, "c")).toBe(IdEntry.Full);
    expect<IdEntry>(addText(set, "a b")).toBe(IdEntry.Repeated);
    expect<IdEntry>(addText(set, "1-3")).toBe(IdEntry.Added);
  });

  it("keeps the last number of 18 digits, and none beyond", () => {
    const set = new IdSet(2, u64.MAX_VALUE, u64.MAX_VALUE);
    expect<IdEntry>(set.addNumber(999_999_999_999_999_999)).toBe(IdEntry.Added);
    expect<IdEntry>(set.addNumber(1_000_000_000_000_000_000)).toBe(IdEntry.BadText);
    expect<IdEntry>(set.addNumber(-1)).toBe(IdEntry.BadText);
    expect<IdEntry>(set.addRange(1, 1_000_000_000_000_000_000)).toBe(IdEntry.BadRange);
    expect<IdEntry>(set.addRange(-1, 1)).toBe(IdEntry.BadRange);
    expect<bool>(has(set, "999999999999999999")).toBe(true);
    expect<bool>(has(set, "1000000000000000000")).toBe(false);
  });
});
