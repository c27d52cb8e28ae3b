// Spans in a real Envoy: what its attributes make of them, over both protocols, and how they reach a collector.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { Agent, request } from "node:http";
import { connect } from "node:http2";
import { after, before, describe, test } from "node:test";
import type { OtlpSpan } from "../support/otlp.js";
import { OtlpReceiver } from "../support/otlp-receiver.js";
import { TraceSpans, type TraceSpansOptions } from "../support/trace-spans.js";
import { until, untilThere } from "../support/until.js";

const CALLER = "00f067aa0ba902b7";

let receiver: OtlpReceiver;
let rig: TraceSpans;
before(async () => {
  receiver = await OtlpReceiver.start();
  rig = await start();
});
after(async () => {
  await rig?.stop();
  receiver?.close();
});

function start(options: Partial<TraceSpansOptions> = {}): Promise<TraceSpans> {
  return TraceSpans.start({ collectorPort: receiver.port, ...options });
}

const newTrace = () => randomBytes(16).toString("hex");
const traceparent = (trace: string, flags = "01") => `00-${trace}-${CALLER}-${flags}`;

/** A request on a connection of its own; what the caller does not wait for is cut after 100 ms. */
function send(path: string, headers: Record<string, string>, { port = rig.port, waits = true } = {}): Promise<number> {
  return new Promise((resolve) => {
    const out = request({
      host: "127.0.0.1",
      port,
      path,
      headers: { host: "reviews:9080", ...headers },
      agent: new Agent(),
    });
    if (!waits) setTimeout(() => out.destroy(), 100);
    out.once("error", () => resolve(0));
    out.once("response", (response) => {
      response.resume();
      response.once("close", () => resolve(response.statusCode!));
    });
    out.end();
  });
}

/** The one span of a trace, once it has come. */
async function spanOf(trace: string): Promise<OtlpSpan> {
  return untilThere("a span of the request comes", 5_000, () => {
    assert.deepEqual(receiver.errors, []);
    const [span, ...others] = receiver.spans.filter(({ traceId }) => traceId === trace);
    assert.deepEqual(others, []);
    return span;
  });
}

/** What came of a request, by its span. */
async function exchange(path: string, headers: Record<string, string> = {}, options = {}): Promise<OtlpSpan> {
  const trace = newTrace();
  await send(path, { traceparent: traceparent(trace), ...headers }, options);
  return spanOf(trace);
}

