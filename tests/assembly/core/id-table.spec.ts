import { Utf8 } from "../../../assembly/core/bytes";
import { IdTable, NO_ENTRY } from "../../../assembly/core/id-table";

function add(table: IdTable, id: string, value: i32): bool {
  const bytes = new Utf8(id);
  return table.add(bytes.ptr, bytes.length, value);
}

function get(table: IdTable, id: string): i32 {
  const bytes = new Utf8(id);
  return table.get(bytes.ptr, bytes.length);
}

describe("IdTable", () => {
  it("has the number of each id that was added, and of no other", () => {
    const table = new IdTable(4, 1, 2);
    expect(add(table, "42", 7)).toBe(true);
    expect(add(table, "alice", 0)).toBe(true);
    expect(get(table, "42")).toBe(7);
    expect(get(table, "alice")).toBe(0);
    const others = ["", "4", "042", "42 ", "Alice", "alicea", "\0"];
    for (let i = 0; i < others.length; i++) expect(get(table, others[i])).toBe(NO_ENTRY, others[i]);
  });

  it("refuses an id that is there, is empty or too long, and more than it has room for", () => {
    const table = new IdTable(4, 1, 2);
    expect(add(table, "42", 1)).toBe(true);
    expect(add(table, "42", 2)).toBe(false);
    expect(get(table, "42")).toBe(1);
    expect(add(table, "", 1)).toBe(false);
    expect(add(table, "x".repeat(257), 1)).toBe(false);
    expect(add(table, "x".repeat(256), 3)).toBe(true);
    expect(get(table, "x".repeat(256))).toBe(3);
    expect(get(table, "x".repeat(60_000))).toBe(NO_ENTRY);
    let added = 0;
    for (let i = 0; i < 100; i++) added += i32(add(table, `user-${i}`, i));
    expect(added).toBe(2, "half of 8 slots are taken");
    expect(get(table, "nobody")).toBe(NO_ENTRY);
  });

  it("answers when it is empty", () => {
    expect(get(new IdTable(0, 1, 2), "42")).toBe(NO_ENTRY);
  });

  it("holds 10,000 users", () => {
    const table = new IdTable(10_000, 0x0123456789abcdef, 0xfedcba9876543210);
    let right = 0;
    for (let i = 0; i < 10_000; i++) right += i32(add(table, i.toString(), i));
    for (let i = 0; i < 10_000; i++) right += i32(get(table, i.toString()) == i);
    for (let i = 10_000; i < 20_000; i++) right += i32(get(table, i.toString()) == NO_ENTRY);
    expect(right).toBe(30_000);
  });
});
