// canary's configuration changes in a real Envoy under load, by ECDS as Istio does it: streams of the old one end as they
// began, those of the new one follow it, and none fails.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { Agent, type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { ArmServer } from "../support/arm-server.js";
import type { CanaryConfig } from "../support/canary.js";
import { CanaryEnvoy } from "../support/canary-envoy.js";
import type { HttpManager } from "../support/policy-envoy.js";
import { until } from "../support/until.js";
import { pluginModule } from "../support/plugin-module.js";

const CLIENTS = 16;
const UPDATES = 6;
/** Answers take so long that every update meets some on their way. */
const DELAY_MS = 40;
const ANSWERS_BETWEEN = 150;
const FILTER = "tidegate.shop.canary";
const WASM = "type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm";

/** Everything that keeps notes of streams; what it tells them names the version. Arms change their numbers. */
function configOf(version: number): CanaryConfig {
  const other = { name: `other-${version}`, match: { header: { name: "x-other", present: true } }, arm: `v${version}` };
  const share = {
    name: `rule-${version}`,
    arm: "v2",
    percent: 50,
    key: { assign_cookie: { name: `cookie-${version}` } },
    salt: "update",
  };
  return {
    default: "v1",
    arms: [{ name: "v2", abort: { errors: { more_percent: 5 + version }, latency: { more: "10s" } } }],
    rules: version % 2 ? [other, share] : [share, other],
    debug: { response_header: "x-debug", attribute: true },
  };
}

interface Seen {
  status: number;
  arm: string;
  /** What the response's parts say of the version that served it; different ones mean that notes were mixed up. */
  versions: string[];
}

// Before times of the real clock are chosen.
before(() => pluginModule("canary"));

describe("a canary configuration that changes under load", { timeout: 120_000 }, () => {
  const servers = [new ArmServer("v1"), new ArmServer("v2")];
  const seen: Seen[] = [];
  const clients: Promise<void>[] = [];
  let folder: string;
  let canary: CanaryEnvoy;
  let published: object;
  let isOver = false;

  /** Puts a configuration into the file that Envoy watches, at once and whole. */
  async function publish(version: number): Promise<void> {
    const text = JSON.stringify(published).replace('"CONFIG"', JSON.stringify(JSON.stringify(configOf(version))));
    await writeFile(join(folder, "next"), text);
    await rename(join(folder, "next"), join(folder, "ecds.json"));
  }

  /** Has the filter's configuration come from that file. */
  function discover({ http_filters }: HttpManager): void {
    const [filter] = http_filters;
    const typed = structuredClone(filter!.typed_config) as { config: { configuration: { value: string } } };
    typed.config.configuration.value = "CONFIG";
    const type = "type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig";
    published = { resources: [{ "@type": type, name: FILTER, typed_config: typed }] };
    const path_config_source = { path: join(folder, "ecds.json") };
    http_filters[0] = { name: FILTER, config_discovery: { config_source: { path_config_source }, type_urls: [WASM] } };
  }

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "tidegate-update-"));
    for (const server of servers) (await server.start()).delayMs = DELAY_MS;
    canary = await CanaryEnvoy.start({
      config: configOf(0),
      servers,
      adjust: async (_, manager) => {
        discover(manager);
        await publish(0);
      },
    });
    for (let i = 0; i < CLIENTS; i++) clients.push(load());
  });
  after(async () => {
    isOver = true;
    await Promise.allSettled(clients);
    await canary?.stop();
    for (const server of servers) server.stop();
    await rm(folder, { recursive: true });
  });

  /** One request after the other on one connection, until it is over. */
  async function load(): Promise<void> {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (!isOver) seen.push(await ask(agent));
    agent.destroy();
  }

  /** One request, without a cookie. */
  async function ask(agent: Agent): Promise<Seen> {
    const out = request({ host: "127.0.0.1", port: canary.port, agent, timeout: 5_000 }).end();
    out.once("timeout", () => out.destroy(new Error("no answer")));
    const [response] = (await once(out, "response")) as [IncomingMessage];
    await once(response.resume(), "end");
    const { "set-cookie": cookies = [], "x-debug": debug = "", "x-upstream": arm = "" } = response.headers;
    const told = [...cookies, String(debug)].map((text) => /^(?:cookie|v2; rule=rule)-(\d+)/.exec(text)?.[1]);
    const versions = told.filter((version) => version !== undefined);
    return { status: response.statusCode ?? 0, arm: String(arm), versions };
  }

  const more = async (count: number) => {
    const most = seen.length + count;
    await until(`${most} requests are answered`, 5_000, () => seen.length >= most);
  };

  test("takes hold of new requests, and fails none", async () => {
    for (let version = 0; version < UPDATES; version++) {
      if (version > 0) await publish(version);
      const isNew = () => seen.slice(-CLIENTS).every(({ versions }) => versions[0] === String(version));
      await until(`version ${version} serves`, 5_000, () => seen.length > CLIENTS && isNew());
      await more(ANSWERS_BETWEEN);
    }
    assert.deepEqual(new Set(seen.map(({ status }) => status)), new Set([200]));
  });

  test("tells each stream what became of it, whichever configuration it met", () => {
    for (const { arm, versions } of seen) {
      assert.equal(versions.length, arm === "v2" ? 2 : 1, `a cookie, and the rule of ${arm}`);
      assert.equal(new Set(versions).size, 1, versions.join());
    }
    const served = new Set(seen.map(({ versions }) => versions[0]));
    assert.equal(served.size, UPDATES);
    assert.deepEqual(new Set(seen.map(({ arm }) => arm)), new Set(["v1", "v2"]));
  });

  test("goes on to count, each request once, and takes no arm out", async () => {
    isOver = true;
    await Promise.all(clients);
    const counted = async () => {
      const arms = ["v1", "v2"].map((arm) => canary.metric("tidegate_canary_requests_total", `arm="${arm}"`));
      return (await Promise.all(arms)).reduce<number>((sum, count) => sum + (count ?? 0), 0);
    };
    let count = 0;
    // Counts travel once a second. What an old configuration counted after its last time to do so is lost.
    await until("no more is counted", 5_000, async () => {
      const before = count;
      count = await counted();
      await delay(1_100);
      return count > 0 && count === before;
    });
    assert.ok(count <= seen.length, `${count} of ${seen.length}`);
    const clientsAnew = Array.from({ length: 20 }, () => ask(new Agent()));
    await Promise.all(clientsAnew);
    await until("the new ones are counted", 3_000, async () => (await counted()) === count + clientsAnew.length);
    assert.deepEqual(canary.lines("canary: arm"), []);
    assert.equal(await canary.metric("tidegate_canary_aborted", 'arm="v2"'), 0);
    assert.equal(await canary.metric("tidegate_canary_host_errors_total"), 0);
  });
});