describe("a span", () => {
  test("tells what Envoy knows", async () => {
    const before = BigInt(Date.now()) * 1_000_000n;
    const span = await exchange("/slow/120?token=secret", { "user-agent": "test/1", tracestate: "a=b" });
    const { startNs, endNs, spanId, ...rest } = span;
    assert.match(spanId, /^[0-9a-f]{16}$/);
    assert.notEqual(spanId, CALLER);
    assert.ok(startNs >= before - 1_000_000n && endNs <= BigInt(Date.now() + 1) * 1_000_000n, `${startNs} ${endNs}`);
    assert.ok(endNs - startNs >= 119_000_000n && endNs - startNs < 5_000_000_000n, `${endNs - startNs} ns`);
    assert.deepEqual(rest, {
      resource: { "service.name": "reviews" },
      scope: "tidegate.trace",
      traceId: span.traceId,
      parentSpanId: CALLER,
      traceState: "a=b",
      flags: 0x301,
      name: "GET",
      kind: 2,
      attributes: {
        "http.request.method": "GET",
        "url.scheme": "http",
        "url.path": "/slow/120",
        "server.address": "reviews",
        "server.port": 9080n,
        "user_agent.original": "test/1",
        "http.response.status_code": 200n,
        "network.protocol.version": "1.1",
      },
      links: [],
      status: 0,
    });
  });

  test("over HTTP/2 says so", async () => {
    const trace = newTrace();
    const session = connect(`http://127.0.0.1:${rig.port}`);
    const stream = session.request({ ":path": "/", ":authority": "reviews", traceparent: traceparent(trace) });
    await new Promise((resolve) => stream.resume().once("end", resolve));
    session.close();
    const { attributes } = await spanOf(trace);
    assert.equal(attributes["network.protocol.version"], "2");
    assert.deepEqual([attributes["server.address"], attributes["server.port"]], ["reviews", undefined]);
  });

  test("has the path as it was asked for, though the route changes it", async () => {
    assert.equal((await exchange("/rewritten/status/204")).attributes["url.path"], "/rewritten/status/204");
  });

  test("is an error for 5xx, an answer of Envoy's own included", async () => {
    for (const [path, status, isError] of [
      ["/status/404", 404n, 0],
      ["/status/500", 500n, 2],
      ["/nowhere", 503n, 2],
    ] as const) {
      const span = await exchange(path);
      assert.deepEqual([span.attributes["http.response.status_code"], span.status], [status, isError]);
      assert.equal(span.attributes["error.type"], isError ? String(status) : undefined);
    }
  });

  test("is an error when the upstream breaks off", async () => {
    const span = await exchange("/cut");
    assert.equal(span.status, 2);
    assert.equal(span.attributes["http.response.status_code"], 200n);
    assert.match(String(span.attributes["error.type"]), /^upstream_reset_after_response_started/);
  });

  test("is an error when the client goes away", async () => {
    const span = await exchange("/hang", {}, { waits: false });
    assert.equal(span.status, 2);
    assert.match(String(span.attributes["error.type"]), /^downstream_remote_disconnect|^http1\./);
    assert.equal(span.attributes["http.response.status_code"], undefined);
  });

  test("tells the status of gRPC, and of nothing else", async () => {
    const grpc = { "content-type": "application/grpc" };
    const unavailable = await exchange("/grpc/14", grpc);
    assert.deepEqual([unavailable.attributes["rpc.grpc.status_code"], unavailable.status], [14n, 2]);
    const notFound = await exchange("/grpc/5", grpc);
    assert.deepEqual([notFound.attributes["rpc.grpc.status_code"], notFound.status], [5n, 0]);
    assert.equal((await exchange("/grpc/14")).attributes["rpc.grpc.status_code"], undefined);
  });

  test("is only of what is sampled", async () => {
    const trace = newTrace();
    await send("/", { traceparent: traceparent(trace, "00") });
    await exchange("/");
    assert.ok(!receiver.spans.some(({ traceId }) => traceId === trace));
  });
});

test("a thousand spans of two workers all come, each once", async () => {
  const traces = Array.from({ length: 1000 }, newTrace);
  for (let i = 0; i < traces.length; i += 100) {
    const batch = traces.slice(i, i + 100);
    await Promise.all(
      batch.map((trace) => send(`/slow/${randomBytes(1)[0]! % 50}`, { traceparent: traceparent(trace) })),
    );
  }
  for (const trace of traces) await spanOf(trace);
  await rig.expectCount("spans_exported", receiver.spans.length);
  assert.equal(await rig.count("spans_dropped"), 0);
  assert.equal(await rig.count("host_errors"), 0);
});

test("what a collector cannot take at once it gets later, once", async () => {
  const requests = receiver.requests.length;
  receiver.answers.push({ status: 503 });
  const trace = newTrace();
  await send("/", { traceparent: traceparent(trace) });
  await until("it is sent again", 5_000, () => receiver.requests.length >= requests + 2);
  const [refused, taken] = receiver.requests.slice(requests);
  assert.deepEqual(taken!.spans, refused!.spans);
  assert.deepEqual([taken!.path, taken!.headers.host], ["/v1/traces", "otel.test"]);
  assert.deepEqual(taken!.spans.map(({ traceId }) => traceId), [trace]); // prettier-ignore
});

test("a small queue drops what it cannot hold, and says how much", async () => {
  const small = await start({ spans: { max_queue: 5, max_batch: 5 } });
  try {
    const trace = newTrace();
    const headers = { traceparent: traceparent(trace) };
    await Promise.all(Array.from({ length: 200 }, () => send("/", headers, { port: small.port })));
    await until("all spans are sent or counted", 10_000, async () => {
      const [exported, dropped] = [await small.count("spans_exported"), await small.count("spans_dropped")];
      const came = receiver.spans.filter(({ traceId }) => traceId === trace).length;
      return exported + dropped === 200 && exported === came && dropped > 0;
    });
  } finally {
    await small.stop();
  }
});

test("requests that a workload makes are a client's", async () => {
  const outbound = await start({ direction: "outbound" });
  try {
    const span = await exchange("/status/404?q", {}, { port: outbound.port });
    assert.deepEqual([span.kind, span.status], [3, 2]);
    assert.equal(span.attributes["url.full"], "http://reviews:9080/status/404");
  } finally {
    await outbound.stop();
  }
});
