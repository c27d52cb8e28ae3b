// The reader with which tests look at spans: whatever is not of OTLP/JSON has to be found out, or those tests show little.
import assert from "node:assert/strict";
import { test } from "node:test";
import { readOtlp } from "../support/otlp.js";

const SPAN = {
  traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
  spanId: "00f067aa0ba902b7",
  name: "GET",
  kind: 2,
  startTimeUnixNano: "1544712660000000000",
  endTimeUnixNano: "1544712661000000000",
};
const attribute = (key: string, value: unknown) => ({ attributes: [{ key, value }] });

function read(span: object, scope: object = {}, resource: object = {}) {
  const scopeSpans = [{ scope: {}, spans: [{ ...SPAN, ...span }], ...scope }];
  const body = { resourceSpans: [{ resource: {}, scopeSpans, ...resource }] };
  return readOtlp(Buffer.from(JSON.stringify(body)));
}

test("takes a span with what it must have, and with more", () => {
  assert.equal(read({})[0]!.endNs, 1544712661000000000n);
  const more = { parentSpanId: "b7ad6b7169203331", flags: 0x301, traceState: "a=b", status: { code: 2 }, links: [] };
  assert.equal(read({ ...more, ...attribute("a", { intValue: "-9223372036854775808" }) })[0]!.status, 2);
});

test("refuses what protobuf's mapping or OTLP does not have", () => {
  const wrong: object[] = [
    { trace_id: SPAN.traceId },
    { traceId: SPAN.traceId.toUpperCase() },
    { traceId: Buffer.from(SPAN.traceId, "hex").toString("base64") },
    { traceId: "0".repeat(32) },
    { traceId: undefined },
    { spanId: "00f067aa0ba902b" },
    { spanId: "0".repeat(16) },
    { parentSpanId: "" },
    { kind: "SPAN_KIND_SERVER" },
    { kind: 6 },
    { name: "" },
    { flags: "257" },
    { flags: 2 ** 32 },
    { startTimeUnixNano: 1544712660000000000 },
    { startTimeUnixNano: "18446744073709551616" },
    { startTimeUnixNano: "01" },
    { endTimeUnixNano: "1544712659999999999" },
    { status: { code: "STATUS_CODE_ERROR" } },
    { status: 2 },
    { links: [{ traceId: SPAN.traceId }] },
    attribute("a", { intValue: 1 }),
    attribute("a", { intValue: "9223372036854775808" }),
    attribute("a", { intValue: "1", stringValue: "1" }),
    attribute("a", {}),
    attribute("a", "1"),
    attribute("", { stringValue: "" }),
    { attributes: [{ key: "a" }] },
    { attributes: ["1", "2"].map((stringValue) => ({ key: "a", value: { stringValue } })) },
    { attributes: { a: "1" } },
  ];
  for (const span of wrong) assert.throws(() => read(span), JSON.stringify(span));
  assert.throws(() => read({}, { scope: undefined }));
  assert.throws(() => read({}, {}, { resource: [] }));
  assert.throws(() => readOtlp(Buffer.from("{}")));
  assert.throws(() => readOtlp(Buffer.from('{"resourceSpans":[\xff]}', "latin1")));
  assert.throws(() => readOtlp(Buffer.from('{"resourceSpans":[],}')));
});
