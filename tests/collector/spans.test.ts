// Spans in a real OpenTelemetry Collector: it takes what we send, and what it hands on says the same.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, test } from "node:test";
import fc from "fast-check";
import type { HeaderList, PluginModule } from "../../tools/host/index.js";
import { Collector } from "../support/collector.js";
import { type OtlpSpan, readOtlp } from "../support/otlp.js";
import { OtlpReceiver } from "../support/otlp-receiver.js";
import { pluginModule } from "../support/plugin-module.js";
import { TraceRig } from "../support/trace.js";
import { TraceSpans } from "../support/trace-spans.js";

const SPANS = { cluster: "otel", authority: "otel", service_name: 'a "service"\n€' };

let receiver: OtlpReceiver;
let collector: Collector;
let module: PluginModule;
before(async () => {
  receiver = await OtlpReceiver.start();
  collector = await Collector.start(receiver.port);
  module = await pluginModule("trace");
});
after(async () => {
  await collector?.stop();
  receiver?.close();
});

/** Sends a body to the Collector; the spans that it handed on meanwhile. */
async function passedOn(body: Uint8Array | string): Promise<{ status: number; spans: OtlpSpan[] }> {
  const before = receiver.spans.length;
  const headers = { "content-type": "application/json" };
  const response = await fetch(`http://127.0.0.1:${collector.port}/v1/traces`, { method: "POST", headers, body });
  await response.text();
  assert.deepEqual(receiver.errors, []);
  return { status: response.status, spans: receiver.spans.slice(before) };
}

test("the Collector refuses what is not of the mapping, or this test shows nothing", async () => {
  const times = { startTimeUnixNano: "1", endTimeUnixNano: "2" };
  const span = { traceId: "1".repeat(32), spanId: "2".repeat(16), name: "GET", kind: 2, ...times };
  const body = (one: object) => JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [one] }] }] });
  assert.equal((await passedOn(body(span))).status, 200);
  for (const wrong of [{ traceId: "1" }, { spanId: "x".repeat(16) }, { kind: [] }, { startTimeUnixNano: "soon" }]) {
    assert.equal((await passedOn(body({ ...span, ...wrong }))).status, 400, JSON.stringify(wrong));
  }
});

describe("a batch from the Node host", () => {
  const bytes = (most: number) => fc.uint8Array({ maxLength: most }).map((all) => Buffer.from(all).toString("latin1"));
  const id = (length: number) =>
    fc
      .uint8Array({ minLength: length, maxLength: length })
      .map((all) => Buffer.from([...all.slice(1), 1]).toString("hex"));
  const request = fc.record({
    method: fc.oneof(fc.constantFrom("GET", "POST"), bytes(50)),
    path: bytes(700).map((path) => `/${path}`),
    host: fc.oneof(fc.constantFrom("a", "a:80", "[::1]:8080"), bytes(300)),
    agent: bytes(300),
    traceId: id(16),
    parentId: id(8),
    status: fc.integer({ min: 100, max: 599 }),
  });

  test("says the same after the Collector, whatever bytes its requests had", async () => {
    const property = fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 8 }), async (requests) => {
      const rig = await TraceRig.start(module, { trust: "full", span: "new", spans: SPANS });
      for (const { method, path, host, agent, traceId, parentId, status } of requests) {
        const headers: HeaderList = [
          [":method", method],
          [":scheme", "https"],
          [":authority", host],
          [":path", path],
          ["user-agent", agent],
          ["traceparent", `00-${traceId}-${parentId}-01`],
          ["tracestate", "ot=th:8,a=b"],
        ];
        const stream = rig.plugin.openStream();
        stream.requestHeaders(headers, true);
        rig.proxy.clock.advanceNs(1_234_567n);
        stream.responseHeaders([[":status", String(status)]], true);
        stream.close();
      }
      rig.plugin.tick();
      const { body } = rig.proxy.httpCalls[0]!;
      const sent = readOtlp(body);
      assert.equal(sent.length, requests.length);
      assert.deepEqual(await passedOn(body), { status: 200, spans: sent });
    });
    await fc.assert(property, { numRuns: 150 });
  });
});

describe("spans of a real Envoy", () => {
  test("reach the Collector, each once", async () => {
    const rig = await TraceSpans.start({ collectorPort: collector.port, spans: SPANS });
    const traces = Array.from({ length: 100 }, () => randomBytes(16).toString("hex"));
    const before = receiver.spans.length;
    try {
      for (const trace of traces) {
        const headers = { traceparent: `00-${trace}-00f067aa0ba902b7-01` };
        await (await fetch(`http://127.0.0.1:${rig.port}/status/503`, { headers })).text();
      }
      const came = (await receiver.expect(before + traces.length)).slice(before);
      assert.deepEqual(came.map(({ traceId }) => traceId).sort(), traces.sort());
      for (const { parentSpanId, status, attributes, resource, name } of came) {
        assert.deepEqual([name, parentSpanId, status], ["GET", "00f067aa0ba902b7", 2]);
        assert.equal(attributes["http.response.status_code"], 503n);
        assert.deepEqual(resource, { "service.name": SPANS.service_name });
      }
      await rig.expectCount("spans_exported", traces.length);
      assert.equal(await rig.count("spans_failed"), 0);
    } finally {
      await rig.stop();
    }
  });

  test("are refused by a Collector that is not asked at its path, and counted", async () => {
    const rig = await TraceSpans.start({ collectorPort: collector.port, spans: { ...SPANS, path: "/v2" } });
    try {
      const headers = { traceparent: `00-${randomBytes(16).toString("hex")}-00f067aa0ba902b7-01` };
      await (await fetch(`http://127.0.0.1:${rig.port}/`, { headers })).text();
      await rig.expectCount("spans_failed", 1);
    } finally {
      await rig.stop();
    }
  });
});
