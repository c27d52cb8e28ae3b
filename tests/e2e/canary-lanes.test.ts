// Lanes in a real Envoy: a sidecar's two filters around an application that drops labels.
import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, createServer, type IncomingHttpHeaders, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, test } from "node:test";
import { modulePath } from "../../tools/build/build-all.js";
import { locateEnvoy } from "../../tools/envoy/locate.js";
import { type EnvoyProcess, startEnvoy } from "../../tools/envoy/process.js";
import { wasmHttpFilter } from "../../tools/generate/wasm-filter.js";
import type { Direction, PolicyDocument } from "../../tools/policy/model.js";
import { freePorts } from "../../tools/ports.js";
import { type Echo, startUpstream, type Upstream } from "../../tools/upstream.js";
import { pluginModule } from "../support/plugin-module.js";

const LANES = { name: "lanes", lane: { from: { header: "x-lane" }, lanes: ["team.alice", "team"] } };
const UPSTREAMS = ["base", "team.alice", "team"];

let upstreams: Upstream[];
let app: Server;
let envoy: EnvoyProcess;
let inbound: number;
let outbound: number;

before(async () => {
  await pluginModule("canary");
  upstreams = await Promise.all(UPSTREAMS.map((name) => startUpstream({ name })));
  [inbound, outbound] = (await freePorts(2)) as [number, number];
  app = createServer((received, answer) => {
    forward(received.headers).then(
      (echo) => answer.end(JSON.stringify(echo)),
      (error: unknown) => answer.writeHead(500).end(String(error)),
    );
  });
  app.listen(0, "127.0.0.1");
  await once(app, "listening");
  const found = await locateEnvoy({ allowInstall: true });
  envoy = await startEnvoy({ envoy: found, config: bootstrap(), concurrency: 2 });
});

after(async () => {
  await envoy?.stop();
  app?.closeAllConnections();
  app?.close();
  await Promise.all((upstreams ?? []).map((upstream) => upstream.close()));
});

/** The application: makes a request of its own, with the headers that x-forward names and no others. */
async function forward(headers: IncomingHttpHeaders): Promise<Echo> {
  const names = String(headers["x-forward"] ?? "").split(",");
  const own = Object.fromEntries(names.filter((name) => headers[name]).map((name) => [name, String(headers[name])]));
  const span = "1111111111111111";
  const parent = own["traceparent"];
  return get(outbound, { ...own, ...(parent ? { traceparent: parent.replace(/-[^-]{16}-/, `-${span}-`) } : {}) });
}

/** On a connection of its own, so that any worker may serve it. */
function get(port: number, headers: Record<string, string>): Promise<Echo> {
  return new Promise((resolve, reject) => {
    const out = request({ host: "127.0.0.1", port, headers, agent: new Agent(), timeout: 10_000 });
    out.once("timeout", () => out.destroy(new Error("no answer")));
    out.once("error", reject);
    out.once("response", (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => (text += part));
      response.once("end", () => {
        if (response.statusCode === 200) resolve(JSON.parse(text) as Echo);
        else reject(new Error(`${response.statusCode} ${text}`));
      });
    });
    out.end();
  });
}

let requests = 0;

/** What a request into the workload comes to behind it: the upstream, and the labels there. */
async function send(forwarded: string, headers: Record<string, string> = {}): Promise<string> {
  const unique = (++requests).toString(16).padStart(32, "0");
  const ids = { traceparent: `00-${unique}-00f067aa0ba902b7-01`, "x-request-id": `request-${requests}` };
  const echo = await get(inbound, { ...ids, "x-forward": forwarded, ...headers });
  const labels = echo.headers.filter(([name]) => name === "x-lane").map(([, value]) => value);
  return [echo.upstream, ...labels].join(" ");
}

async function counter(noun: string): Promise<number> {
  const line = await envoy.admin(`/stats?filter=tidegate_canary_${noun}_total`);
  return Number(/: (\d+)/.exec(line)?.[1] ?? 0);
}

