// An Envoy with a tracer of its own and trace, as a policy has them, before an upstream that says what it received.
import assert from "node:assert/strict";
import { type EnvoyProcess, startEnvoy } from "../../tools/envoy/process.js";
import { envoyBootstrap } from "../../tools/generate/envoy-bootstrap.js";
import type { EnvoyTracing, PolicyDocument, PolicySpec, Tracer } from "../../tools/policy/model.js";
import { freePorts } from "../../tools/ports.js";
import { type HeaderList, valuesOf } from "../../tools/rig/exchange.js";
import { httpSend } from "../../tools/rig/http-send.js";
import { startUpstream } from "../../tools/upstream.js";
import { TracerCollector } from "./tracer-collector.js";

/** What of a policy matters here. */
export interface Given {
  tracer: Tracer;
  provider: EnvoyTracing["provider"];
  config?: object;
  /** A gateway's, where strangers call. */
  isEdge?: boolean;
}

function policyOf({ tracer, provider, config = {}, isEdge = false }: Given): PolicyDocument {
  const labels = { app: "shop" };
  const attached: Partial<PolicySpec> = isEdge ? { gateway: { labels } } : { workload: { labels } };
  const upstreams = ["app", "collector"].map((name) => ({ name, address: "127.0.0.1", port: 1 }));
  return {
    apiVersion: "tidegate.dev/v1alpha1",
    kind: "PluginPolicy",
    metadata: { name: "shop" },
    spec: {
      ...attached,
      tracer,
      plugins: [{ name: "trace", config: { ...config } }],
      envoy: { tracing: { provider, upstream: "collector" }, upstreams },
    },
  };
}

/** The parts of a bootstrap that tests change. */
interface Bootstrap {
  layered_runtime?: object;
  static_resources: { listeners: { filter_chains: { filters: { typed_config: Manager }[] }[] }[] };
}

export interface Manager {
  tracing: { no_context_propagation?: boolean };
}

/** One such Envoy, running. */
export class TracedChain {
  private constructor(
    private readonly ask: ReturnType<typeof httpSend>,
    readonly collector: TracerCollector,
    private readonly end: () => Promise<void>,
  ) {}

  /** @param change what is to be otherwise than the generator has it. */
  static async start(
    envoy: { path: string },
    given: Given,
    change: (manager: Manager) => void = () => undefined,
  ): Promise<TracedChain> {
    const app = await startUpstream({ name: "app" });
    const collector = await TracerCollector.start();
    const [listener, admin] = await freePorts(2);
    const ports = { listener: listener!, admin: admin!, upstreams: { app: app.port, collector: collector.port } };
    const config = envoyBootstrap(policyOf(given), { ports }) as Bootstrap;
    config.layered_runtime = AT_ONCE;
    change(config.static_resources.listeners[0]!.filter_chains[0]!.filters[0]!.typed_config);
    let running: EnvoyProcess | undefined;
    const end = async (): Promise<void> => {
      collector.close();
      await Promise.all([running?.stop(), app.close()]);
    };
    try {
      running = await startEnvoy({ envoy, config });
    } catch (error) {
      await end();
      throw error;
    }
    return new TracedChain(httpSend(listener!), collector, end);
  }

  /** The headers that reach the upstream; with "response" those that come back. */
  async send(headers: HeaderList): Promise<(name: string, of?: "response") => string> {
    const answer = await this.ask.send({ path: "/", headers });
    assert.equal(answer.status, 200);
    return (name, of) => valuesOf(of ? answer.headers : answer.upstream!.received, name).join("|");
  }

  async stop(): Promise<void> {
    this.ask.close();
    await this.end();
  }
}

/** Envoy's tracers report after some spans or seconds; here after one. */
const AT_ONCE = {
  layers: [
    {
      name: "at-once",
      static_layer: { "tracing.opentelemetry.min_flush_spans": 1, "tracing.zipkin.min_flush_spans": 1 },
    },
  ],
};
