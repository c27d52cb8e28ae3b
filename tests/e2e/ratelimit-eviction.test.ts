import assert from "node:assert/strict";
import { test } from "node:test";
import { benchBootstrap } from "../../tools/bench/bootstrap.js";
import { locateEnvoy } from "../../tools/envoy/locate.js";
import { startEnvoy } from "../../tools/envoy/process.js";
import { modulesIn } from "../../tools/generate/built-modules.js";
import { envoyBootstrap } from "../../tools/generate/envoy-bootstrap.js";
import type { PolicyDocument } from "../../tools/policy/model.js";
import { freePorts } from "../../tools/ports.js";

/** The least that the plugin takes. */
const SLOTS = 64;

/** The statuses of requests of these users, one after the other, to an Envoy with this configuration. */
async function statuses(configOf: (port: number) => object, users: readonly string[]): Promise<number[]> {
  const [port = 0] = await freePorts(1);
  const envoy = await startEnvoy({ envoy: await locateEnvoy({ allowInstall: true }), config: configOf(port) });
  const received: number[] = [];
  try {
    for (const user of users) {
      const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { "x-user": user } });
      await response.text();
      received.push(response.status);
    }
    return received;
  } finally {
    await envoy.stop();
  }
}

/** One request a minute for each value of x-user, as Envoy's own limiter has it: for so many values at a time. */
function native(slots: number): object {
  const always = { default_value: { numerator: 100, denominator: "HUNDRED" } };
  const once = { max_tokens: 1, tokens_per_fill: 1, fill_interval: "60s" };
  return {
    name: "local_ratelimit",
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit",
      stat_prefix: "eviction",
      token_bucket: { max_tokens: 1000, tokens_per_fill: 1000, fill_interval: "1s" },
      filter_enabled: always,
      filter_enforced: always,
      rate_limits: [{ actions: [{ request_headers: { header_name: "x-user", descriptor_key: "user" } }] }],
      descriptors: [{ entries: [{ key: "user" }], token_bucket: once }],
      max_dynamic_descriptors: slots,
    },
  };
}

/** The same by the plugin. */
const policy: PolicyDocument = {
  apiVersion: "tidegate.dev/v1alpha1",
  kind: "PluginPolicy",
  metadata: { name: "eviction" },
  spec: {
    workload: { labels: { app: "eviction" } },
    plugins: [
      {
        name: "ratelimit",
        config: {
          rules: [{ name: "per-user", key: { header: "x-user" }, quota: { requests: 1, per: "minute" } }],
          max_keys: SLOTS,
        },
      },
    ],
  },
};

test("Envoy's own limiter forgets what a client owes when others come", async () => {
  const received = await statuses((port) => benchBootstrap([native(2)], port), ["a", "a", "b", "c", "a"]);
  assert.deepEqual(received, [200, 429, 200, 200, 200]);
});

test("the plugin does not, however many come", async () => {
  const others = Array.from({ length: 4 * SLOTS }, (_, index) => `other-${index}`);
  const received = await statuses(
    (listener) => envoyBootstrap(policy, { module: modulesIn(), ports: { listener, admin: 0 } }),
    ["a", "a", ...others, "a", "other-0"],
  );
  assert.deepEqual(received.slice(0, 2), [200, 429]);
  assert.deepEqual(received.slice(-2), [429, 429]);
  assert.ok(received.filter((status) => status === 200).length >= SLOTS, "each slot admits somebody");
});
