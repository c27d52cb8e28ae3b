// Shares of users in a real Envoy with two workers: who is in them, on every worker, after restarts, and as time passes.
import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { connect } from "node:http2";
import { after, before, describe, test } from "node:test";
import { ArmServer } from "../support/arm-server.js";
import type { CanaryConfig, CanaryRule } from "../support/canary.js";
import { CanaryEnvoy, WORKERS } from "../support/canary-envoy.js";
import type { HttpManager } from "../support/policy-envoy.js";
import { until } from "../support/until.js";
import { pluginModule } from "../support/plugin-module.js";

const CONNECTIONS = 8;
/** Workers look at the clock once a second; a busy machine takes longer. */
const LAG_MS = 2_000;
const USERS = Array.from({ length: 150 }, (_, user) => `user-${user}`);
/** Before what the access log says. */
const LOGGED = "logged ";
const COOKIE = { name: "tg-canary", max_age: "30d", path: "/shop", domain: "shop.example", same_site: "strict" };
const SET_COOKIE =
  /^(tg-canary=[0-9a-f]{16}); Max-Age=2592000; Path=\/shop; Domain=shop\.example; SameSite=Strict; Secure; HttpOnly$/;

/** Requests choose a rule by name, in the header x-rule. */
function rule(name: string, rest: Omit<CanaryRule, "name" | "match">): CanaryRule {
  return { name, match: { header: { name: "x-rule", exact: name } }, ...rest };
}

function share(percent: number | object): Omit<CanaryRule, "name"> {
  return { arm: "v2", percent, key: { header: "x-user-id" }, salt: "e2e" };
}

/** RFC 3339 without fractions, so many seconds after the beginning of the next one. */
function inSeconds(seconds: number): { ms: number; text: string } {
  const ms = (Math.ceil(Date.now() / 1000) + seconds) * 1000;
  return { ms, text: new Date(ms).toISOString() };
}

interface Answered {
  arm: string;
  cookies: string[];
  debug: string;
}

interface Client {
  send(headers: Record<string, string>): Promise<Answered>;
  close(): void;
}

type Fields = Record<string, string | string[] | undefined>;

function answered(fields: Fields): Answered {
  const { "x-upstream": arm, "set-cookie": cookies = [], "x-debug": debug } = fields;
  return { arm: String(arm), cookies: [cookies].flat(), debug: String(debug) };
}

/** One connection of HTTP/1.1. */
function http1(port: number): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const send = async (headers: Record<string, string>): Promise<Answered> => {
    const out = request({ host: "127.0.0.1", port, agent, headers, timeout: 5_000 });
    out.once("timeout", () => out.destroy(new Error("no answer"))).end();
    const [response] = (await once(out, "response")) as [IncomingMessage];
    await once(response.resume(), "end");
    return answered(response.headers);
  };
  return { send, close: () => agent.destroy() };
}

/** One connection of HTTP/2. */
function http2(port: number): Client {
  const session = connect(`http://127.0.0.1:${port}`);
  const send = async (headers: Record<string, string>): Promise<Answered> => {
    const stream = session.request({ ":path": "/", ...headers });
    stream.setTimeout(5_000, () => stream.destroy(new Error("no answer")));
    const [response] = (await once(stream, "response")) as [Fields];
    await once(stream.resume(), "end");
    return answered(response);
  };
  return { send, close: () => session.close() };
}

/** Of each user the arm; fails if it is not the same over all connections, which both workers serve. */
async function armsOf(port: number, name: string): Promise<string[]> {
  const clients = Array.from({ length: CONNECTIONS }, () => http1(port));
  const all = await Promise.all(
    clients.map(async ({ send, close }) => {
      const arms: string[] = [];
      for (const user of USERS) arms.push((await send({ "x-rule": name, "x-user-id": user })).arm);
      close();
      return arms;
    }),
  );
  for (const arms of all) assert.deepEqual(arms, all[0]);
  return all[0]!;
}

const inside = (arms: string[]) => new Set(USERS.filter((_, user) => arms[user] === "v2"));

/** Whether so many users are within four standard deviations of the share that is expected. */
function isShare(users: number, percent: number): boolean {
  const expected = (USERS.length * percent) / 100;
  return Math.abs(users - expected) <= 4 * Math.sqrt(expected * (1 - percent / 100));
}

// Before times of the real clock are chosen.
before(() => pluginModule("canary"));

