// Whom trace trusts when its configuration leaves that to the listener, in a real Envoy, and what its access log shows.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { locateEnvoy } from "../../tools/envoy/locate.js";
import { startEnvoy } from "../../tools/envoy/process.js";
import { envoyBootstrap } from "../../tools/generate/envoy-bootstrap.js";
import type { PolicyDocument } from "../../tools/policy/model.js";
import { freePorts } from "../../tools/ports.js";
import { httpSend } from "../../tools/rig/http-send.js";
import { startUpstream } from "../../tools/upstream.js";
import { pluginModule } from "../support/plugin-module.js";
import { type TraceConfig, valuesOf } from "../support/trace.js";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const VALID = `00-${TRACE}-00f067aa0ba902b7-01`;

/** The parts of a bootstrap that differ from what `tidegate generate` writes. */
interface Bootstrap {
  static_resources: {
    listeners: [{ traffic_direction?: string; filter_chains: [{ filters: [{ typed_config: Manager }] }] }];
  };
}

interface Manager {
  access_log?: object[];
  http_filters: { typed_config: { config?: { configuration: { value: string } } } }[];
}

function bootstrapOf(config: TraceConfig, direction: string | undefined, ports: [number, number], app: number): object {
  const policy: PolicyDocument = {
    apiVersion: "tidegate.dev/v1alpha1",
    kind: "PluginPolicy",
    metadata: { name: "trace-listener" },
    spec: {
      workload: { labels: { app: "app" } },
      envoy: { upstreams: [{ name: "app", address: "127.0.0.1", port: 1 }] },
      plugins: [{ name: "trace" }],
    },
  };
  const [listener, admin] = ports;
  const bootstrap = envoyBootstrap(policy, { ports: { listener, admin, upstreams: { app } } }) as Bootstrap;
  const socket = bootstrap.static_resources.listeners[0];
  delete socket.traffic_direction;
  if (direction) socket.traffic_direction = direction;
  const manager = socket.filter_chains[0].filters[0].typed_config;
  manager.http_filters[0]!.typed_config.config!.configuration.value = JSON.stringify(config);
  manager.access_log = [
    accessLog("%FILTER_STATE(wasm.tidegate.trace_id:PLAIN)% %FILTER_STATE(wasm.tidegate.span_id:PLAIN)%"),
  ];
  return bootstrap;
}

function accessLog(line: string): object {
  return {
    name: "envoy.access_loggers.stdout",
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StdoutAccessLog",
      log_format: { text_format_source: { inline_string: `logged ${line}\n` } },
    },
  };
}

/** Sends one request with a trace. @returns what the upstream, the client and the access log see of it. */
async function pass(config: TraceConfig, direction?: string) {
  await pluginModule("trace");
  const app = await startUpstream({ name: "app" });
  const ports = (await freePorts(2)) as [number, number];
  const lines: string[] = [];
  const envoy = await startEnvoy({
    envoy: await locateEnvoy({ allowInstall: true }),
    config: bootstrapOf(config, direction, ports, app.port),
    onLine: (line) => lines.push(line),
  });
  const client = httpSend(ports[0]);
  try {
    const answer = await client.send({ path: "/", headers: [["traceparent", VALID]] });
    await envoy.stop(); // writes out what the access log still holds
    const logged = lines.find((line) => line.startsWith("logged "));
    return { traceparent: valuesOf(answer.upstream!.received, "traceparent"), answer: answer.headers, logged };
  } finally {
    client.close();
    await envoy.stop();
    await app.close();
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
