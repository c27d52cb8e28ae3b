// Rollouts in a real Envoy with two workers: a limit that rejects nearly all is given back in seconds, a good one stays.
import assert from "node:assert/strict";
import { Agent, request } from "node:http";
import { afterEach, before, describe, test } from "node:test";
import type { EnvoyProcess } from "../../tools/envoy/process.js";
import { connectionsOf } from "../support/envoy-stats.js";
import { startPolicyEnvoy } from "../support/policy-envoy.js";
import { pluginModule } from "../support/plugin-module.js";
import { rolloutOf, State } from "../support/rollout.js";
import { until } from "../support/until.js";

const WORKERS = 2;
/** Requests come so often, over each connection in turn. */
const INTERVAL_MS = 20;
const REVERT = { baseline: "1s", watch: "2s", min_requests: 40 };
const limit = (requests: number, per: string) => ({ rules: [{ name: "all", quota: { requests, per } }] });
const STABLE = limit(1000, "second");

/** The status of an answer. */
function ask(port: number, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const out = request({ host: "127.0.0.1", port, agent, timeout: 5_000 });
    out.once("timeout", () => out.destroy(new Error("no answer")));
    out.once("error", reject);
    out.once("response", (response) => resolve(response.resume().statusCode!));
    out.end();
  });
}

// Before times of the real clock are chosen.
before(() => pluginModule("ratelimit"));

describe("a new limit in a real Envoy", { timeout: 120_000 }, () => {
  let envoy: EnvoyProcess | undefined;
  let load: NodeJS.Timeout | undefined;
  let agents: Agent[] = [];
  let seen: number[] = [];
  let isAnswered: () => boolean = () => true;

  /** An Envoy whose route answers 200 by itself, under load. */
  async function start(fresh: object): Promise<void> {
    const config = rolloutOf(fresh, STABLE, { revert: REVERT });
    const started = await startPolicyEnvoy({
      plugins: [{ name: "ratelimit", config }],
      concurrency: WORKERS,
      args: ["--service-node", "sidecar~10.0.0.1~shop-1.shop~shop.svc"],
      adjust: ({ static_resources: { listeners } }) => {
        listeners[0]!.connection_balance_config = { exact_balance: {} };
      },
    });
    envoy = started.envoy;
    agents = Array.from({ length: 4 }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
    seen = [];
    let sent = 0;
    load = setInterval(() => {
      void ask(started.port, agents[sent++ % agents.length]!).then((status) => seen.push(status));
    }, INTERVAL_MS);
    isAnswered = () => seen.length === sent;
  }
  afterEach(async () => {
    clearInterval(load);
    await until("all are answered", 5_000, () => isAnswered());
    for (const agent of agents) agent.destroy();
    await envoy?.stop();
  });

  async function metric(name: string): Promise<number | undefined> {
    const text = await envoy!.admin(`/stats/prometheus?filter=${name}`);
    const line = text.split("\n").find((one) => one.includes(`${name}{rollout="2026-11-limits"} `));
    return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(" ")));
  }
  const state = () => metric("tidegate_ratelimit_rollout_state");
  const lines = () => envoy!.log.split("\n").filter((line) => line.includes("back to the stable configuration"));

  test("that rejects nearly all is given back by both workers, with one line", async () => {
    await start(limit(1, "day"));
    assert.equal(await state(), State.baseline);
    await until("the new limit rejects", 15_000, () => seen.includes(429));
    await until("it is given back", 15_000, async () => (await state()) === State.reverted);
    // A worker may come to know a second later.
    await until("nothing is rejected", 5_000, () => seen.length > 100 && seen.slice(-100).every((one) => one === 200));
    assert.equal(await metric("tidegate_ratelimit_rollout_reverts_total"), 1);
    assert.deepEqual([...new Set(seen)].sort(), [200, 429]);
    assert.equal(lines().length, 1, lines().join("\n"));
    assert.match(
      lines()[0]!,
      /ratelimit: rollout 2026-11-limits: back to the stable configuration, since \d+\.\d % of \d+ requests were rejected, and 0\.0 % of \d+ before$/,
    );
    const workers = await connectionsOf(envoy!, WORKERS);
    assert.ok(
      workers.every((count) => count >= 2),
      workers.join(),
    );
  });

  test("that is good stays", async () => {
    await start(limit(900, "second"));
    await until("it is taken", 15_000, async () => (await state()) === State.new);
    await until("it is watched for its time", 20_000, () => seen.length > (1 + 2 + 2) * (1000 / INTERVAL_MS));
    assert.deepEqual([await state(), await metric("tidegate_ratelimit_rollout_reverts_total")], [State.new, 0]);
    assert.deepEqual([new Set(seen), lines()], [new Set([200]), []]);
  });
});
