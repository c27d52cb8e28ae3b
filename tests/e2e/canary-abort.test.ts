// Arms that fail in a real Envoy with two workers, each in its own way: the plugin takes them out, and lets them in again.
import assert from "node:assert/strict";
import { Agent, request } from "node:http";
import { after, before, describe, test } from "node:test";
import { ArmServer } from "../support/arm-server.js";
import { CanaryEnvoy } from "../support/canary-envoy.js";
import type { Bootstrap, HttpManager } from "../support/policy-envoy.js";
import { until } from "../support/until.js";
import { pluginModule } from "../support/plugin-module.js";

/** Each arm gets a request so often, each over a connection of its own. */
const INTERVAL_MS = 100;
/** Clients wait no longer. */
const PATIENCE_MS = 1_000;
/** Requests in sequence that tell that an arm is taken out on every worker. */
const ENOUGH = 16;

const ABORT = { window: "10s", min_requests: 10, dwell: "0s", errors: { more_percent: 20 } };
/** Asked for by name; all but `well` and `default` are ill sooner or later. */
const ARMS = {
  well: { recover_after: "10m" },
  failing: { recover_after: "10s" },
  hanging: { recover_after: "10m" },
  nowhere: { recover_after: "10m" },
  empty: { recover_after: "10m" },
};
type Arm = keyof typeof ARMS | "default";
const NAMES = Object.keys(ARMS) as (keyof typeof ARMS)[];

const CONFIG = {
  default: "default",
  arms: NAMES.map((name) => ({ name, abort: { ...ABORT, ...ARMS[name] } })),
  rules: NAMES.map((name) => ({ name, match: { header: { name: "x-want", exact: name } }, arm: name })),
};

/** Routes of two arms lead to a cluster that does not exist, and to one without endpoints. */
function adjust({ static_resources }: Bootstrap, { route_config }: HttpManager): void {
  static_resources.clusters.push({ name: "empty", load_assignment: { cluster_name: "empty" } });
  route_config.validate_clusters = false;
  for (const cluster of ["nowhere", "empty"]) {
    const headers = [{ name: "x-canary", string_match: { exact: cluster } }];
    route_config.virtual_hosts[0]!.routes.unshift({ match: { prefix: "/", headers }, route: { cluster } });
  }
}

/** What a request that wants an arm comes to: the arm that answered, a status, or `gave up`. */
function ask(port: number, arm: Arm): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { "x-want": arm };
    const out = request({ host: "127.0.0.1", port, headers, agent: new Agent(), timeout: PATIENCE_MS });
    out.once("timeout", () => {
      resolve("gave up");
      out.destroy();
    });
    out.once("error", (error) => (out.destroyed ? resolve("gave up") : reject(error)));
    out.once("response", (response) => {
      response.resume();
      const { "x-upstream": upstream } = response.headers;
      resolve(response.statusCode === 200 ? String(upstream) : String(response.statusCode));
    });
    out.end();
  });
}

// Before times of the real clock are chosen.
before(() => pluginModule("canary"));

describe("an arm that is ill", { timeout: 120_000 }, () => {
  const servers = Object.fromEntries(
    ["default", "well", "failing", "hanging"].map((name) => [name, new ArmServer(name)]),
  ) as Record<Arm, ArmServer>;
  /** By arm, what its requests came to, in the order of their answers. */
  const seen = Object.fromEntries([...NAMES, "default"].map((arm) => [arm, []])) as unknown as Record<Arm, string[]>;
  let canary: CanaryEnvoy;
  let load: NodeJS.Timeout;

  before(async () => {
    for (const server of Object.values(servers)) await server.start();
    servers.hanging.manner = "hanging";
    canary = await CanaryEnvoy.start({ config: CONFIG, servers: Object.values(servers), adjust });
    load = setInterval(() => {
      for (const arm of [...NAMES, "default"] as Arm[]) {
        void ask(canary.port, arm).then((answer) => seen[arm].push(answer));
      }
    }, INTERVAL_MS);
  });
  after(async () => {
    clearInterval(load);
    await canary?.stop();
    for (const server of Object.values(servers)) server.stop();
  });

  const isOnly = (arm: Arm, answer: string) =>
    seen[arm].length >= ENOUGH && seen[arm].slice(-ENOUGH).every((one) => one === answer);
  const isOut = (arm: Arm, mostMs: number) => until(`${arm} is taken out`, mostMs, () => isOnly(arm, "default"));

  /** What metrics say of an arm and how many lines the log has on it, once the next tick is over. */
  async function told(arm: Arm, aborted: number): Promise<unknown> {
    const labels = `arm="${arm}"`;
    const gauge = () => canary.metric("tidegate_canary_aborted", labels);
    await until(`${arm} has ${aborted} as a gauge`, 3_000, async () => (await gauge()) === aborted);
    const aborts = await canary.metric("tidegate_canary_aborts_total", labels);
    return { aborts, lines: canary.lines(`canary: arm ${arm} is`).map((line) => line.replace(/.*canary: /, "")) };
  }

  test("serves who wants it while it is well", async () => {
    await until("failing serves", 5_000, () => isOnly("failing", "failing"));
    assert.deepEqual(canary.lines("arm failing"), []);
    servers.failing.manner = "failing";
  });

  test("is taken out on all workers when its cluster does not exist or has no endpoints, with one line each", async () => {
    for (const arm of ["nowhere", "empty"] as const) {
      await isOut(arm, 5_000);
      assert.ok(seen[arm].includes("503"), "the 503 of Envoy itself is what counts");
      const { aborts, lines } = (await told(arm, 1)) as { aborts: number; lines: string[] };
      assert.equal(aborts, 1);
      assert.equal(lines.length, 1, lines.join("\n"));
      assert.match(lines[0]!, /^arm \w+ is taken out for 600 s: 100\.0 % of \d+ requests failed; 20\.0 % were allowed/);
    }
  });

  test("is taken out when it begins to answer 503", async () => {
    await isOut("failing", 6_000);
    servers.failing.manner = "well";
    const { aborts, lines } = (await told("failing", 1)) as { aborts: number; lines: string[] };
    assert.equal(aborts, 1);
    assert.equal(lines.length, 1, lines.join("\n"));
    const { requests } = servers.failing;
    await until("more wanted it", 2_000, () => isOnly("failing", "default"));
    assert.equal(servers.failing.requests, requests, "nobody is sent there");
  });

  test("is let in again when its pause is over, and stays while it is well", async () => {
    await until("failing serves again", 13_000, () => isOnly("failing", "failing"));
    const { aborts, lines } = (await told("failing", 0)) as { aborts: number; lines: string[] };
    assert.equal(aborts, 1);
    assert.deepEqual(lines.slice(1), ["arm failing is let in again, and watched anew"]);
  });

  test("is taken out when it hangs, though clients give up before Envoy does", async () => {
    assert.ok(seen.hanging.includes("gave up"));
    await isOut("hanging", 22_000);
    const { aborts, lines } = (await told("hanging", 1)) as { aborts: number; lines: string[] };
    assert.equal(aborts, 1);
    assert.equal(lines.length, 1, lines.join("\n"));
  });

  test("is no matter to the others", async () => {
    assert.deepEqual(new Set(seen.default), new Set(["default"]));
    assert.deepEqual(new Set(seen.well), new Set(["well"]));
    assert.equal(await canary.metric("tidegate_canary_aborted", 'arm="well"'), 0);
    assert.equal(await canary.metric("tidegate_canary_host_errors_total"), 0);
    const workers = await canary.connections();
    assert.ok(workers.every((count) => count > 50), workers.join()); // prettier-ignore
  });
});
