// Conditions in a real Envoy: an upstream reports its load, and a quota follows.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { EnvoyProcess } from "../../tools/envoy/process.js";
import { pluginModule } from "../support/plugin-module.js";
import { startPolicyEnvoy } from "../support/policy-envoy.js";
import { until } from "../support/until.js";

const PATIENCE_MS = 10_000;
const QUOTA = { requests: 10_000, per: "second", burst: 1000 };
const HOT = {
  name: "hot",
  when: "load.cpu > 90%",
  hold: "1s",
  ramp: "0s",
  then: { quota: { requests: 1, per: "second", burst: 2 } },
};
const CONFIG = {
  rules: [{ name: "all", quota: QUOTA, conditions: [HOT] }],
  load_reports: { strip: true, request_format: "TEXT" },
};

describe("a condition on load in Envoy", { timeout: 60_000 }, () => {
  let load = 0.5;
  const formats = new Set<unknown>();
  const upstream = createServer((request, response) => {
    formats.add(request.headers["endpoint-load-metrics-format"]);
    response.writeHead(200, { "endpoint-load-metrics": `TEXT cpu_utilization=${load}, mem_utilization=0.1` });
    response.end();
  });
  let envoy: EnvoyProcess;
  let port: number;

  before(async () => {
    await pluginModule("ratelimit");
    await once(upstream.listen(0, "127.0.0.1"), "listening");
    ({ envoy, port } = await startPolicyEnvoy({
      plugins: [{ name: "ratelimit", config: CONFIG }],
      upstreams: { upstream: (upstream.address() as AddressInfo).port },
      concurrency: 2,
    }));
  });
  after(async () => {
    await envoy?.stop();
    upstream.close();
    upstream.closeAllConnections();
  });

  const get = () => fetch(`http://127.0.0.1:${port}/`);

  /** Sends requests, now and then, until the statuses of 20 of them are these. */
  async function becomes(expected: (statuses: number[]) => boolean): Promise<void> {
    let statuses: number[] = [];
    await until(
      () => `it becomes so, but still ${statuses.join(" ")}`,
      PATIENCE_MS,
      async () => {
        statuses = (await Promise.all(Array.from({ length: 20 }, get))).map(({ status }) => status);
        if (!expected(statuses)) await sleep(100);
        return expected(statuses);
      },
    );
  }

  test("asks the upstream for reports and keeps them from clients", async () => {
    const response = await get();
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("endpoint-load-metrics"), null);
    assert.deepEqual([...formats], ["TEXT"]);
  });

  test("puts its quota in force while the upstream is hot, and says so", async () => {
    load = 0.95;
    await becomes((statuses) => statuses.filter((status) => status === 429).length > 15);
    const isSaid = async () => (await envoy.admin("/stats?filter=condition_active")).includes("_active: 1");
    await until("the metric says so", PATIENCE_MS, isSaid);
    load = 0.2;
    await becomes((statuses) => statuses.every((status) => status === 200));
  });

  test("leaves no report unread, no host call unanswered", async () => {
    const stats = await envoy.admin("/stats?filter=tidegate_ratelimit");
    assert.match(stats, /tidegate_ratelimit_load_reports_unread_total: 0/);
    assert.match(stats, /tidegate_ratelimit_host_errors_total: 0/);
  });
});
