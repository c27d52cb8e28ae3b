// What the plugin tells of its own decisions; how it is put is tested in ratelimit-answers.test.ts.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { HeaderList, PluginModule } from "../../tools/host/index.js";
import { pluginModule } from "../support/plugin-module.js";
import { type RateLimitConfig, Rig } from "../support/ratelimit.js";

const PER_USER = { name: "user", key: { header: "x-user" }, quota: { requests: 10, per: "minute", burst: 4 } } as const;
const ALL = { name: "all", quota: { requests: 20, per: "hour" } } as const;
const TELL = { rate_limit_headers: "always", legacy_headers: "always" };

let module: PluginModule;
before(async () => {
  module = await pluginModule("ratelimit");
});

const start = (config: RateLimitConfig) => Rig.start(module, config);
const user = (name: string): HeaderList => [["x-user", name]];

/** The fields of the response to one admitted request. */
function fieldsOf(rig: Rig, headers: HeaderList): Record<string, string> {
  const stream = rig.plugin.openStream();
  stream.requestHeaders([[":path", "/"], [":method", "GET"], ...headers], true); // prettier-ignore
  assert.equal(stream.localResponse, undefined);
  stream.responseHeaders([[":status", "200"]], true);
  const fields = Object.fromEntries(stream.response.headers.filter(([name]) => name.includes("ratelimit")));
  stream.close();
  return fields;
}

describe("an admitted request", () => {
  test("is told what is left of the tightest rule, and how long until there is more", async () => {
    const rig = await start({ rules: [PER_USER, ALL], response: TELL });
    assert.deepEqual(fieldsOf(rig, user("ada")), {
      "ratelimit-policy": '"user";q=10;w=60;tidegate-burst=4',
      ratelimit: '"user";r=3;t=6',
      "x-ratelimit-limit": "4",
      "x-ratelimit-remaining": "3",
      "x-ratelimit-reset": "6",
    });
    rig.proxy.clock.advanceMs(2500);
    assert.equal(fieldsOf(rig, user("ada"))["ratelimit"], '"user";r=2;t=4');
    for (const name of ["b", "c", "d", "e", "f", "g"]) for (let i = 0; i < 2; i++) rig.send(user(name));
    // 14 of the 20 are spent: a new user has 3 of 4 left, all together have 5 of 20.
    assert.equal(fieldsOf(rig, user("new"))["ratelimit"], '"all";r=5;t=178');
  });

  test("is told what is true: so many more are admitted, then none before the time is over", async () => {
    const rig = await start({ rules: [PER_USER], response: TELL });
    for (let step = 0; step < 30; step++) {
      rig.proxy.clock.advanceMs(1700 * (step % 5));
      const { response } = rig.send(user("ada"));
      const told =
        response?.headers.find(([name]) => name === "ratelimit")?.[1] ?? fieldsOf(rig, user(`${step}`))["ratelimit"]!;
      if (!response) continue;
      const [, seconds] = /r=0;t=(\d+)$/.exec(told)!;
      rig.proxy.clock.advanceMs(Number(seconds) * 1000 - 1000);
      assert.equal(rig.admitted(1, user("ada")), 0, "a second before");
      rig.proxy.clock.advanceMs(1000);
      assert.equal(rig.admitted(1, user("ada")), 1);
    }
  });

  test("is told nothing of shadow rules, nor when no rule is for it", async () => {
    const shadow = { ...PER_USER, quota: { requests: 1, per: "day" }, shadow: true } as const;
    const rig = await start({ rules: [shadow, { ...ALL, match: { path: { exact: "/a" } } }], response: TELL });
    assert.deepEqual(fieldsOf(rig, user("ada")), {});
    assert.match(fieldsOf(rig, [[":path", "/a"], ...user("ada")])["ratelimit"] ?? "", /^$/);
  });
});

describe("a rejected request", () => {
  test("is told the rule that turned it away, in details, fields and Retry-After", async () => {
    const rules = [
      { ...PER_USER, quota: { requests: 1, per: "minute" } },
      { ...ALL, quota: { requests: 1, per: "hour" } },
    ] as const;
    const rig = await start({ rules: [...rules], response: { retry_after_jitter_percent: 0 } });
    const told = (name: string) => {
      const { response } = rig.send(user(name));
      const { "retry-after": retryAfter, ratelimit } = Object.fromEntries(response!.headers);
      return [response!.details, retryAfter, ratelimit];
    };
    rig.send(user("ada"));
    assert.deepEqual(told("bob"), ["tidegate_ratelimit{all}", "3600", '"all";r=0;t=3600']);
    rig.proxy.clock.advanceMs(60_000);
    assert.deepEqual(told("ada"), ["tidegate_ratelimit{all}", "3540", '"all";r=0;t=3540']);
  });

  test("is told the quota of its own key", async () => {
    const overrides = [{ key: "ada", quota: { requests: 2, per: "day" } }];
    const rig = await start({ rules: [{ ...PER_USER, overrides }] });
    assert.equal(rig.admitted(3, user("ada")), 2);
    const { response } = rig.send(user("ada"));
    const fields = Object.fromEntries(response!.headers);
    assert.equal(fields["ratelimit-policy"], '"user";q=2;w=86400');
    assert.equal(fields["ratelimit"], '"user";r=0;t=43200');
  });

  test("has a Retry-After that differs from one to the next, never before the time told", async () => {
    const rig = await start({ rules: [{ ...ALL, quota: { requests: 1, per: "day" } }] });
    rig.send();
    const seen = new Set<number>();
    for (let i = 0; i < 100; i++) seen.add(Number(rig.send().retryAfter));
    assert.ok(seen.size > 50, String(seen.size));
    assert.ok(Math.min(...seen) >= 86_400 && Math.max(...seen) <= 95_040);
  });
});

