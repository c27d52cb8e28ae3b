// Spans of requests, as they go to a collector: what they say, what they cost, and what becomes of them when it fails.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { type HeaderList, type PendingHttpCall, type PluginModule, Proxy, Status } from "../../tools/host/index.js";
import { type OtlpSpan, readOtlp } from "../support/otlp.js";
import { pluginModule } from "../support/plugin-module.js";
import { type TraceConfig, TraceRig, valuesOf } from "../support/trace.js";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER = "00f067aa0ba902b7";
const SAMPLED: HeaderList = [["traceparent", `00-${TRACE}-${CALLER}-01`]];
const UNSAMPLED: HeaderList = [["traceparent", `00-${TRACE}-${CALLER}-00`]];
const REQUEST: HeaderList = [
  [":method", "GET"],
  [":scheme", "http"],
  [":authority", "reviews:9080"],
  [":path", "/reviews/7?token=secret"],
  ["user-agent", "curl/8"],
];
const SPANS = { cluster: "otel", authority: "otel:4318", service_name: "reviews" };

let module: PluginModule;
let counting: PluginModule;
before(async () => {
  [module, counting] = [await pluginModule("trace"), await pluginModule("trace", "counting")];
});

class SpanRig {
  private constructor(readonly trace: TraceRig) {}

  static async start(spans: object = {}, config: TraceConfig = {}, proxy = new Proxy(), from = module) {
    const all = { trust: "full", span: "new", spans: { ...SPANS, ...spans }, ...config } as const;
    return new SpanRig(await TraceRig.start(from, all, proxy));
  }

  get proxy(): Proxy {
    return this.trace.proxy;
  }

  /** A request and its response, 20 ms later. */
  exchange(headers: HeaderList = SAMPLED, response: HeaderList | null = [[":status", "200"]], properties = {}) {
    const stream = this.trace.plugin.openStream({ properties });
    const requestCounts = stream.requestHeaders([...REQUEST, ...headers], true).counts;
    const [traceparent = ""] = valuesOf([...stream.request.headers], "traceparent");
    this.proxy.clock.advanceNs(20_000_123n);
    if (response) stream.responseHeaders(response, true);
    const logCounts = stream.close();
    return { requestCounts, logCounts, traceparent, spanId: traceparent.split("-")[2]! };
  }

  /** The one call that a tick made, open. */
  call(): PendingHttpCall {
    this.trace.plugin.tick();
    const calls = this.proxy.httpCalls;
    assert.equal(calls.length, 1);
    return calls[0]!;
  }

  /** The spans of the next call, which is answered. */
  exported(): OtlpSpan[] {
    const call = this.call();
    const spans = readOtlp(call.body);
    call.respond({ body: "{}" });
    return spans;
  }

  /** Exported, failed and dropped. */
  counts(): (number | undefined)[] {
    return ["exported", "failed", "dropped"].map((noun) => this.trace.count(`spans_${noun}`));
  }
}

interface Given {
  spans?: object;
  properties?: object;
  proxy?: Proxy;
}

/** The span of one exchange. */
async function spanOf(response?: HeaderList | null, given: Given = {}, headers = SAMPLED): Promise<OtlpSpan> {
  const rig = await SpanRig.start(given.spans, {}, given.proxy);
  rig.exchange(headers, response, given.properties);
  const [span, ...others] = rig.exported();
  assert.deepEqual(others, []);
  return span!;
}

