import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { sendLoad } from "../support/load.js";
import { startPolicyEnvoy } from "../support/policy-envoy.js";

const WARM_UP = 100_000;
const REQUESTS = 300_000;
/** More than one share the quotas' states. */
const WORKERS = 2;
const MAX_GROWTH_KB = 1024;

const PLUGINS = [
  { name: "trace", config: {} },
  {
    name: "ratelimit",
    config: { rules: [{ name: "per-user", key: { header: "x-user" }, quota: { requests: 5, per: "minute" } }] },
  },
  {
    name: "canary",
    config: {
      decision_header: "x-canary",
      rules: [
        { name: "list", match: { header: { name: "x-user", in: ["user-1", "user-2"] } }, arm: "v2" },
        { name: "ramp", percent: 50, key: { header: "x-user" }, salt: "memory", arm: "v2" },
      ],
    },
  },
];

async function residentKb(pid: number): Promise<number> {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, "utf8"))?.[1]);
}

function headers(index: number): Record<string, string> {
  const id = index.toString(16).padStart(16, "0");
  return { "x-user": `user-${index}`, traceparent: `00-${id.replace(/^0/, "1")}${id}-a${id.slice(1)}-01` };
}

test("Envoy's memory stays as it is over 400,000 requests with distinct keys, ids and contexts", async (t) => {
  const { envoy, port } = await startPolicyEnvoy({ plugins: PLUGINS, concurrency: WORKERS });
  try {
    await sendLoad(port, WARM_UP, headers);
    const before = await residentKb(envoy.pid);
    const answers = await sendLoad(port, REQUESTS, (index) => headers(WARM_UP + index));
    const growth = (await residentKb(envoy.pid)) - before;
    assert.equal(
      [...answers.values()].reduce((sum, count) => sum + count, 0),
      REQUESTS,
    );
    assert.deepEqual(
      [...answers.keys()].filter((status) => status !== 200 && status !== 429),
      [],
    );
    t.diagnostic(`resident memory grew by ${growth} kB`);
    assert.ok(growth < MAX_GROWTH_KB, `resident memory grew by ${growth} kB`);
  } finally {
    await envoy.stop();
  }
});
