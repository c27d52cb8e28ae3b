import { MOST_WAITING, Waiting } from "../../../plugins/my-plugin/waiting";

/** The token of Envoy's n-th call. */
function token(n: u32): u32 {
  return n << 2;
}

describe("Waiting", () => {
  it("finds a stream by its call, once", () => {
    const waiting = new Waiting();
    expect<bool>(waiting.add(token(0), 7)).toBe(true);
    expect<bool>(waiting.add(token(1), 8)).toBe(true);
    expect<u32>(waiting.take(token(1))).toBe(8);
    expect<u32>(waiting.take(token(0))).toBe(7);
    expect<u32>(waiting.take(token(0))).toBe(0);
  });

  it("finds none for a call that is not its own", () => {
    const waiting = new Waiting();
    waiting.add(token(5), 7);
    expect<u32>(waiting.take(token(4))).toBe(0);
    expect<u32>(waiting.take(token(5 + MOST_WAITING))).toBe(0);
    expect<u32>(waiting.take(token(5))).toBe(7);
  });

  it("has room for so many calls in sequence, and for more as they are answered", () => {
    const waiting = new Waiting();
    for (let n: u32 = 0; n < MOST_WAITING; n++) expect<bool>(waiting.add(token(n), n + 1)).toBe(true);
    expect<bool>(waiting.add(token(MOST_WAITING), 9999)).toBe(false);
    expect<u32>(waiting.take(token(0))).toBe(1);
    expect<bool>(waiting.add(token(MOST_WAITING), 9999)).toBe(true);
    expect<u32>(waiting.take(token(0))).toBe(0);
    expect<u32>(waiting.take(token(MOST_WAITING))).toBe(9999);
  });
});