describe("a sampled request", () => {
  test("is a span between the caller's and what the upstream will call its parent", async () => {
    const rig = await SpanRig.start();
    const { spanId } = rig.exchange();
    const startNs = rig.proxy.clock.wallNs() - 20_000_123n;
    assert.deepEqual(rig.exported(), [
      {
        resource: { "service.name": "reviews" },
        scope: "tidegate.trace",
        traceId: TRACE,
        spanId,
        parentSpanId: CALLER,
        traceState: "",
        flags: 0x301,
        name: "GET",
        kind: 2,
        startNs,
        endNs: startNs + 20_000_123n,
        attributes: {
          "http.request.method": "GET",
          "url.scheme": "http",
          "url.path": "/reviews/7",
          "server.address": "reviews",
          "server.port": 9080n,
          "user_agent.original": "curl/8",
          "http.response.status_code": 200n,
          "network.protocol.version": "1.1",
        },
        links: [],
        status: 0,
      },
    ]);
  });

  test("goes to the collector as it is configured", async () => {
    const rig = await SpanRig.start({
      path: "/otlp",
      headers: { "x-scope-orgid": "main" },
      resource: { "deployment.environment.name": "test" },
      timeout: "2s",
    });
    rig.exchange();
    const call = rig.call();
    assert.equal(call.cluster, "otel");
    assert.equal(call.timeoutMs, 2000);
    const own = call.headers.filter(([name]) => name !== "content-length"); // Envoy's
    assert.deepEqual(own, [
      [":method", "POST"],
      [":authority", "otel:4318"],
      [":path", "/otlp"],
      ["content-type", "application/json"],
      ["accept", "application/json"],
      ["x-scope-orgid", "main"],
    ]);
    const resource = { "service.name": "reviews", "deployment.environment.name": "test" };
    assert.deepEqual(readOtlp(call.body)[0]!.resource, resource);
  });

  test("without a caller is the root of a trace whose id is random", async () => {
    const rig = await SpanRig.start();
    const { traceparent } = rig.exchange([]);
    const [span] = rig.exported();
    assert.deepEqual([span!.traceId, span!.spanId], traceparent.split("-").slice(1, 3));
    assert.deepEqual([span!.parentSpanId, span!.flags], ["", 0x103]);
  });

  test("of a caller that is not trusted is linked to the caller's span", async () => {
    const rig = await SpanRig.start({}, { trust: "none" });
    rig.exchange();
    const [span] = rig.exported();
    assert.notEqual(span!.traceId, TRACE);
    assert.equal(span!.parentSpanId, "");
    assert.deepEqual(span!.links, [{ traceId: TRACE, spanId: CALLER }]);
  });

  test("tells its tracestate", async () => {
    const rig = await SpanRig.start();
    rig.exchange([...SAMPLED, ["tracestate", "ot=th:8,a=b"]]);
    assert.equal(rig.exported()[0]!.traceState, "ot=th:8,a=b");
  });

  test("is a client's where traffic is outbound, unless configured", async () => {
    const outbound = () => new Proxy({ properties: { xds: { listener_direction: 2n } } });
    const span = await spanOf(undefined, { proxy: outbound() });
    assert.equal(span.kind, 3);
    assert.equal(span.attributes["url.full"], "http://reviews:9080/reviews/7");
    assert.equal((await spanOf(undefined, { proxy: outbound(), spans: { kind: "server" } })).kind, 2);
    assert.equal((await spanOf(undefined, { spans: { kind: "client" } })).kind, 3);
  });

  test("that failed is an error, by its status, by gRPC's, or by what broke it off", async () => {
    const failed = await spanOf([[":status", "503"]]);
    assert.deepEqual([failed.status, failed.attributes["error.type"]], [2, "503"]);
    const grpc: HeaderList = [...SAMPLED, ["content-type", "application/grpc"]];
    const properties = { response: { grpc_status: 14n } };
    const unavailable = await spanOf(undefined, { properties }, grpc);
    assert.deepEqual([unavailable.status, unavailable.attributes["rpc.grpc.status_code"]], [2, 14n]);
    const plain = await spanOf(undefined, { properties });
    assert.deepEqual([plain.status, plain.attributes["rpc.grpc.status_code"]], [0, undefined]);
    const details = { response: { code_details: "downstream_remote_disconnect" } };
    const broken = await spanOf(null, { properties: details });
    assert.deepEqual([broken.status, broken.attributes["error.type"]], [2, "downstream_remote_disconnect"]);
    assert.equal(broken.attributes["http.response.status_code"], undefined);
  });

  test("may have any bytes in its headers", async () => {
    const path = '/\xff\xc3\x28"\\\x01' + "\xe2\x82\xac".repeat(400);
    const rig = await SpanRig.start();
    const stream = rig.trace.plugin.openStream();
    stream.requestHeaders([[":method", "\"x\xff"], [":path", path], ...SAMPLED], true); // prettier-ignore
    stream.close();
    const [span] = rig.exported();
    assert.equal(span!.name, "HTTP");
    assert.equal(span!.attributes["http.request.method_original"], '"x\ufffd');
    assert.match(String(span!.attributes["url.path"]), /^\/\ufffd\ufffd\("\\\x01€+$/);
  });
});

describe("cost", () => {
  test("of a span is one host call at its begin, six at its end, and no allocation", async () => {
    const rig = await SpanRig.start({}, {}, new Proxy(), counting);
    for (let i = 0; i < 3; i++) rig.exchange();
    const { requestCounts, logCounts } = rig.exchange();
    assert.equal(requestCounts.hostCalls["proxy_set_property"], 1);
    assert.deepEqual(logCounts.hostCalls, { proxy_get_property: 6 });
    assert.equal(requestCounts.heapAllocations + logCounts.heapAllocations, 0);
  });

  test("of a request without a span is none", async () => {
    const rig = await SpanRig.start({}, {}, new Proxy(), counting);
    for (let i = 0; i < 3; i++) rig.exchange();
    const { requestCounts, logCounts } = rig.exchange(UNSAMPLED);
    assert.equal(requestCounts.hostCalls["proxy_set_property"], undefined);
    assert.equal(logCounts.hostCallTotal, 0);
    assert.equal(rig.exported().length, 3);
  });

  test("of a batch is one call, and memory stays as it is over 30,000 spans", async () => {
    const rig = await SpanRig.start({ max_queue: 300, max_batch: 100 }, {}, new Proxy(), counting);
    const round = () => {
      for (let i = 0; i < 100; i++) {
        rig.exchange();
        for (const call of [...rig.proxy.httpCalls]) call.respond({ body: "{}" });
      }
    };
    for (let i = 0; i < 10; i++) round();
    const memory = rig.trace.vm.memoryBytes;
    for (let i = 0; i < 290; i++) round();
    rig.exported();
    assert.equal(rig.trace.vm.memoryBytes, memory);
    assert.deepEqual(rig.counts(), [30_000, 0, 0]);
    rig.exchange();
    assert.equal(rig.trace.plugin.tick().heapAllocations, 0);
  });
});

describe("a queue", () => {
  test("takes so many spans and drops those beyond, counted", async () => {
    const rig = await SpanRig.start({ max_queue: 10, max_batch: 4 });
    for (let i = 0; i < 15; i++) rig.exchange();
    assert.deepEqual(rig.exported().length, 4);
    assert.deepEqual(readOtlp(rig.proxy.httpCalls[0]!.body).length, 4, "the next full batch follows at once");
    rig.proxy.httpCalls[0]!.respond();
    assert.equal(rig.proxy.httpCalls.length, 0);
    assert.equal(rig.exported().length, 2);
    assert.deepEqual(rig.counts(), [10, 0, 5]);
  });

  test("is sent in order, while streams end in any order", async () => {
    const rig = await SpanRig.start();
    const streams = Array.from({ length: 50 }, () => {
      const stream = rig.trace.plugin.openStream();
      stream.requestHeaders([...REQUEST, ...SAMPLED], true);
      return stream;
    });
    const ended = streams.sort((a, b) => ((a.contextId * 7) % 50) - ((b.contextId * 7) % 50));
    const ids = ended.map((stream) => {
      stream.close();
      return valuesOf([...stream.request.headers], "traceparent")[0]!.split("-")[2];
    });
    assert.deepEqual(
      rig.exported().map(({ spanId }) => spanId),
      ids,
    );
  });
});

describe("a collector that", () => {
  test("is overloaded gets the same again, when it wants it", async () => {
    const rig = await SpanRig.start();
    rig.exchange();
    const first = rig.call();
    first.respond({ headers: [[":status", "429"], ["retry-after", "7"]] }); // prettier-ignore
    rig.proxy.clock.advanceMs(6_900);
    assert.equal(rig.proxy.httpCalls.length, 0);
    rig.proxy.clock.advanceMs(1_200);
    assert.deepEqual(rig.proxy.httpCalls[0]!.body, first.body);
    rig.proxy.httpCalls[0]!.respond();
    assert.deepEqual(rig.counts(), [1, 0, 0]);
  });

  test("is away is tried five times, and then spans are given up, with one line in the log", async () => {
    const rig = await SpanRig.start();
    rig.exchange();
    rig.trace.plugin.tick();
    let calls = 0;
    for (let seconds = 0; seconds < 60; seconds++) {
      for (const call of [...rig.proxy.httpCalls]) {
        calls++;
        call.fail();
      }
      rig.proxy.clock.advanceMs(1_000);
    }
    assert.equal(calls, 5);
    assert.deepEqual(rig.counts(), [0, 1, 0]);
    const lines = rig.proxy.logs.map(({ message }) => message).filter((message) => message.includes("spans"));
    assert.deepEqual(lines, ["trace: spans for otel: given up, no answer; see tidegate_trace_spans_failed_total"]);
    rig.exchange();
    rig.exported();
    assert.equal(rig.proxy.logs.at(-1)!.message, "trace: spans for otel: accepted again");
  });

  test("refuses spans gets them once", async () => {
    const rig = await SpanRig.start();
    rig.exchange();
    rig.call().respond({ headers: [[":status", "400"]] });
    rig.proxy.clock.advanceMs(60_000);
    assert.equal(rig.proxy.httpCalls.length, 0);
    assert.deepEqual(rig.counts(), [0, 1, 0]);
  });

  test("rejects some is believed", async () => {
    const rig = await SpanRig.start();
    for (let i = 0; i < 3; i++) rig.exchange();
    rig.call().respond({ body: '{"partialSuccess":{"rejectedSpans":"2","errorMessage":"too old"}}' });
    assert.deepEqual(rig.counts(), [1, 2, 0]);
  });

  test("says anything else in its answer does no harm", async () => {
    for (const body of ["", "[", "{}", '{"partialSuccess":{}}', "\0".repeat(9000), "x".repeat(200_000)]) {
      const rig = await SpanRig.start();
      rig.exchange();
      rig.call().respond({ body });
      assert.deepEqual(rig.counts(), [1, 0, 0]);
      assert.equal(rig.trace.vm.trapped, undefined);
    }
  });

  test("is too slow is asked again", async () => {
    const rig = await SpanRig.start({ timeout: "1s" });
    rig.exchange();
    const first = rig.call();
    rig.proxy.clock.advanceMs(1_000);
    assert.equal(rig.proxy.httpCalls.length, 0, "Envoy has answered in the collector's place");
    for (let i = 0; i < 8 && rig.proxy.httpCalls.length === 0; i++) rig.proxy.clock.advanceMs(250);
    assert.deepEqual(rig.proxy.httpCalls[0]!.body, first.body);
    rig.proxy.httpCalls[0]!.respond();
    assert.deepEqual(rig.counts(), [1, 0, 0]);
  });
});

describe("a host that fails", () => {
  const PROPERTY = { call: "proxy_set_property", status: Status.InternalFailure };

  test("to keep a record is counted, and the request has no span", async () => {
    const rig = await SpanRig.start();
    const fault = rig.proxy.faults.inject(PROPERTY);
    rig.exchange();
    fault.remove();
    assert.equal(rig.trace.count("host_errors"), 1);
    assert.equal(rig.proxy.httpCalls.length, 0);
  });

  test("to give attributes leaves a span without them", async () => {
    const rig = await SpanRig.start();
    const stream = rig.trace.plugin.openStream({ properties: { request: { time: "x", duration: "", protocol: "" } } });
    stream.requestHeaders([...REQUEST, ...SAMPLED], true);
    stream.close();
    const [span] = rig.exported();
    assert.equal(span!.startNs, span!.endNs);
    assert.equal(span!.startNs, rig.proxy.clock.wallNs());
  });

  test("or another filter that puts something else in place of the record, leaves no span and traps nothing", async () => {
    for (const value of ["", "x", "TPS1", "\0".repeat(2000)]) {
      const rig = await SpanRig.start();
      rig.exchange(SAMPLED, undefined, { "tidegate.span": value });
      rig.trace.plugin.tick();
      assert.equal(rig.proxy.httpCalls.length, 0);
      assert.equal(rig.trace.vm.trapped, undefined);
    }
  });

  test("to make calls, as where there is no such cluster, is tried again", async () => {
    const rig = await SpanRig.start();
    const fault = rig.proxy.faults.inject({ call: "proxy_http_call", status: Status.BadArgument });
    rig.exchange();
    rig.trace.plugin.tick();
    rig.proxy.clock.advanceMs(1_000);
    assert.ok(fault.hits > 0);
    fault.remove();
    rig.proxy.clock.advanceMs(4_000);
    assert.equal(readOtlp(rig.proxy.httpCalls[0]!.body).length, 1);
  });
});

test("a stream that began under the configuration before ends with its span", async () => {
  const rig = await SpanRig.start();
  const stream = rig.trace.plugin.openStream();
  stream.requestHeaders([...REQUEST, ...SAMPLED], true);
  const configuration = JSON.stringify({ trust: "full", span: "new", spans: { ...SPANS, cluster: "next" } });
  rig.trace.vm.startPlugin({ name: "trace", rootId: "trace", configuration });
  stream.close();
  rig.trace.plugin.tick();
  assert.deepEqual(
    rig.proxy.httpCalls.map(({ cluster, body }) => [cluster, readOtlp(body).length]),
    [["otel", 1]],
  );
});
