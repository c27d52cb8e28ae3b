// What people are told of a request's trace: attributes for Envoy's access log, headers of the response.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { HeaderList, PluginModule } from "../../tools/host/index.js";
import { ordinaryHeaders } from "../support/fuzz.js";
import { pluginModule } from "../support/plugin-module.js";
import { type TraceConfig, TraceRig, valuesOf } from "../support/trace.js";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";
const VALID = `00-${TRACE}-${SPAN}-01`;
const UPSTREAM: HeaderList = [
  [":status", "200"],
  ["server-timing", "db;dur=53"],
  ["x-trace-id", "the upstream's"],
];

let counting: PluginModule;
before(async () => {
  counting = await pluginModule("trace", "counting");
});

/** Sends a request and its response through a warm plugin. */
async function exchange(config: TraceConfig, headers: HeaderList = [["traceparent", VALID]]) {
  const rig = await TraceRig.start(counting, { trust: "full", ...config });
  const once = () => {
    const stream = rig.plugin.openStream();
    const request = stream.requestHeaders([...ordinaryHeaders, ...headers], true).counts;
    const response = stream.responseHeaders(UPSTREAM, true).counts;
    const answer = stream.response.headers;
    stream.close();
    return { stream, answer, request, response };
  };
  for (let i = 0; i < 3; i++) once();
  return { rig, ...once() };
}

describe("the access log", () => {
  test("can show trace id and span id", async () => {
    const { stream, request } = await exchange({ access_log: true });
    assert.equal(stream.filterState.get("wasm.tidegate.trace_id"), TRACE);
    assert.equal(stream.filterState.get("wasm.tidegate.span_id"), SPAN);
    assert.deepEqual(request.hostCalls, { proxy_get_header_map_pairs: 1, proxy_set_property: 2 });
    assert.equal(request.heapAllocations, 0);
  });

  test("is told nothing unless it is configured, nor where there is no trace", async () => {
    assert.equal((await exchange({})).stream.filterState.size, 0);
    assert.equal((await exchange({ access_log: true, start: false }, [])).stream.filterState.size, 0);
  });
});

describe("responses", () => {
  test("carry the trace in the headers that are configured", async () => {
    const response = { trace_id: "x-trace-id", traceresponse: true, server_timing: true };
    const told = await exchange({ response });
    assert.deepEqual(valuesOf(told.answer, "x-trace-id"), [TRACE]);
    assert.deepEqual(valuesOf(told.answer, "traceresponse"), [VALID]);
    assert.deepEqual(valuesOf(told.answer, "server-timing"), ["db;dur=53", `traceparent;desc="${VALID}"`]);
    assert.deepEqual(told.request.hostCalls, { proxy_get_header_map_pairs: 1, proxy_set_property: 1 });
    assert.deepEqual(told.response.hostCalls, {
      proxy_get_property: 1,
      proxy_replace_header_map_value: 2,
      proxy_add_header_map_value: 1,
    });
    assert.equal(told.response.heapAllocations, 0);
  });

  test("tell the context that goes on, not the one that came", async () => {
    const { answer } = await exchange({ trust: "none", response: { traceresponse: true } });
    assert.match(valuesOf(answer, "traceresponse").join(), /^00-[0-9a-f]{32}-[0-9a-f]{16}-03$/);
    assert.notEqual(valuesOf(answer, "traceresponse")[0], VALID);
  });

  test("are left alone otherwise, without a host call", async () => {
    const plain = await exchange({});
    assert.deepEqual(plain.answer, UPSTREAM);
    assert.equal(plain.response.hostCallTotal, 0);
    const untraced = await exchange({ start: false, response: { traceresponse: true } }, []);
    assert.deepEqual(untraced.answer, UPSTREAM);
  });

  test("of streams side by side tell each its own", async () => {
    const rig = await TraceRig.start(counting, { trust: "full", response: { trace_id: "x-trace-id" } });
    const ids = Array.from({ length: 50 }, (_, index) => index.toString(16).padStart(32, "a"));
    const streams = ids.map((id) => {
      const stream = rig.plugin.openStream();
      stream.requestHeaders([...ordinaryHeaders, ["traceparent", `00-${id}-${SPAN}-00`]], true);
      return stream;
    });
    const told = streams.map((stream) => {
      stream.responseHeaders([[":status", "200"]], true);
      return valuesOf(stream.response.headers, "x-trace-id").join();
    });
    assert.deepEqual(told, ids);
  });
});
