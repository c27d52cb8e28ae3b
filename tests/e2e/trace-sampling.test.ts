// A sampling limit that the workers of a real Envoy share, and ids of which no two are the same.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, test } from "node:test";
import { openLoad, requestText } from "../../tools/bench/overload/open-load.js";
import type { EnvoyProcess } from "../../tools/envoy/process.js";
import { pluginModule } from "../support/plugin-module.js";
import { startPolicyEnvoy } from "../support/policy-envoy.js";

const WORKERS = 4;
const PER_SECOND = 40;
const OFFERED = 8 * PER_SECOND;
const SECONDS = 4;
/** So many that the kernel gives each worker some. */
const CONNECTIONS = 64;

const TRACE = { name: "trace", config: { trust: "full", sampling: { per_second: PER_SECOND } } };

describe(`traces of an Envoy of ${WORKERS} workers, sampled ${PER_SECOND} a second`, () => {
  const traceparents: { atMs: number; value: string }[] = [];
  const upstream = createServer((request, response) => {
    traceparents.push({ atMs: performance.now(), value: String(request.headers["traceparent"]) });
    response.end("ok");
  });
  let envoy: EnvoyProcess;
  let port: number;
  before(async () => {
    await pluginModule("trace");
    await once(upstream.listen(0, "127.0.0.1"), "listening");
    const upstreams = { echo: (upstream.address() as AddressInfo).port };
    ({ envoy, port } = await startPolicyEnvoy({ plugins: [TRACE], upstreams, concurrency: WORKERS }));
    const request = requestText("/", {});
    const count = OFFERED * SECONDS;
    const shots = Array.from({ length: count }, (_, i) => ({ atMs: (i * 1000) / OFFERED, request }));
    await openLoad({ port, shots, connections: CONNECTIONS, mostConnections: CONNECTIONS, graceMs: 2000 });
    assert.equal(traceparents.length, count);
  });
  after(async () => {
    upstream.closeAllConnections();
    upstream.close();
    await envoy?.stop();
  });

  test("are no more than that, and not many fewer, wherever they start", async () => {
    const stats = await envoy.admin("/stats?filter=worker_.*downstream_cx_total");
    assert.equal([...stats.matchAll(/worker_\d+\.downstream_cx_total: [1-9]/g)].length, WORKERS, stats);
    const sampled = traceparents.filter(({ value }) => value.endsWith("-03"));
    const seconds = (traceparents.at(-1)!.atMs - traceparents[0]!.atMs) / 1000;
    // A bucket of one second, and a tick that came just before the first request.
    const most = PER_SECOND * (seconds + 2);
    assert.ok(sampled.length <= most, `${sampled.length} in ${seconds} s`);
    assert.ok(sampled.length >= 0.9 * PER_SECOND * (seconds - 1), `${sampled.length} in ${seconds} s`);
    assert.ok(sampled.length < traceparents.length / 2);
  });

  test("have ids of their own", () => {
    const ids = traceparents.flatMap(({ value }) => {
      const [, trace, parent] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-0[23]$/.exec(value)!;
      return [trace, parent];
    });
    assert.equal(new Set(ids).size, 2 * traceparents.length);
  });
});
