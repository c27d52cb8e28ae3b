import { Utf8 } from "../../../assembly/core/bytes";
import { IdSet, MAX_ID_BYTES } from "../../../assembly/core/id-set";

function add(set: IdSet, id: string): bool {
  const bytes = new Utf8(id);
  return set.add(bytes.ptr, bytes.length);
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
});
