import { ByteView, Utf8 } from "../../../../assembly/core/bytes";
import { correlationId, hasTraceId } from "../../../../plugins/canary/lanes/propagation";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

/** "" for none. */
function idIn(value: string, header: string): string {
  const id = new ByteView();
  return correlationId(new Utf8(value), hasTraceId(header), id) ? id.toString() : "";
}

describe("correlationId", () => {
  it("is the trace id of a traceparent", () => {
    expect(idIn(`00-${TRACE}-00f067aa0ba902b7-01`, "traceparent")).toBe(TRACE);
    expect(idIn(`00-${TRACE}-1111111111111111-00`, "traceparent")).toBe(TRACE, "at the next hop");
    expect(idIn(` \t00-${TRACE}-00f067aa0ba902b7-01 `, "traceparent")).toBe(TRACE);
    expect(idIn(`cc-${TRACE}-00f067aa0ba902b7-01-what.the.future`, "traceparent")).toBe(TRACE);
  });

  it("is nothing in what is no traceparent", () => {
    const bad = ["", "00", TRACE, `00-${TRACE}`, `ff-${TRACE}-00f067aa0ba902b7-01`, `00-${TRACE}-0000000000000000-01`];
    bad.push(`00-${"0".repeat(32)}-00f067aa0ba902b7-01`);
    for (let i = 0; i < bad.length; i++) expect(idIn(bad[i], "traceparent")).toBe("", bad[i]);
  });

  it("is the whole value of any other header", () => {
    expect(idIn("b2a1c4d8-9f00", "x-request-id")).toBe("b2a1c4d8-9f00");
    expect(idIn(TRACE, "x-b3-traceid")).toBe(TRACE, "the same as in a traceparent");
    expect(idIn("", "x-request-id")).toBe("");
  });
});
