import { once } from "node:events";
import { Agent, createServer, type IncomingHttpHeaders, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { modulePath } from "../../tools/build/build-all.js";
import { locateEnvoy } from "../../tools/envoy/locate.js";
import { type EnvoyProcess, startEnvoy } from "../../tools/envoy/process.js";
import { wasmHttpFilter } from "../../tools/generate/wasm-filter.js";
import type { PolicyDocument } from "../../tools/policy/model.js";
import { freePorts } from "../../tools/ports.js";
import { pluginModule } from "./plugin-module.js";

/** Headers of a message by their names in lower case. */
export type Headers = Record<string, string>;

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
    const service = await serve((headers) => Promise.resolve(headers));
    const app = await serve((headers) => work(headers, outbound));
    const listeners = [
      listener("inbound", inbound, "app", options.inbound, false),
      listener("outbound", outbound, "service", options.outbound, options.marksIds ?? false),
    ];
    const clusters = [cluster("app", app), cluster("service", service)];
    const envoy = await startEnvoy({
      envoy: await locateEnvoy({ allowInstall: true }),
      config: { admin: { address: socket(0) }, static_resources: { listeners, clusters } },
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
    return (await get(this.port, headers)) as Passed;
  }

  async count(noun: string): Promise<number> {
    return this.sum(`\\.tidegate_trace_${noun}_total$`);
  }

  /** How many connections each worker took. */
  async connections(workers: number): Promise<number[]> {
    const numbers = Array.from({ length: workers }, (_, i) => i);
    return Promise.all(numbers.map((worker) => this.sum(`listener.*worker_${worker}.downstream_cx_total`)));
  }

  private async sum(filter: string): Promise<number> {
    const lines = await this.envoy.admin(`/stats?filter=${encodeURIComponent(filter)}`);
    return [...lines.matchAll(/: (\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0);
  }
}

/** The application's part. */
async function work(headers: Headers, outbound: number): Promise<Passed> {
  const names = (headers["x-forward"] ?? "").split(",").filter((name) => headers[name] !== undefined);
  const own: Headers = headers["x-own"] === undefined ? {} : { traceparent: headers["x-own"] };
  const forwarded = { ...Object.fromEntries(names.map((name) => [name, headers[name]!])), ...own };
  const calls = Array.from({ length: Number(headers["x-calls"] ?? 1) }, async () => {
    await wait(Math.random() * Number(headers["x-delay"] ?? 0));
    return (await get(outbound, forwarded)) as Headers;
  });
  return { received: headers, calls: await Promise.all(calls) };
}

/** A server on a free port that answers with what `handle` makes of a request's headers, as JSON. */
async function serve(handle: (headers: Headers) => Promise<object>): Promise<Server> {
  const server = createServer((received, answer) => {
    handle(singleValues(received.headers)).then(
      (body) => answer.end(JSON.stringify(body)),
      (error: unknown) => answer.writeHead(500).end(String(error)),
    );
  });
  server.keepAliveTimeout = 0; // or Envoy sends on a connection that is just being closed
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

function singleValues(headers: IncomingHttpHeaders): Headers {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

function get(port: number, headers: Headers): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const out = request({ host: "127.0.0.1", port, headers, agent: new Agent(), timeout: 30_000 });
    out.once("timeout", () => out.destroy(new Error("no answer")));
    out.once("error", reject);
    out.once("response", (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => (text += part));
      response.once("end", () => {
        if (response.statusCode === 200) resolve(JSON.parse(text));
        else reject(new Error(`${response.statusCode} ${text}`));
      });
    });
    out.end();
  });
}

/** As the generator makes it of a policy for that side of the workload. */
function filter(direction: "inbound" | "outbound", config: Record<string, unknown>): object {
  const policy: PolicyDocument = {
    apiVersion: "tidegate.dev/v1alpha1",
    kind: "PluginPolicy",
    metadata: { name: `reviews-${direction}`, namespace: "shop" },
    spec: { attach: { direction }, plugins: [] },
  };
  return wasmHttpFilter(policy, { name: "trace", config }, { local: { filename: modulePath("trace", "release") } });
}

const type = (name: string) => ({ "@type": `type.googleapis.com/${name}` });
const socket = (port: number) => ({ socket_address: { address: "127.0.0.1", port_value: port } });

function listener(
  direction: "inbound" | "outbound",
  port: number,
  to: string,
  config: object | "none",
  marksIds: boolean,
): object {
  const router = { name: "router", typed_config: type("envoy.extensions.filters.http.router.v3.Router") };
  const plugins = config === "none" ? [] : [filter(direction, { ...config })];
  const manager = {
    ...type("envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"),
    stat_prefix: direction,
    route_config: {
      virtual_hosts: [{ name: "all", domains: ["*"], routes: [{ match: { prefix: "/" }, route: { cluster: to } }] }],
    },
    http_filters: [...plugins, router],
    ...(marksIds ? { tracing: { random_sampling: { value: 100 } } } : {}),
  };
  return {
    name: direction,
    traffic_direction: direction.toUpperCase(),
    address: socket(port),
    connection_balance_config: { exact_balance: {} },
    filter_chains: [{ filters: [{ name: "http", typed_config: manager }] }],
  };
}

function cluster(name: string, server: Server): object {
  const { port } = server.address() as AddressInfo;
  const endpoints = [{ lb_endpoints: [{ endpoint: { address: socket(port) } }] }];
  return { name, load_assignment: { cluster_name: name, endpoints } };
}
