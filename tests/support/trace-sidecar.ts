import type { Server } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { modulePath } from "../../tools/build/build-all.js";
import { locateEnvoy } from "../../tools/envoy/locate.js";
import { type EnvoyProcess, startEnvoy } from "../../tools/envoy/process.js";
import { modulesIn } from "../../tools/generate/built-modules.js";
import { wasmHttpFilter } from "../../tools/generate/wasm-filter.js";
import type { PolicyDocument } from "../../tools/policy/model.js";
import { freePorts } from "../../tools/ports.js";
import { BALANCED, bootstrapOf, cluster, httpListener } from "./envoy-parts.js";
import { connectionsOf, sumOfStats } from "./envoy-stats.js";
import { getJson, type Headers, portOf, serveJson } from "./json-app.js";
import { pluginModule } from "./plugin-module.js";

/** What came of a request into the workload. */
export interface Passed {
  /** What the application received. */
  received: Headers;
  /** What the service behind received of each request that the application made. */
  calls: Headers[];
}

export interface SidecarOptions {
  /** Configurations of trace; "none": the side has no plugin. */
  inbound: object | "none";
  outbound: object | "none";
  concurrency?: number;
  /** Whether the outbound listener has Envoy's own tracing, which marks request ids; nothing is reported anywhere. */
  marksIds?: boolean;
}

/**
 * A workload in one Envoy: a listener for what goes in, an application that forwards no header but those that it is told
 * to, and a listener for what goes out, to a service that tells what it received.
 *
 * The application does as a request's headers say: x-forward names headers to forward, x-calls is how many requests to
 * make, x-delay how many ms to wait at most before each, x-own is a traceparent of its own.
 */
export class TraceSidecar {
  private constructor(
    readonly envoy: EnvoyProcess,
    private readonly port: number,
    private readonly servers: Server[],
  ) {}

  static async start(options: SidecarOptions): Promise<TraceSidecar> {
    await pluginModule("trace");
    const [inbound, outbound] = (await freePorts(2)) as [number, number];
    const service = await serveJson((headers) => Promise.resolve(headers));
    const app = await serveJson((headers) => work(headers, outbound));
    const listeners = [
      listener("inbound", inbound, "app", options.inbound, false),
      listener("outbound", outbound, "service", options.outbound, options.marksIds ?? false),
    ];
    const clusters = [cluster("app", portOf(app)), cluster("service", portOf(service))];
    const envoy = await startEnvoy({
      envoy: await locateEnvoy({ allowInstall: true }),
      config: bootstrapOf(listeners, clusters),
      concurrency: options.concurrency ?? 2,
    });
    return new TraceSidecar(envoy, inbound, [app, service]);
  }

  async stop(): Promise<void> {
    await this.envoy.stop();
    for (const server of this.servers) {
      server.closeAllConnections();
      server.close();
    }
  }

  /** A request into the workload, on a connection of its own, so that any worker may serve it. */
  async send(headers: Headers): Promise<Passed> {
    return (await getJson(this.port, headers)) as Passed;
  }

  count(noun: string): Promise<number> {
    return sumOfStats(this.envoy, `\\.tidegate_trace_${noun}_total$`);
  }

  /** How many connections each worker took. */
  connections(workers: number): Promise<number[]> {
    return connectionsOf(this.envoy, workers);
  }
}

/** The application's part. */
async function work(headers: Headers, outbound: number): Promise<Passed> {
  const names = (headers["x-forward"] ?? "").split(",").filter((name) => headers[name] !== undefined);
  const own: Headers = headers["x-own"] === undefined ? {} : { traceparent: headers["x-own"] };
  const forwarded = { ...Object.fromEntries(names.map((name) => [name, headers[name]!])), ...own };
  const calls = Array.from({ length: Number(headers["x-calls"] ?? 1) }, async () => {
    await wait(Math.random() * Number(headers["x-delay"] ?? 0));
    return (await getJson(outbound, forwarded)) as Headers;
  });
  return { received: headers, calls: await Promise.all(calls) };
}

/** As the generator makes it of a policy for that side of the workload. */
function filter(direction: "inbound" | "outbound", config: Record<string, unknown>): object {
  const policy: PolicyDocument = {
    apiVersion: "tidegate.dev/v1alpha1",
    kind: "PluginPolicy",
    metadata: { name: `reviews-${direction}`, namespace: "shop" },
    spec: { attach: { direction }, plugins: [] },
  };
  return wasmHttpFilter(
    policy,
    { name: "trace", config },
    { local: { filename: modulePath("trace", "release") } },
    { module: modulesIn() },
  );
}

function listener(
  direction: "inbound" | "outbound",
  port: number,
  to: string,
  config: object | "none",
  marksIds: boolean,
): object {
  return httpListener({
    name: direction,
    port,
    filters: config === "none" ? [] : [filter(direction, { ...config })],
    routes: [{ match: { prefix: "/" }, route: { cluster: to } }],
    manager: marksIds ? { tracing: { random_sampling: { value: 100 } } } : {},
    listener: { ...BALANCED, traffic_direction: direction.toUpperCase() },
  });
}
