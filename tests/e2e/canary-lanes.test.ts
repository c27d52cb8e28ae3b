// Lanes in a real Envoy: a sidecar's two filters around an application that drops labels.
import assert from "node:assert/strict";
import type { Server } from "node:http";
import { after, before, describe, test } from "node:test";
import { modulePath } from "../../tools/build/build-all.js";
import { locateEnvoy } from "../../tools/envoy/locate.js";
import { type EnvoyProcess, startEnvoy } from "../../tools/envoy/process.js";
import { modulesIn } from "../../tools/generate/built-modules.js";
import { wasmHttpFilter } from "../../tools/generate/wasm-filter.js";
import type { Direction, PolicyDocument } from "../../tools/policy/model.js";
import { freePorts } from "../../tools/ports.js";
import { type Echo, startUpstream, type Upstream } from "../../tools/upstream.js";
import { BALANCED, bootstrapOf, cluster, httpListener } from "../support/envoy-parts.js";
import { connectionsOf, sumOfStats } from "../support/envoy-stats.js";
import { getJson, type Headers, portOf, serveJson } from "../support/json-app.js";
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
  app = await serveJson(forward);
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
function forward(headers: Headers): Promise<Echo> {
  const names = (headers["x-forward"] ?? "").split(",");
  const own = Object.fromEntries(names.filter((name) => headers[name]).map((name) => [name, headers[name]!]));
  const span = "1111111111111111";
  const parent = own["traceparent"];
  const traced: Headers = parent ? { traceparent: parent.replace(/-[^-]{16}-/, `-${span}-`) } : {};
  return getJson(outbound, { ...own, ...traced }) as Promise<Echo>;
}

let requests = 0;

/** What a request into the workload comes to behind it: the upstream, and the labels there. */
async function send(forwarded: string, headers: Record<string, string> = {}): Promise<string> {
  const unique = (++requests).toString(16).padStart(32, "0");
  const ids = { traceparent: `00-${unique}-00f067aa0ba902b7-01`, "x-request-id": `request-${requests}` };
  const echo = (await getJson(inbound, { ...ids, "x-forward": forwarded, ...headers })) as Echo;
  const labels = echo.headers.filter(([name]) => name === "x-lane").map(([, value]) => value);
  return [echo.upstream, ...labels].join(" ");
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
    const [one, two] = await connectionsOf(envoy, 2);
    assert.ok(one! > 50 && two! > 50, `both workers take part: ${one}, ${two}`);
    assert.equal(await sumOfStats(envoy, "tidegate_canary_labels_lost_total"), 0);
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
  return wasmHttpFilter(
    policy,
    plugin,
    { local: { filename: modulePath("canary", "release") } },
    { module: modulesIn() },
  );
}

function bootstrap(): object {
  const toApp = [{ match: { prefix: "/" }, route: { cluster: "app" } }];
  const toUpstreams = UPSTREAMS.map((name) => {
    const headers = [{ name: "x-canary", string_match: { exact: name } }];
    return { match: { prefix: "/", ...(name === "base" ? {} : { headers }) }, route: { cluster: name } };
  });
  const sides = [
    { name: "inbound", port: inbound, filters: [filter("inbound", { rules: [] })], routes: toApp },
    {
      name: "outbound",
      port: outbound,
      filters: [filter("outbound", { rules: [LANES] })],
      routes: toUpstreams.reverse(),
    },
  ];
  return bootstrapOf(
    sides.map((side) => httpListener({ ...side, listener: BALANCED })),
    [cluster("app", portOf(app)), ...upstreams.map(({ name, port }) => cluster(name, port))],
  );
}
