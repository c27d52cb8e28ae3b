// The plugin's keys `response` and `offenders`: schema and plugin refuse and accept the same.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { PluginModule } from "../../tools/host/index.js";
import { refusedByBoth, verdictOf } from "../support/contract.js";
import { pluginModule } from "../support/plugin-module.js";
import { pluginSchema, schemaOf } from "../support/plugin-schema.js";

let module: PluginModule;
const schemaAccepts = schemaOf("ratelimit");
before(async () => {
  module = await pluginModule("ratelimit");
});

const RULE = { name: "r", quota: { requests: 10, per: "second" } };

function response(response: unknown): object {
  return { rules: [RULE], response };
}

function header(name: unknown, value: unknown = "v"): object {
  return response({ headers: [{ name, value }] });
}

/** One key of the object with each of these values. */
function each(key: string, values: readonly unknown[]): [path: string, configuration: unknown][] {
  return values.map((value) => [`$.response.${key}`, response({ [key]: value })]);
}

const NAMES = ["", "x user", "X-User", ":status", "x\r\ny", "x\0", "é", "x:", "x".repeat(129), 7, null];
const FRAMING = ["host", "content-length", "transfer-encoding", "connection", "te", "trailer", "upgrade"];
const OWN = ["content-type", "grpc-status", "grpc-message", "ratelimit", "ratelimit-policy", "retry-after"];
const VALUES = ["", " ", " a", "a ", "a\r\nset-cookie: b", "a\n", "a\0b", "\x7f", "a".repeat(1025), 5, null];

refusedByBoth("ratelimit", () => module, schemaAccepts, [
  ["$.response", response(null)],
  ["$.response", response([])],
  ["$.response.body", response({ body: "x" })],
  ...each("format", ["html", "TEXT", 1, null]),
  ...each("message", ["", "a".repeat(1025), 1, null]),
  ...each("capacity_message", ["", "a".repeat(1025), false]),
  ...each("grpc_status", [8, "RESOURCE_EXHAUSTED", "ok"]),
  ...each("capacity_grpc_status", [14, "internal"]),
  ...each("retry_after", [1, "yes"]),
  ...each("capacity_retry_after", [-1, 0.5, 3601, "1"]),
  ...each("retry_after_jitter_percent", [-1, 101, 0.1, "10"]),
  ...each("rate_limit_headers", [true, "on", ""]),
  ...each("legacy_headers", [false, "admitted"]),
  ...each("headers", [[], {}, Array(11).fill({ name: "x", value: "v" })]),
  ["$.response.headers[0]", response({ headers: [{ name: "x" }] })],
  ["$.response.headers[0]", response({ headers: [{ value: "v" }] })],
  ["$.response.headers[0].append", response({ headers: [{ name: "x", value: "v", append: true }] })],
  ...[...NAMES, ...FRAMING, ...OWN].map((name): [string, unknown] => ["$.response.headers[0].name", header(name)]),
  ...VALUES.map((value): [string, unknown] => ["$.response.headers[0].value", header("x", value)]),
  ...each("shadow_header", [...NAMES, ...FRAMING]),
  ["$.offenders", { rules: [RULE], offenders: true }],
  ["$.offenders.keys", { rules: [RULE], offenders: { keys: 1 } }],
  ...[0, 21, 1.5, "5"].map((top): [string, unknown] => ["$.offenders.top", { rules: [RULE], offenders: { top } }]),
  ...[60, "", "1d", "-5s"].map((period): [string, unknown] => [
    "$.offenders.period",
    { rules: [RULE], offenders: { period } },
  ]),
  ["$.offenders.names", { rules: [RULE], offenders: { names: "hashed" } }],
]);

describe("a configuration that only the plugin can refuse", () => {
  for (const period of ["9s", "0m", "9000ms", "25h", "999999h"]) {
    test(`offenders every ${period}`, async () => {
      const configuration = { rules: [RULE], offenders: { period } };
      assert.equal(schemaAccepts(configuration), true);
      const { verdict, lines } = await verdictOf(module, JSON.stringify(configuration));
      assert.equal(verdict, "refused");
      assert.match(lines.join(), /^ratelimit: \$\.offenders\.period: expected a duration from 10s to 24h, /);
    });
  }
});

describe("a good configuration", () => {
  const examples = (pluginSchema("ratelimit")["$defs"] as Record<string, { examples?: unknown[] }>)["response"]!;
  for (const good of [
    {},
    ...examples.examples!,
    { format: "json", message: "😀".repeat(1024), capacity_message: "\n\0" },
    { capacity_retry_after: 0, retry_after_jitter_percent: 100 },
    { capacity_retry_after: 3600, retry_after_jitter_percent: 0 },
    { headers: Array(10).fill({ name: "set-cookie", value: "é".repeat(512) }) },
    { headers: [{ name: "www-authenticate", value: 'Basic realm="a\tb"' }], shadow_header: "x-would-limit" },
    { rate_limit_headers: "always", legacy_headers: "rejected", grpc_status: "unavailable" },
  ]) {
    const configuration = { ...response(good), offenders: { top: 20, period: "24h", names: "plain" } };
    test(JSON.stringify(good).slice(0, 100), async () => {
      assert.equal(schemaAccepts(configuration), true);
      assert.deepEqual(await verdictOf(module, JSON.stringify(configuration)), { verdict: "accepted", lines: [] });
    });
  }
});
