// Whom trace trusts when its configuration leaves that to the listener, in a real Envoy, and what its access log shows.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { pluginModule } from "../support/plugin-module.js";
import { EchoEnvoy, type HttpManager } from "../support/policy-envoy.js";
import { type TraceConfig, valuesOf } from "../support/trace.js";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const VALID = `00-${TRACE}-00f067aa0ba902b7-01`;
const IDS = "%FILTER_STATE(wasm.tidegate.trace_id:PLAIN)% %FILTER_STATE(wasm.tidegate.span_id:PLAIN)%";

function accessLog(line: string): object {
  return {
    name: "envoy.access_loggers.stdout",
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StdoutAccessLog",
      log_format: { text_format_source: { inline_string: `logged ${line}\n` } },
    },
  };
}

/** What the plugin gets; the generator would add whom to trust. */
function configurationOf({ http_filters: [filter] }: HttpManager): { value: string } {
  return (filter!.typed_config as { config: { configuration: { value: string } } }).config.configuration;
}

/** Sends one request with a trace. @returns what the upstream, the client and the access log see of it. */
async function pass(config: TraceConfig, direction?: string) {
  await pluginModule("trace");
  const lines: string[] = [];
  const echo = await EchoEnvoy.start({
    plugins: [{ name: "trace" }],
    onLine: (line) => lines.push(line),
    adjust(bootstrap, manager) {
      const listener = bootstrap.static_resources.listeners[0]!;
      delete listener.traffic_direction;
      if (direction) listener.traffic_direction = direction;
      configurationOf(manager).value = JSON.stringify(config);
      manager.access_log = [accessLog(IDS)];
    },
  });
  try {
    const answer = await echo.send([["traceparent", VALID]]);
    await echo.stop(); // writes out what the access log still holds
    const logged = lines.find((line) => line.startsWith("logged "));
    return { traceparent: valuesOf(answer.upstream!.received, "traceparent"), answer: answer.headers, logged };
  } finally {
    await echo.stop();
  }
}

describe("trust that is not configured", () => {
  for (const direction of ["INBOUND", "OUTBOUND"]) {
    test(`is full where the listener is ${direction}`, async () => {
      assert.deepEqual((await pass({}, direction)).traceparent, [VALID]);
    });
  }

  test("is none where the listener has no direction, as at an edge", async () => {
    const { traceparent } = await pass({});
    assert.equal(traceparent.length, 1);
    assert.match(traceparent[0]!, /^00-[0-9a-f]{32}-[0-9a-f]{16}-03$/);
    assert.notEqual(traceparent[0]!.slice(3, 35), TRACE);
  });

  test("does not change trust that is", async () => {
    assert.notDeepEqual((await pass({ trust: "none" }, "INBOUND")).traceparent, [VALID]);
    assert.deepEqual((await pass({ trust: "full" })).traceparent, [VALID]);
  });
});

test("trace and span id are in Envoy's access log, and in responses", async () => {
  const response = { trace_id: "x-trace-id", traceresponse: true, server_timing: true };
  const { answer, logged } = await pass({ trust: "full", access_log: true, response });
  assert.equal(logged, `logged ${TRACE} 00f067aa0ba902b7`);
  assert.deepEqual(valuesOf(answer, "x-trace-id"), [TRACE]);
  assert.deepEqual(valuesOf(answer, "traceresponse"), [VALID]);
  assert.deepEqual(valuesOf(answer, "server-timing"), [`traceparent;desc="${VALID}"`]);
});