describe("a request that is not turned away only because of shadow", () => {
  test("says so to the upstream, and counts", async () => {
    const rig = await start({
      rules: [{ ...ALL, quota: { requests: 1, per: "day" }, shadow: true }],
      response: { shadow_header: "x-would-limit" },
    });
    const forwarded = () => {
      const stream = rig.plugin.openStream();
      stream.requestHeaders([[":path", "/"]], true);
      const header = stream.request.headers.find(([name]) => name === "x-would-limit")?.[1];
      stream.close();
      return header;
    };
    assert.equal(forwarded(), undefined);
    assert.equal(forwarded(), "all");
    assert.equal(rig.count("all", "would_reject"), 1);
    assert.equal(rig.count("all", "admitted"), 1);
  });
});

describe("a quota for each connection", () => {
  test("begins anew with each", async () => {
    const rig = await start({ rules: [{ ...ALL, key: { connection: true }, quota: { requests: 2, per: "hour" } }] });
    const on = (id: bigint) => ({ "connection.id": id });
    assert.equal(rig.admitted(5, [], on(7n)), 2);
    assert.equal(rig.admitted(5, [], on(8n)), 2);
    assert.equal(rig.admitted(5, [], on(7n)), 0);
  });
});

describe("the offenders", () => {
  const lines = (rig: Rig) =>
    rig.proxy.logs.map(({ message }) => message).filter((line) => line.includes("turned away"));
  const HOURLY = { ...PER_USER, quota: { requests: 1, per: "hour" } } as const;
  const tickFor = (rig: Rig, seconds: number) => {
    for (let i = 0; i < seconds; i++) {
      rig.proxy.clock.advanceMs(1000);
      rig.plugin.tick();
    }
  };

  test("are named once in each period, the heaviest first, not for each request", async () => {
    const rig = await start({
      rules: [HOURLY, { ...ALL, key: { path: true }, quota: { requests: 1, per: "day" }, shadow: true }],
      offenders: { names: "plain", top: 2 },
    });
    for (let i = 0; i < 31; i++) rig.send([[":path", `/${i}`], ...user("ada")]);
    for (let i = 0; i < 11; i++) rig.send([[":path", `/${i}`], ...user("evil\nratelimit: forged")]);
    for (let i = 0; i < 3; i++) rig.send([[":path", "/same"], ...user(`u${i}`)]);
    assert.deepEqual(lines(rig), []);
    tickFor(rig, 61);
    assert.deepEqual(lines(rig), [
      String.raw`ratelimit: 43 turned away in 60 s by this worker, most of them: user "ada" 30, user "evil\x0aratelimit: forged" 10`,
    ]);
    tickFor(rig, 60);
    assert.equal(lines(rig).length, 1, "nobody was turned away");
  });

  test("cannot forge another entry", async () => {
    const rig = await start({ rules: [HOURLY], offenders: { names: "plain" } });
    for (let i = 0; i < 5; i++) rig.send(user('a" 5000, user "victim'));
    tickFor(rig, 61);
    assert.deepEqual(lines(rig), [
      `ratelimit: 4 turned away in 60 s by this worker, most of them: user "a' 5000, user 'victim" 4`,
    ]);
  });

  test("are masked unless told otherwise, and nobody is named by default", async () => {
    const masked = await start({ rules: [HOURLY], offenders: {} });
    const silent = await start({ rules: [HOURLY] });
    for (const rig of [masked, silent]) {
      for (let i = 0; i < 5; i++) rig.send(user("Bearer secret-of-ada"));
      tickFor(rig, 61);
    }
    assert.deepEqual(lines(masked), [
      'ratelimit: 4 turned away in 60 s by this worker, most of them: user "Bear***" 4',
    ]);
    assert.deepEqual(lines(silent), []);
  });

  test("cost a rejected request no allocation and no host call", async () => {
    const counting = await pluginModule("ratelimit", "counting");
    const costs: unknown[] = [];
    for (const offenders of [undefined, {}]) {
      const rules = [{ ...HOURLY, key: [{ header: "x-user" }, { client_address: true }] }] as const;
      const rig = await Rig.start(counting, { rules: [...rules], offenders });
      const properties = { "source.address": "10.0.0.1:80" };
      for (let i = 0; i < 5; i++) rig.send(user("ada"), properties);
      const { counts } = rig.send(user("ada"), properties);
      assert.equal(counts.heapAllocations, 0);
      costs.push(counts.hostCalls);
    }
    assert.deepEqual(costs[0], costs[1]);
  });
});
