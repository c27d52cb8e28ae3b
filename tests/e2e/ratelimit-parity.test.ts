// What Envoy's own limiter can express, and what the README says expresses it here: both in one Envoy, asked the same.
import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, createServer, type IncomingHttpHeaders, request } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, test } from "node:test";
import { modulePath } from "../../tools/build/build-all.js";
import { locateEnvoy } from "../../tools/envoy/locate.js";
import { type EnvoyProcess, startEnvoy } from "../../tools/envoy/process.js";
import { freePorts } from "../../tools/ports.js";
import { bootstrapOf, cluster, httpListener, type } from "../support/envoy-parts.js";
import { pluginBytes } from "../support/plugin-module.js";

interface Case {
  /** What is compared, as the README's table has it. */
  what: string;
  /** LocalRateLimit, besides what it needs to be on at all. */
  native: object;
  ours: object;
  /** Requests in their order; those with another `connection` go over another one. */
  requests: readonly { headers?: Record<string, string>; connection?: number }[];
  /** Headers of the answers that are compared beside the status. */
  compared?: readonly string[];
  expected: readonly number[];
}

const hourly = (burst: number) => ({ max_tokens: burst, tokens_per_fill: 1, fill_interval: "3600s" });
const quota = (burst: number) => ({ requests: 1, per: "hour", burst });
const percent = (numerator: number) => ({ default_value: { numerator, denominator: "HUNDRED" } });
const ofUser = { rate_limits: [{ actions: [{ request_headers: { header_name: "x-user", descriptor_key: "user" } }] }] };
const as = (user: string) => ({ headers: { "x-user": user } });
const GRPC = { headers: { "content-type": "application/grpc" } };

const CASES: readonly Case[] = [
  {
    what: "token_bucket, status, response_headers_to_add",
    native: {
      token_bucket: hourly(3),
      status: { code: 503 },
      response_headers_to_add: [{ header: { key: "x-limited", value: "yes" } }],
    },
    ours: {
      rules: [{ name: "all", quota: quota(3) }],
      status: 503,
      response: { headers: [{ name: "x-limited", value: "yes" }] },
    },
    requests: [{}, {}, {}, {}, {}],
    compared: ["x-limited", "content-type"],
    expected: [200, 200, 200, 503, 503],
  },
  {
    what: "descriptors with values, and the default bucket for the others",
    native: {
      token_bucket: hourly(1),
      ...ofUser,
      descriptors: [{ entries: [{ key: "user", value: "gold" }], token_bucket: hourly(3) }],
      always_consume_default_token_bucket: false,
    },
    ours: {
      rules: [
        { name: "gold", match: { headers: [{ name: "x-user", exact: "gold" }] }, quota: quota(3) },
        { name: "others", match: { otherwise: true }, quota: quota(1) },
      ],
    },
    requests: [as("gold"), as("a"), as("gold"), as("b"), as("gold"), as("gold")],
    expected: [200, 200, 200, 429, 200, 429],
  },
  {
    what: "descriptors that are wildcards, and the default bucket for all",
    native: {
      token_bucket: hourly(4),
      ...ofUser,
      descriptors: [{ entries: [{ key: "user" }], token_bucket: hourly(2) }],
    },
    ours: {
      rules: [
        { name: "per-user", key: { header: "x-user" }, quota: quota(2) },
        { name: "all", quota: quota(4) },
      ],
    },
    requests: [as("a"), as("a"), as("b"), as("b"), as("c")],
    expected: [200, 200, 200, 200, 429],
  },
  {
    what: "local_rate_limit_per_downstream_connection",
    native: { token_bucket: hourly(2), local_rate_limit_per_downstream_connection: true },
    ours: { rules: [{ name: "each", key: { connection: true }, quota: quota(2) }] },
    requests: [{}, {}, { connection: 1 }, {}, { connection: 1 }, { connection: 1 }],
    expected: [200, 200, 200, 429, 200, 429],
  },
  {
    what: "filter_enabled",
    native: { token_bucket: hourly(1), filter_enabled: percent(0) },
    ours: { rules: [{ name: "all", quota: quota(1) }], enabled_percent: 0 },
    requests: [{}, {}, {}],
    expected: [200, 200, 200],
  },
  {
    what: "filter_enforced, request_headers_to_add_when_not_enforced",
    native: {
      token_bucket: hourly(1),
      filter_enforced: percent(0),
      request_headers_to_add_when_not_enforced: [{ header: { key: "x-would-limit", value: "all" } }],
    },
    ours: {
      rules: [{ name: "all", quota: quota(1), enforced_percent: 0 }],
      response: { shadow_header: "x-would-limit" },
    },
    requests: [{}, {}, {}],
    compared: ["x-saw"],
    expected: [200, 200, 200],
  },
  {
    what: "shadow_mode of a descriptor",
    native: {
      token_bucket: hourly(9),
      ...ofUser,
      descriptors: [{ entries: [{ key: "user" }], token_bucket: hourly(1), shadow_mode: true }],
    },
    ours: { rules: [{ name: "per-user", key: { header: "x-user" }, quota: quota(1), shadow: true }] },
    requests: [as("a"), as("a"), as("a")],
    expected: [200, 200, 200],
  },
  {
    what: "enable_x_ratelimit_headers",
    native: { token_bucket: hourly(3), enable_x_ratelimit_headers: "DRAFT_VERSION_03" },
    ours: { rules: [{ name: "all", quota: quota(3) }], response: { legacy_headers: "always" } },
    requests: [{}, {}, {}, {}],
    compared: ["x-ratelimit-limit", "x-ratelimit-remaining"],
    expected: [200, 200, 200, 429],
  },
  {
    what: "hits_addend",
    native: {
      token_bucket: hourly(9),
      rate_limits: [{ actions: [{ generic_key: { descriptor_value: "all" } }], hits_addend: { number: 2 } }],
      descriptors: [{ entries: [{ key: "generic_key", value: "all" }], token_bucket: hourly(5) }],
      always_consume_default_token_bucket: false,
    },
    ours: { rules: [{ name: "all", quota: quota(5), cost: { constant: 2 } }] },
    requests: [{}, {}, {}],
    expected: [200, 200, 429],
  },
  ...([true, false] as const).map((exhausted): Case => ({
    what: `rate_limited_as_resource_exhausted: ${exhausted}`,
    native: { token_bucket: hourly(1), rate_limited_as_resource_exhausted: exhausted },
    ours: {
      rules: [{ name: "all", quota: quota(1) }],
      response: { grpc_status: exhausted ? "resource_exhausted" : "unavailable" },
    },
    requests: [GRPC, GRPC],
    compared: ["grpc-status", "content-type"],
    expected: [200, 200],
  })),
];

