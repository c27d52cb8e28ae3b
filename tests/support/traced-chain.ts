// An Envoy with a tracer of its own and trace, as a policy has them, before an upstream that says what it received.
import assert from "node:assert/strict";
import type { EnvoyTracing, Tracer } from "../../tools/policy/model.js";
import { type HeaderList, valuesOf } from "../../tools/rig/exchange.js";
import { EchoEnvoy, type HttpManager } from "./policy-envoy.js";
import { TracerCollector } from "./tracer-collector.js";

/** What of a policy matters here. */
export interface Given {
  tracer: Tracer;
  provider: EnvoyTracing["provider"];
  config?: object;
  /** A gateway's, where strangers call. */
  isEdge?: boolean;
}

/** One such Envoy, running. */
export class TracedChain {
  private constructor(
    private readonly echo: EchoEnvoy,
    readonly collector: TracerCollector,
  ) {}

  /** @param change what is to be otherwise than the generator has it. */
  static async start(given: Given, change: (manager: HttpManager) => void = () => undefined): Promise<TracedChain> {
    const { tracer, provider, config = {}, isEdge = false } = given;
    const collector = await TracerCollector.start();
    try {
      const echo = await EchoEnvoy.start({
        plugins: [{ name: "trace", config: { ...config } }],
        spec: {
          tracer,
          ...(isEdge ? { gateway: { labels: { app: "edge" } } } : {}),
          envoy: { tracing: { provider, upstream: "collector" } },
        },
        upstreams: { collector: collector.port },
        adjust(bootstrap, manager) {
          bootstrap.layered_runtime = AT_ONCE;
          change(manager);
        },
      });
      return new TracedChain(echo, collector);
    } catch (error) {
      collector.close();
      throw error;
    }
  }

  /** The headers that reach the upstream; with "response" those that come back. */
  async send(headers: HeaderList): Promise<(name: string, of?: "response") => string> {
    const answer = await this.echo.send(headers);
    assert.equal(answer.status, 200);
    return (name, of) => valuesOf(of ? answer.headers : answer.upstream!.received, name).join("|");
  }

  async stop(): Promise<void> {
    await this.echo.stop();
    this.collector.close();
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
