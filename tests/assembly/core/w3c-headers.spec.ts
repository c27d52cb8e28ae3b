import { ByteView, Utf8 } from "../../../assembly/core/bytes";
import { HeaderPairsWriter } from "../../../assembly/core/header-pairs";
import { Field, W3cHeaders } from "../../../assembly/core/w3c-headers";

const VALID = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

const headers = new W3cHeaders();
const map = new ByteView();

/** Reads a header map of names and values in turn. */
function read(pairs: string[]): void {
  const writer = new HeaderPairsWriter();
  for (let i = 0; i < pairs.length; i += 2) writer.add(new Utf8(pairs[i]), new Utf8(pairs[i + 1]));
  writer.encode();
  map.set(writer.ptr, writer.length);
  headers.read(map);
}

function expectFields(pairs: string[], traceparent: Field, tracestate: Field): void {
  read(pairs);
  expect<i32>(headers.traceparent).toBe(traceparent, `traceparent of ${pairs.join(" ")}`);
  expect<i32>(headers.tracestate).toBe(tracestate, `tracestate of ${pairs.join(" ")}`);
}

function states(count: i32): string {
  let value = "";
  for (let i = 0; i < count; i++) value += `${i > 0 ? "," : ""}k${i}=${i}`;
  return value;
}

describe("W3cHeaders.read", () => {
  it("finds the two headers among others", () => {
    expectFields([], Field.Absent, Field.Absent);
    expectFields([":path", "/", "trace-parent", VALID, "tracestates", "a=1"], Field.Absent, Field.Absent);
    expectFields(["a", "1", "traceparent", VALID, "b", "2"], Field.Valid, Field.Absent);
    expectFields(["tracestate", "a=1", "traceparent", VALID], Field.Valid, Field.Valid);
  });

  it("forgets the request before", () => {
    expectFields(["traceparent", "x", "tracestate", states(33)], Field.Invalid, Field.Invalid);
    expectFields(["traceparent", VALID, "tracestate", states(32)], Field.Valid, Field.Valid);
    expectFields([], Field.Absent, Field.Absent);
  });

  it("takes a repeated traceparent for invalid, even twice the same", () => {
    expectFields(["traceparent", VALID, "traceparent", VALID], Field.Invalid, Field.Absent);
    expectFields(["traceparent", VALID, "traceparent", ""], Field.Invalid, Field.Absent);
    expectFields(["traceparent", "", "traceparent", VALID], Field.Invalid, Field.Absent);
    expectFields(["traceparent", VALID, "a", "b", "traceparent", VALID, "traceparent", VALID], Field.Invalid, 0);
  });

  it("takes an empty traceparent for invalid", () => {
    expectFields(["traceparent", ""], Field.Invalid, Field.Absent);
  });

  it("reads several tracestates as one list of at most 32 members", () => {
    expectFields(["traceparent", VALID, "tracestate", "a=1", "tracestate", "b=2"], Field.Valid, Field.Valid);
    expectFields(["traceparent", VALID, "tracestate", states(30), "tracestate", "x=1,y=2"], Field.Valid, Field.Valid);
    expectFields(
      ["traceparent", VALID, "tracestate", states(30), "tracestate", "x=1,y=2,z=3"],
      Field.Valid,
      Field.Invalid,
    );
    expectFields(["traceparent", VALID, "tracestate", "A=1", "tracestate", "b=2"], Field.Valid, Field.Invalid);
    expectFields(["traceparent", VALID, "tracestate", "a=1", "tracestate", "B=2"], Field.Valid, Field.Invalid);
  });

  it("takes an empty tracestate for valid", () => {
    expectFields(["traceparent", VALID, "tracestate", ""], Field.Valid, Field.Valid);
    expectFields(["traceparent", VALID, "tracestate", "", "tracestate", "a=1"], Field.Valid, Field.Valid);
  });

  it("reads nothing from bytes that are no header map", () => {
    const broken = new Utf8("\u00ff\u00ff\u00ff\u00ff traceparent");
    headers.read(broken);
    expect<i32>(headers.traceparent).toBe(Field.Absent);
  });
});