describe("what Envoy's own limiter does is done here by", () => {
  const upstream = createServer((incoming, response) => {
    response.writeHead(200, { "x-saw": String(incoming.headers["x-would-limit"]) });
    response.end();
  });
  let envoy: EnvoyProcess;
  let ports: number[];

  before(async () => {
    await pluginBytes("ratelimit");
    await once(upstream.listen(0, "127.0.0.1"), "listening");
    ports = await freePorts(2 * CASES.length);
    const filters = CASES.flatMap(({ native, ours }, index) => [nativeFilter(native), ourFilter(ours, index)]);
    envoy = await startEnvoy({
      envoy: await locateEnvoy({ allowInstall: true }),
      config: bootstrap(filters, ports, (upstream.address() as AddressInfo).port),
    });
  });
  after(async () => {
    await envoy?.stop();
    upstream.close();
    upstream.closeAllConnections();
  });

  for (const [index, { what, requests, compared = [], expected }] of CASES.entries()) {
    test(what, async () => {
      const [native, ours] = [await ask(ports[2 * index]!), await ask(ports[2 * index + 1]!)];
      assert.deepEqual(
        native.map(({ status }) => status),
        expected,
        "Envoy's own",
      );
      assert.deepEqual(ours, native);
    });

    const ask = async (port: number) => {
      const agents = [0, 1].map(() => new Agent({ keepAlive: true, maxSockets: 1 }));
      const answers = [];
      for (const { headers, connection = 0 } of requests) {
        const { status, headers: received } = await get(port, agents[connection]!, headers);
        answers.push({ status, ...Object.fromEntries(compared.map((name) => [name, received[name]])) });
      }
      for (const agent of agents) agent.destroy();
      return answers;
    };
  }
});

function get(port: number, agent: Agent, headers: Record<string, string> = {}) {
  return new Promise<{ status: number; headers: IncomingHttpHeaders }>((resolve, reject) => {
    const out = request({ host: "127.0.0.1", port, agent, headers, timeout: 10_000 });
    out.once("timeout", () => out.destroy(new Error("no answer")));
    out.once("error", reject);
    out.once("response", (response) => {
      response.resume();
      response.once("end", () => resolve({ status: response.statusCode!, headers: response.headers }));
    });
    out.end();
  });
}

function nativeFilter(config: object): object {
  return {
    name: "local_ratelimit",
    typed_config: {
      ...type("envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit"),
      stat_prefix: "parity",
      filter_enabled: percent(100),
      filter_enforced: percent(100),
      ...config,
    },
  };
}

function ourFilter(config: object, index: number): object {
  return {
    name: "ratelimit",
    typed_config: {
      ...type("envoy.extensions.filters.http.wasm.v3.Wasm"),
      config: {
        name: "ratelimit",
        root_id: "ratelimit",
        configuration: { ...type("google.protobuf.StringValue"), value: JSON.stringify(config) },
        vm_config: {
          vm_id: `parity-${index}`,
          runtime: "envoy.wasm.runtime.v8",
          code: { local: { filename: modulePath("ratelimit", "release") } },
        },
      },
    },
  };
}

/** One listener for each filter, all in front of one upstream. */
function bootstrap(filters: readonly object[], ports: readonly number[], upstreamPort: number): object {
  const routes = [{ match: { prefix: "/" }, route: { cluster: "upstream" } }];
  const listeners = filters.map((filter, index) =>
    httpListener({ name: `listener-${index}`, port: ports[index]!, filters: [filter], routes }),
  );
  return bootstrapOf(listeners, [cluster("upstream", upstreamPort)]);
}