describe("a label behind an application", () => {
  test("that forwards it or one of its request's ids is there, and leads to the lane", async () => {
    for (const forwarded of ["x-lane", "traceparent", "x-request-id"]) {
      assert.equal(await send(forwarded, { "x-lane": "team.alice" }), "team.alice team.alice", forwarded);
      assert.equal(await send(forwarded, { "x-lane": "team.bob" }), "team team.bob", forwarded);
      assert.equal(await send(forwarded, { "x-lane": "nobody" }), "base nobody", forwarded);
      assert.equal(await send(forwarded), "base", forwarded);
    }
  });

  test("that forwards none is gone", async () => {
    assert.equal(await send("", { "x-lane": "team.alice" }), "base");
  });

  test("is everyone's own among 400 at once, over two workers", async () => {
    const labels = [undefined, "team.alice", "team.bob", "nobody"];
    const expected = ["base", "team.alice team.alice", "team team.bob", "base nobody"];
    const sent = Array.from({ length: 400 }, (_, i) => {
      const label = labels[i % 4];
      return send(i % 3 ? "traceparent" : "x-request-id", label === undefined ? {} : { "x-lane": label });
    });
    const came = await Promise.all(sent);
    assert.deepEqual(came, came.map((_, i) => expected[i % 4])); // prettier-ignore
    const [one, two] = await Promise.all(
      [0, 1].map(async (worker) => {
        const line = await envoy.admin(`/stats?filter=listener.*worker_${worker}.downstream_cx_total`);
        return [...line.matchAll(/: (\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0);
      }),
    );
    assert.ok(one! > 50 && two! > 50, `both workers take part: ${one}, ${two}`);
    assert.equal(await counter("labels_lost"), 0);
  });

  test("is nobody's when the id came with two labels", async () => {
    const ids = { "x-request-id": "same" };
    assert.equal(await send("x-request-id", { ...ids, "x-lane": "team.alice" }), "team.alice team.alice");
    assert.equal(await send("x-request-id", { ...ids, "x-lane": "team.bob" }), "base");
  });
});

function filter(direction: Direction, config: object): object {
  const policy: PolicyDocument = {
    apiVersion: "tidegate.dev/v1alpha1",
    kind: "PluginPolicy",
    metadata: { name: `reviews-${direction}`, namespace: "shop" },
    spec: { attach: { direction }, plugins: [] },
  };
  const lane_propagation = { mode: direction, group: "reviews" };
  const plugin = { name: "canary", config: { ...config, lane_propagation } };
  return wasmHttpFilter(policy, plugin, { local: { filename: modulePath("canary", "release") } });
}

const type = (name: string) => ({ "@type": `type.googleapis.com/${name}` });
const socket = (port: number) => ({ socket_address: { address: "127.0.0.1", port_value: port } });

function bootstrap(): object {
  const toApp = [{ match: { prefix: "/" }, route: { cluster: "app" } }];
  const toUpstreams = UPSTREAMS.map((name) => {
    const headers = [{ name: "x-canary", string_match: { exact: name } }];
    return { match: { prefix: "/", ...(name === "base" ? {} : { headers }) }, route: { cluster: name } };
  });
  return {
    admin: { address: socket(0) },
    static_resources: {
      listeners: [
        listener("inbound", inbound, filter("inbound", { rules: [] }), toApp),
        listener("outbound", outbound, filter("outbound", { rules: [LANES] }), toUpstreams.reverse()),
      ],
      clusters: [
        cluster("app", (app.address() as AddressInfo).port),
        ...upstreams.map(({ name, port }) => cluster(name, port)),
      ],
    },
  };
}

function listener(name: string, port: number, wasm: object, routes: object[]): object {
  const router = { name: "router", typed_config: type("envoy.extensions.filters.http.router.v3.Router") };
  const manager = {
    ...type("envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"),
    stat_prefix: name,
    route_config: { virtual_hosts: [{ name: "all", domains: ["*"], routes }] },
    http_filters: [wasm, router],
  };
  const connectionBalance = { exact_balance: {} };
  return {
    name,
    address: socket(port),
    connection_balance_config: connectionBalance,
    filter_chains: [{ filters: [{ name: "http", typed_config: manager }] }],
  };
}

function cluster(name: string, port: number): object {
  const endpoints = [{ lb_endpoints: [{ endpoint: { address: socket(port) } }] }];
  return { name, load_assignment: { cluster_name: name, endpoints } };
}
