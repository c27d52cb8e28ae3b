import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { openLoad, type Outcome, requestText } from "../../tools/bench/overload/open-load.js";
import type { EnvoyProcess } from "../../tools/envoy/process.js";
import { excess, excessOfLife } from "../support/admissions.js";
import { startPolicyEnvoy } from "../support/policy-envoy.js";

const RATE = 500;
const BURST = 50;
const LEASE = 8;
const SECONDS = 0.7;
/** Requests a second; one connection carries so many, one after the other. */
const OFFERED = 4 * RATE;
/** So many that the kernel gives each worker some. */
const CONNECTIONS = 64;

const rule = (header: string, lease: number): object => ({
  name: header,
  match: { headers: [{ name: header, present: true }] },
  key: { header },
  quota: { requests: RATE, per: "second", burst: BURST },
  lease,
});

const RATELIMIT = { name: "ratelimit", config: { rules: [rule("x-leased", LEASE), rule("x-exact", 1)] } };

async function load(port: number, connections: number, headers: Record<string, string>): Promise<Outcome[]> {
  const request = requestText("/", headers);
  const shots = Array.from({ length: OFFERED * SECONDS }, (_, i) => ({ atMs: (i * 1000) / OFFERED, request }));
  return openLoad({ port, shots, connections, mostConnections: connections, graceMs: 2000 });
}

function assertKept(outcomes: readonly Outcome[], slack: number): void {
  const statuses = new Set(outcomes.map(({ status }) => status));
  assert.deepEqual([...statuses].sort(), [200, 429]);
  const admitted = outcomes.filter(({ status }) => status === 200);
  const promised = { perMs: RATE / 1000, burst: BURST, slack };
  const lasted = Math.max(...outcomes.map(({ sent }) => sent)) - Math.min(...outcomes.map(({ sent }) => sent));
  const due = BURST + (RATE * lasted) / 1000;
  assert.ok(excessOfLife(outcomes, promised) <= 0, `${admitted.length} admitted of ${due.toFixed(0)} due`);
  assert.ok(excess(admitted, promised) <= 0, `a window has ${excess(admitted, promised)} more than promised`);
  assert.ok(admitted.length >= 0.95 * due, `${admitted.length} admitted of ${due.toFixed(0)} due`);
}

for (const workers of [1, 2, 4]) {
  describe(`a quota in an Envoy of ${workers} workers under four times its rate`, () => {
    let envoy: EnvoyProcess;
    let port: number;
    before(async () => {
      ({ envoy, port } = await startPolicyEnvoy({ plugins: [RATELIMIT], concurrency: workers }));
    });
    after(() => envoy?.stop());

    test("holds over connections of all workers", async () => {
      const outcomes = await load(port, CONNECTIONS, { "x-leased": "everywhere" });
      const stats = await envoy.admin("/stats?filter=worker_.*downstream_cx_total");
      const loaded = [...stats.matchAll(/worker_\d+\.downstream_cx_total: [1-9]/g)];
      assert.equal(loaded.length, workers, stats);
      assertKept(outcomes, (workers - 1) * (LEASE - 1));
    });

    test("holds, and is there to be had, on one connection", async () => {
      assertKept(await load(port, 1, { "x-leased": "one connection" }), (workers - 1) * (LEASE - 1));
    });

    test("is exact in every window without leases", async () => {
      assertKept(await load(port, CONNECTIONS, { "x-exact": "everywhere" }), 0);
    });
  });
}

test("the check finds one admission too many in a window, and one in a life", () => {
  const promised = { perMs: 0.01, burst: 1, slack: 0 };
  const at = (sent: number): Outcome => ({ due: sent, sent, answered: sent + 1, status: 200 });
  const kept = [0, 100, 200, 300].map(at);
  assert.ok(excess(kept, promised) <= 0 && excessOfLife(kept, promised) <= 0);
  const broken = [...kept, at(250)];
  assert.equal(excess(broken, promised), 1);
  assert.equal(excess(broken, { ...promised, slack: 1 }), 0);
  assert.equal(excessOfLife(broken, promised), 1);
  const early = [0, 0, 200].map(at);
  assert.equal(excessOfLife(early, promised), 1);
});
