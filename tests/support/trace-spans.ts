import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { modulePath } from "../../tools/build/build-all.js";
import { locateEnvoy } from "../../tools/envoy/locate.js";
import { type EnvoyProcess, startEnvoy } from "../../tools/envoy/process.js";
import { modulesIn } from "../../tools/generate/built-modules.js";
import { wasmHttpFilter } from "../../tools/generate/wasm-filter.js";
import type { PolicyDocument } from "../../tools/policy/model.js";
import { freePorts } from "../../tools/ports.js";
import { BALANCED, bootstrapOf, cluster, httpListener } from "./envoy-parts.js";
import { sumOfStats } from "./envoy-stats.js";
import { pluginModule } from "./plugin-module.js";
import { until } from "./until.js";

export interface TraceSpansOptions {
  /** Of `spans`, beside where they go. */
  spans?: object;
  /** Of the plugin. */
  config?: object;
  direction?: "inbound" | "outbound";
  /** Where spans go. */
  collectorPort: number;
}

const WORKERS = 2;

/**
 * A listener with the trace plugin in an Envoy with two workers, before an application that does as a request's path
 * says: /status/<n> answers so; /slow/<ms> takes so long; /cut breaks off in its body; /hang never answers; /grpc/<n>
 * ends with that gRPC status. /rewritten/ becomes / on the way, /nowhere goes to a port where nothing listens.
 */
export class TraceSpans {
  private constructor(
    readonly envoy: EnvoyProcess,
    readonly port: number,
    private readonly app: Server,
  ) {}

  static async start(options: TraceSpansOptions): Promise<TraceSpans> {
    await pluginModule("trace");
    const [port, nowhere] = (await freePorts(2)) as [number, number];
    const app = createServer(answer);
    app.listen(0, "127.0.0.1");
    await once(app, "listening");
    const ports = { app: (app.address() as AddressInfo).port, nowhere, otel: options.collectorPort };
    const envoy = await startEnvoy({
      envoy: await locateEnvoy({ allowInstall: true }),
      config: bootstrapOf(
        [listener(port, options)],
        Object.entries(ports).map(([name, clusterPort]) => cluster(name, clusterPort)),
      ),
      concurrency: WORKERS,
    });
    return new TraceSpans(envoy, port, app);
  }

  async stop(): Promise<void> {
    await this.envoy.stop();
    this.app.closeAllConnections();
    this.app.close();
  }

  /** The sum over workers of a counter of the plugin. */
  count(noun: string): Promise<number> {
    return sumOfStats(this.envoy, `tidegate_trace_${noun}_total$`);
  }

  /** Waits until a counter is so high; they are handed to Envoy once a second. */
  async expectCount(noun: string, count: number): Promise<void> {
    let seen = 0;
    const isThere = async () => (seen = await this.count(noun)) === count;
    await until(() => `${noun} is ${count}, not ${seen}`, 10_000, isThere);
  }
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  const [, what = "", value = ""] = request.url!.split(/[/?]/);
  switch (what) {
    case "status":
      return void response.writeHead(Number(value)).end();
    case "slow":
      return void setTimeout(() => response.end(), Number(value));
    case "cut":
      response.writeHead(200, { "content-length": "100" }).write("some");
      return void setTimeout(() => request.socket.destroy(), 50);
    case "hang":
      return;
    case "grpc":
      return void response.writeHead(200, { "content-type": "application/grpc", "grpc-status": value }).end();
    default:
      return void response.end();
  }
}

const ROUTES = [
  { match: { prefix: "/rewritten/" }, route: { cluster: "app", prefix_rewrite: "/" } },
  { match: { prefix: "/nowhere" }, route: { cluster: "nowhere" } },
  { match: { prefix: "/" }, route: { cluster: "app" } },
];

function listener(port: number, { config, spans, direction = "inbound" }: TraceSpansOptions): object {
  const own = { cluster: "otel", authority: "otel.test", service_name: "reviews", ...spans };
  const policy: PolicyDocument = {
    apiVersion: "tidegate.dev/v1alpha1",
    kind: "PluginPolicy",
    metadata: { name: "reviews", namespace: "shop" },
    spec: { attach: { direction }, plugins: [] },
  };
  const plugin = { name: "trace" as const, config: { trust: "full", span: "new", spans: own, ...config } };
  return httpListener({
    name: direction,
    port,
    filters: [
      wasmHttpFilter(policy, plugin, { local: { filename: modulePath("trace", "release") } }, { module: modulesIn() }),
    ],
    routes: ROUTES,
    listener: { ...BALANCED, traffic_direction: direction.toUpperCase() },
  });
}
