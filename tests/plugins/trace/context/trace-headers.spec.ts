import { ByteView } from "../../../../assembly/core/bytes";
import { FIRST_VALUES, NO_VALUE, TraceHeaders } from "../../../../plugins/trace/context/trace-headers";
import { send } from "../sent";

/** The values of a slot, with their names where it is a prefix's. */
function valuesOf(headers: TraceHeaders, slot: i32): string {
  const texts: string[] = [];
  const view = new ByteView();
  for (let value = headers.first(slot); value != NO_VALUE; value = headers.next(value)) {
    headers.nameOf(value, view);
    const name = headers.isPrefix(slot) ? view.toString() + "=" : "";
    headers.view(value, view);
    texts.push(name + view.toString());
  }
  return texts.join("; ");
}

describe("TraceHeaders", () => {
  it("finds the headers that are asked for, and no others", () => {
    const headers = new TraceHeaders();
    const b3 = headers.slot("b3");
    const parent = headers.slot("traceparent");
    const state = headers.slot("tracestate");
    send(headers, ["b4", "x", "tracestate", "a=1", "b3", "0", "traceparents", "y", "tracestate", "b=2", "", "z"]);
    expect<string>(valuesOf(headers, b3)).toBe("0");
    expect<string>(valuesOf(headers, state)).toBe("a=1; b=2");
    expect<i32>(headers.count(state)).toBe(2);
    expect<i32>(headers.count(parent)).toBe(0);
    expect<i32>(headers.first(parent)).toBe(NO_VALUE);
  });

  it("gives a name one slot, whoever asks", () => {
    const headers = new TraceHeaders();
    expect<i32>(headers.slot("b3")).toBe(headers.slot("b3"));
    expect<bool>(headers.slot("ab") == headers.slot("b3")).toBe(false);
    expect<bool>(headers.prefixSlot("b3") == headers.slot("b3")).toBe(false);
    expect<i32>(headers.slotCount).toBe(3);
  });

  it("finds what begins with a prefix, with whole names", () => {
    const headers = new TraceHeaders();
    const slot = headers.prefixSlot("uberctx-");
    const exact = headers.slot("uberctx-a");
    send(headers, ["uberctx-a", "1", "uberctx-b", "2", "uberctx", "3", "xuberctx-", "4", "uberctx-", "5"]);
    expect<string>(valuesOf(headers, slot)).toBe("uberctx-a=1; uberctx-b=2; uberctx-=5");
    expect<string>(valuesOf(headers, exact)).toBe("1");
  });

  it("tells one header from none and from several", () => {
    const headers = new TraceHeaders();
    const slot = headers.slot("b3");
    const view = new ByteView();
    send(headers, []);
    expect<bool>(headers.single(slot, view)).toBe(false);
    send(headers, ["b3", "0"]);
    expect<bool>(headers.single(slot, view)).toBe(true);
    expect<string>(view.toString()).toBe("0");
    send(headers, ["b3", "0", "b3", "0"]);
    expect<bool>(headers.single(slot, view)).toBe(false);
  });

  it("knows names of any length", () => {
    const headers = new TraceHeaders();
    const long = "x-".padEnd(200, "y");
    const slot = headers.slot(long);
    const other = headers.slot(long + "z");
    send(headers, [long + "z", "1", long, "2"]);
    expect<string>(valuesOf(headers, slot)).toBe("2");
    expect<string>(valuesOf(headers, other)).toBe("1");
  });

  it("has room for all headers of a request", () => {
    const headers = new TraceHeaders();
    const many = headers.slot("tracestate");
    const late = headers.slot("b3");
    const count = 9 * FIRST_VALUES;
    const pairs: string[] = [];
    for (let i = 0; i < count; i++) {
      pairs.push("tracestate");
      pairs.push(i.toString());
    }
    send(headers, pairs.concat(["b3", "0"]));
    expect<i32>(headers.count(many)).toBe(count);
    expect<bool>(headers.single(late, new ByteView())).toBe(true);
    const view = new ByteView();
    let seen = 0;
    for (let value = headers.first(many); value != NO_VALUE; value = headers.next(value), seen++) {
      headers.view(value, view);
      expect<string>(view.toString()).toBe(seen.toString());
    }
    expect<i32>(seen).toBe(count);
    send(headers, ["b3", "0"]);
    expect<bool>(headers.single(late, new ByteView())).toBe(true);
    expect<i32>(headers.count(many)).toBe(0);
  });

  it("finds a header by its name and by a prefix", () => {
    const headers = new TraceHeaders();
    const named = headers.slot("uberctx-tenant");
    const all = headers.prefixSlot("uberctx-");
    send(headers, ["uberctx-a", "1", "uberctx-tenant", "2"]);
    expect<string>(valuesOf(headers, named)).toBe("2");
    expect<i32>(headers.count(all)).toBe(2);
  });
});