describe("shares of users", { timeout: 120_000 }, () => {
  const servers = [new ArmServer("v1"), new ArmServer("v2")];
  before(async () => {
    for (const server of servers) {
      await server.start();
      server.headers = { "set-cookie": "own=1" };
    }
  });
  after(() => servers.forEach((server) => server.stop()));

  async function inEnvoy(config: CanaryConfig, use: (canary: CanaryEnvoy) => Promise<void>): Promise<void> {
    const canary = await CanaryEnvoy.start({ config, servers });
    try {
      await use(canary);
      assert.equal(await canary.metric("tidegate_canary_host_errors_total"), 0);
    } finally {
      await canary.stop();
    }
  }

  test("stick on every worker and after a restart of Envoy, and raising them only adds users", async () => {
    let before = new Set<string>();
    for (const percent of [20, 20, 60]) {
      await inEnvoy({ default: "v1", rules: [{ name: "share", ...share(percent) }] }, async (canary) => {
        const arms = await armsOf(canary.port, "share");
        const now = inside(arms);
        assert.ok(isShare(now.size, percent), `${now.size} at ${percent} %`);
        if (percent === 20 && before.size > 0) assert.deepEqual(now, before);
        for (const user of before) assert.ok(now.has(user), `${user} is no longer in it`);
        before = now;
        const workers = await canary.connections();
        assert.deepEqual(workers, Array<number>(WORKERS).fill(CONNECTIONS / WORKERS));
      });
    }
  });

  test("follow the real clock, as schedules do", async () => {
    const [first, second] = [inSeconds(3), inSeconds(6)];
    const ramp = { start: first.text, from: 30, step: 70, every: "3s", hold: 100 };
    const schedule = { start: first.text, end: second.text };
    const rules = [rule("ramp", share(ramp)), rule("schedule", { schedule, arm: "v2" })];
    const percentAt = (ms: number) => (ms < first.ms ? 0 : ms < second.ms ? 30 : 100);
    /** What may be seen in a time: also what held a tick before it. */
    const due = (from: number, to: number) => {
      const within = [first.ms, second.ms].filter((ms) => ms > from - LAG_MS && ms <= to);
      return [from - LAG_MS, ...within].map(percentAt);
    };
    await inEnvoy({ default: "v1", rules }, async ({ port }) => {
      const client = http1(port);
      let before = new Set<string>();
      for (let percents: number[] = []; percents.join() !== "100";) {
        const began = Date.now();
        const arms = await armsOf(port, "ramp").catch(() => undefined); // workers' ticks are up to a second apart
        const { arm } = await client.send({ "x-rule": "schedule" });
        percents = due(began, Date.now());
        assert.ok(
          percents.map((percent): string => (percent === 30 ? "v2" : "v1")).includes(arm),
          `${arm} at ${percents.join()}`,
        );
        assert.ok(arms !== undefined || percents.length > 1, "workers differ");
        if (!arms) continue;
        const now = inside(arms);
        if (percents.length === 1) assert.ok(isShare(now.size, percents[0]!), `${now.size} at ${percents[0]} %`);
        for (const user of before) assert.ok(now.has(user), `${user} is no longer in it`);
        before = now;
      }
      client.close();
    });
  });

  describe("by an assigned cookie", () => {
    const config: CanaryConfig = {
      default: "v1",
      rules: [{ name: "browsers", arm: "v2", percent: 50, key: { assign_cookie: COOKIE }, salt: "e2e" }],
      debug: { response_header: "x-debug", attribute: true },
    };
    let canary: CanaryEnvoy;
    before(async () => {
      canary = await CanaryEnvoy.start({ config, servers, adjust: (_, manager) => logDecisions(manager) });
    });
    after(() => canary?.stop());

    for (const [protocol, open] of Object.entries({ "HTTP/1.1": http1, "HTTP/2": http2 })) {
      test(`are told once, and stick on every worker, over ${protocol}`, async () => {
        const clients = Array.from({ length: WORKERS }, () => open(canary.port));
        const tokens = new Set<string>();
        const arms = new Set<string>();
        for (let browser = 0; browser < 40; browser++) {
          const first = await clients[0]!.send({});
          assert.equal(first.cookies[0], "own=1", "what the upstream sets stays");
          const token = SET_COOKIE.exec(first.cookies[1]!)?.[1];
          assert.ok(token, first.cookies[1]);
          assert.equal(first.cookies.length, 2);
          for (const { send } of clients) {
            const next = await send({ cookie: `theirs=2; ${token}; more=3` });
            assert.deepEqual(next, { ...first, cookies: ["own=1"] });
          }
          assert.equal(first.debug, first.arm === "v2" ? "v2; rule=browsers" : "v1; rule=default");
          tokens.add(token);
          arms.add(first.arm);
        }
        for (const { close } of clients) close();
        assert.equal(tokens.size, 40);
        assert.deepEqual(arms, new Set(["v1", "v2"]));
      });
    }

    test("are in the access log by an attribute", async () => {
      const client = http1(canary.port);
      const { debug } = await client.send({ "x-mark": "marked" });
      client.close();
      await until("the access log has the request", 3_000, () => canary.lines("marked").length > 0);
      assert.deepEqual(canary.lines("marked"), [`${LOGGED}marked ${debug}`]);
    });
  });
});

/** Has Envoy log of each request the attribute that the plugin sets. */
function logDecisions(manager: HttpManager): void {
  const line = `${LOGGED}%REQ(X-MARK)% %FILTER_STATE(wasm.tidegate.canary:PLAIN)%\n`;
  manager.access_log = [
    {
      name: "envoy.access_loggers.stdout",
      typed_config: {
        "@type": "type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StdoutAccessLog",
        log_format: { text_format_source: { inline_string: line } },
      },
    },
  ];
}
