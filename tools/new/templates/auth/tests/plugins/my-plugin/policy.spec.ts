import { ByteView, Utf8 } from "../../../assembly/core/bytes";
import { KeyRing, MAX_KEY, NOBODY, readKey } from "../../../plugins/my-plugin/policy";

const ring = new KeyRing(["first-key", "second-key", "k".repeat(MAX_KEY)]);

function find(given: string): i32 {
  return ring.find(new Utf8(given));
}

describe("KeyRing.find", () => {
  it("finds whose key it is", () => {
    expect<i32>(find("first-key")).toBe(0);
    expect<i32>(find("second-key")).toBe(1);
    expect<i32>(find("k".repeat(MAX_KEY))).toBe(2);
  });

  it("finds nobody for all else", () => {
    const others = ["", "first-ke", "first-key ", "first-keY", "\0", "first-key\0", "k".repeat(MAX_KEY + 1)];
    for (let i = 0; i < others.length; i++) expect<i32>(find(others[i])).toBe(NOBODY, others[i]);
  });

  it("finds nobody where there are no keys", () => {
    expect<i32>(new KeyRing([]).find(new Utf8(""))).toBe(NOBODY);
  });
});

/** The key, or "-" for none. */
function keyOf(value: string, scheme: string): string {
  const key = new ByteView();
  return readKey(new Utf8(value), new Utf8(scheme), key) ? key.toString() : "-";
}

describe("readKey", () => {
  it("reads what stands after the scheme", () => {
    expect<string>(keyOf("Bearer abc", "bearer")).toBe("abc");
    expect<string>(keyOf("bEARER   abc def", "bearer")).toBe("abc def");
  });

  it("reads nothing after another scheme, or after none", () => {
    const values = ["", "Bearer", "Bearer ", "Bearer  ", "Basic abc", "Bearerabc", "Bearer\tabc", "abc"];
    for (let i = 0; i < values.length; i++) expect<string>(keyOf(values[i], "bearer")).toBe("-", values[i]);
  });

  it("reads the whole value without a scheme", () => {
    expect<string>(keyOf("Bearer abc", "")).toBe("Bearer abc");
    expect<string>(keyOf("", "")).toBe("-");
  });
});
