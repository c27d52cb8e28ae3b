// trace beside the tracer of a mesh, by a real istiod in real Envoys: what is generated makes of both one trace.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, afterEach, before, describe, it } from "node:test";
import { valuesOf } from "../../tools/rig/exchange.js";
import type { Resource } from "../support/istio/cluster.js";
import { type Form, FORMS, generated } from "../support/istio/generated.js";
import { Lab, type Way } from "../support/istio/lab.js";
import { TracerCollector, type TracerSpan } from "../support/tracer-collector.js";
import { untilThere } from "../support/until.js";

const COLLECTOR = "collector.test";
const CALLER = "00f067aa0ba902b7";
const WAYS = ["inbound", "outbound", "gateway"] as const;

/** Trace writes b3, too, by which it is seen to run. */
function policy(way: Way, tracer: string): string {
  const place =
    way === "gateway"
      ? "gateway: { labels: { istio: ingressgateway } }"
      : `workload: { labels: { app: app } }\n  attach: { direction: ${way} }`;
  return `apiVersion: tidegate.dev/v1alpha1
kind: PluginPolicy
metadata: { name: traced, namespace: default }
spec:
  ${place}
  tracer: ${tracer}
  plugins: [{ name: trace, config: { inject: [tracecontext, b3] } }]
`;
}

/**
 * All that a mesh has for tracing every request, beside its provider.
 * @param port of the service: one that the sidecar may ask.
 */
function meshTracer(port: number, targetPort: number): Resource[] {
  const ports = [{ number: port, name: "http", protocol: "HTTP", targetPort }];
  const spec = { hosts: [COLLECTOR], ports, resolution: "STATIC", endpoints: [{ address: "127.0.0.1" }] };
  const tracing = [{ providers: [{ name: "collector" }], randomSamplingPercentage: 100 }];
  const mesh = { name: "mesh", namespace: "istio-system" };
  return [
    { apiVersion: "networking.istio.io/v1", kind: "ServiceEntry", metadata: { name: "collector" }, spec },
    { apiVersion: "telemetry.istio.io/v1", kind: "Telemetry", metadata: mesh, spec: { tracing } },
  ];
}

let collector: TracerCollector;
let lab: Lab;
let applied: Resource[] = [];
before(async () => {
  collector = await TracerCollector.start();
  const provider = (port: number): object => ({
    name: "collector",
    opentelemetry: { service: COLLECTOR, port, http: { path: "/v1/traces", timeout: "5s" } },
  });
  lab = await Lab.start({
    mesh: ({ outbound }) => ({ enableTracing: true, extensionProviders: [provider(outbound)] }),
  });
  lab.apply(...meshTracer(lab.ports.outbound, collector.port));
  for (const way of WAYS) await expect(way, "the mesh traces", "traceparent", true);
});
afterEach(async () => {
  for (const resource of applied.splice(0)) lab.cluster.remove(resource);
  for (const way of WAYS) await expect(way, "trace is gone", "b3", false);
});
after(async () => {
  await lab?.stop();
  collector.close();
});

async function expect(way: Way, what: string, header: string, isThere: boolean): Promise<void> {
  await lab.expect(way, what, ({ upstream }) => valuesOf(upstream!.received, header).length > 0 === isThere);
}

async function apply(form: Form, way: Way, tracer: string): Promise<void> {
  applied = await generated(form, policy(way, tracer));
  lab.apply(...applied);
  await expect(way, "trace runs", "b3", true);
}

/** What becomes of a request that comes with a context. */
interface Sent {
  /** The caller's. */
  trace: string;
  /** Headers that the upstream gets. */
  received: (name: string) => string;
}

async function send(way: Way): Promise<Sent> {
  const trace = randomBytes(16).toString("hex");
  const { upstream } = await lab.send(way, [["traceparent", `00-${trace}-${CALLER}-01`]]);
  return { trace, received: (name) => valuesOf(upstream!.received, name).join("|") };
}

/** A span of a trace that Envoy reports, once it does. */
function span(trace: string, isWanted: (span: TracerSpan) => boolean): Promise<TracerSpan> {
  const isIt = (one: TracerSpan): boolean => one.trace === trace && isWanted(one);
  return untilThere(() => `Envoy reports it: ${JSON.stringify(collector.spans)}`, 10_000, () => collector.spans.find(isIt)); // prettier-ignore
}

describe("a tracer that propagates", () => {
  // A WasmPlugin runs before the tracer, and ECDS has no filters that run after it.
  const form = "istio-envoyfilter";
  for (const way of ["inbound", "outbound"] as const) {
    it(`has its span in what trace writes after it: ${way}`, async () => {
      await apply(form, way, "propagates");
      const { trace, received } = await send(way);
      const { id } = await span(trace, ({ parent }) => parent === CALLER);
      assert.equal(received("traceparent"), `00-${trace}-${id}-01`);
      assert.equal(received("b3"), `${trace}-${id}-1`);
    });
  }

  it("neither reports nor tells of a stranger's context at a gateway", async () => {
    await apply(form, "gateway", "propagates");
    const { trace, received } = await send("gateway");
    const [, own = "", parent] = received("traceparent").split("-");
    assert.notEqual(own, trace);
    // A gateway of Istio's has a second span for what it asks the upstream.
    const { id: first } = await span(own, (one) => one.parent === "");
    assert.equal((await span(own, ({ id }) => id === parent)).parent, first);
    assert.equal(received("b3"), `${own}-${parent}-1`);
  });
});

describe("a tracer that only reports", () => {
  for (const form of Object.keys(FORMS) as Form[]) {
    for (const way of ["inbound", "outbound"] as const) {
      it(`leaves what trace writes alone: ${form}, ${way}`, async () => {
        await apply(form, way, "reports");
        const { trace, received } = await send(way);
        assert.equal(received("traceparent"), `00-${trace}-${CALLER}-01`);
        assert.equal(received("b3"), `${trace}-${CALLER}-1`);
        await span(trace, ({ parent }) => parent === CALLER);
      });
    }

    it(`reports no stranger's context: ${form}, gateway`, async () => {
      await apply(form, "gateway", "reports");
      const before = collector.spans.length;
      const { trace, received } = await send("gateway");
      assert.notEqual(received("traceparent").split("-")[1], trace);
      await untilThere("Envoy reports it", 10_000, () => collector.spans[before]);
      assert.deepEqual(
        collector.spans.slice(before).filter((one) => one.trace === trace || one.parent === CALLER),
        [],
      );
    });
  }
});
