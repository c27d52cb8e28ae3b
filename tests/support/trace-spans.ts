import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { modulePath } from "../../tools/build/build-all.js";
import { locateEnvoy } from "../../tools/envoy/locate.js";
import { type EnvoyProcess, startEnvoy } from "../../tools/envoy/process.js";
import { wasmHttpFilter } from "../../tools/generate/wasm-filter.js";
import type { PolicyDocument } from "../../tools/policy/model.js";
import { freePorts } from "../../tools/ports.js";
import { pluginModule } from "./plugin-module.js";

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
      config: {
        admin: { address: socket(0) },
        static_resources: {
          listeners: [listener(port, options)],
          clusters: Object.entries(ports).map(([name, clusterPort]) => cluster(name, clusterPort)),
        },
      },
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
  async count(noun: string): Promise<number> {
    const filter = `tidegate_trace_${noun}_total$`;
    const lines = await this.envoy.admin(`/stats?filter=${encodeURIComponent(filter)}`);
    return [...lines.matchAll(/: (\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0);
  }

  /** Waits until a counter is so high; they are handed to Envoy once a second. */
  async expectCount(noun: string, count: number): Promise<void> {
    for (let tries = 0; tries < 100; tries++) {
      if ((await this.count(noun)) === count) return;
      await sleep(100);
    }
    throw new Error(`${noun} is ${await this.count(noun)}, not ${count}`);
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

const type = (name: string) => ({ "@type": `type.googleapis.com/${name}` });
const socket = (port: number) => ({ socket_address: { address: "127.0.0.1", port_value: port } });

function listener(port: number, { config, spans, direction = "inbound" }: TraceSpansOptions): object {
  const own = { cluster: "otel", authority: "otel.test", service_name: "reviews", ...spans };
  const policy: PolicyDocument = {
    apiVersion: "tidegate.dev/v1alpha1",
    kind: "PluginPolicy",
    metadata: { name: "reviews", namespace: "shop" },
    spec: { attach: { direction }, plugins: [] },
  };
  const plugin = { name: "trace" as const, config: { trust: "full", span: "new", spans: own, ...config } };
  const router = { name: "router", typed_config: type("envoy.extensions.filters.http.router.v3.Router") };
  const manager = {
    ...type("envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"),
    stat_prefix: "spans",
    route_config: {
      virtual_hosts: [
        {
          name: "all",
          domains: ["*"],
          routes: [
            { match: { prefix: "/rewritten/" }, route: { cluster: "app", prefix_rewrite: "/" } },
            { match: { prefix: "/nowhere" }, route: { cluster: "nowhere" } },
            { match: { prefix: "/" }, route: { cluster: "app" } },
          ],
        },
      ],
    },
    http_filters: [wasmHttpFilter(policy, plugin, { local: { filename: modulePath("trace", "release") } }), router],
  };
  return {
    name: direction,
    traffic_direction: direction.toUpperCase(),
    address: socket(port),
    connection_balance_config: { exact_balance: {} },
    filter_chains: [{ filters: [{ name: "http", typed_config: manager }] }],
  };
}

function cluster(name: string, port: number): object {
  const endpoints = [{ lb_endpoints: [{ endpoint: { address: socket(port) } }] }];
  return { name, load_assignment: { cluster_name: name, endpoints } };
}
