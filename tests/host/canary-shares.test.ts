import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import fc from "fast-check";
import { type HeaderList, type Plugin, type PluginModule, Proxy, VirtualClock } from "../../tools/host/index.js";
import { ordinaryHeaders } from "../support/fuzz.js";
import { pluginModule } from "../support/plugin-module.js";

let module: PluginModule;
before(async () => {
  module = await pluginModule("canary");
});

const KEY = { header: "x-user-id" };
/** A Saturday. */
const START = "2026-11-21T09:00:00+01:00";
const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** One worker of a proxy of its own, whose clock shows this time. */
async function startAt(time: string, rule: object, seed = 1): Promise<{ proxy: Proxy; plugin: Plugin }> {
  const clock = new VirtualClock({ wallNs: BigInt(Date.parse(time)) * 1_000_000n });
  const proxy = new Proxy({ clock, seed });
  const vm = await proxy.createVm(module);
  const configuration = JSON.stringify({ rules: [{ name: "r", ...rule }] });
  const plugin = vm.startPlugin({ name: "canary", rootId: "canary", configuration });
  assert.ok(plugin.ok, proxy.logs.map(({ message }) => message).join("\n"));
  return { proxy, plugin };
}

interface Answered {
  arm: string | undefined;
  cookies: string[];
}

/** The arm of a request, and the cookies of its response, to which the upstream adds one of its own. */
function send(plugin: Plugin, headers: HeaderList): Answered {
  const stream = plugin.openStream();
  stream.requestHeaders([...ordinaryHeaders, ...headers], true);
  const arm = stream.request.headers.find(([name]) => name === "x-canary")?.[1];
  stream.responseHeaders([[":status", "200"], ["set-cookie", "own=1"]], true); // prettier-ignore
  const cookies = stream.response.headers.filter(([name]) => name === "set-cookie").map(([, value]) => value);
  stream.close();
  return { arm, cookies };
}

/** The arms of user0 to user<count - 1>. */
function arms(plugin: Plugin, count = 500): (string | undefined)[] {
  return Array.from({ length: count }, (_, user) => send(plugin, [["x-user-id", `user${user}`]]).arm);
}

/** Users who had an arm before and have not the same after. */
function moved(before: (string | undefined)[], after: (string | undefined)[]): number {
  return before.filter((arm, user) => arm !== undefined && arm !== after[user]).length;
}

describe("a ramp", () => {
  const percent = { start: START, from: 1, step: 10, every: "10m", hold: 50 };
  const rule = { arm: "v2", percent, key: KEY, salt: "ramp" };

  test("grows by the clock, only adds, and is the same on a proxy that starts later", async () => {
    const { proxy, plugin } = await startAt("2026-11-21T08:59:58+01:00", rule);
    assert.ok(
      arms(plugin).every((arm) => arm === undefined),
      "before the start",
    );
    let before = arms(plugin);
    const shares: number[] = [];
    proxy.clock.advanceMs(3 * SECOND);
    for (let minutes = 0; minutes <= 70; minutes += 10) {
      const now = arms(plugin);
      assert.equal(moved(before, now), 0);
      const late = await startAt(new Date(Number(proxy.clock.wallNs() / 1_000_000n)).toISOString(), rule, 2);
      assert.deepEqual(arms(late.plugin), now);
      shares.push(now.filter((arm) => arm === "v2").length / now.length);
      before = now;
      proxy.clock.advanceMs(10 * MINUTE);
    }
    // Four standard deviations of 500 draws at 50 percent are 9 percent.
    [1, 11, 21, 31, 41, 50, 50, 50].forEach((share, i) => {
      assert.ok(Math.abs(shares[i]! - share / 100) < 0.09, `${String(share)}: ${String(shares[i])}`);
    });
  });
});

describe("a schedule", () => {
  test("has its rule at work in its hours of its days, until its end", async () => {
    const windows = [{ days: ["mon", "tue"], from: "09:00", to: "17:30", utc_offset: "+01:00" }];
    const schedule = { start: START, end: "2026-11-24T12:00:00Z", windows };
    const { proxy, plugin } = await startAt(START, { arm: "v2", schedule });
    const at = (time: string): string | undefined => {
      proxy.clock.stepWallMs(Date.parse(time) - Number(proxy.clock.wallNs() / 1_000_000n));
      proxy.clock.advanceMs(SECOND);
      return send(plugin, []).arm;
    };
    assert.equal(send(plugin, []).arm, undefined, "Saturday");
    assert.equal(at("2026-11-23T07:59:00Z"), undefined);
    assert.equal(at("2026-11-23T08:00:00Z"), "v2");
    assert.equal(at("2026-11-23T16:29:58Z"), "v2");
    assert.equal(at("2026-11-23T16:30:00Z"), undefined);
    assert.equal(at("2026-11-24T11:59:58Z"), "v2");
    assert.equal(at("2026-11-24T12:00:00Z"), undefined, "over");
  });
});

describe("a split", () => {
  /** Rooms of 1 to 6 parts, what they have of them, and what that is raised to, in hundredths. */
  const parts = fc
    .array(fc.tuple(fc.nat(10_000), fc.nat(10_000), fc.nat(10_000)), { minLength: 1, maxLength: 6 })
    .map((drawn) => {
      const scale = Math.max(10_000, drawn.reduce((sum, [room]) => sum + room, 0)); // prettier-ignore
      return drawn.map(([weight, first, second]) => {
        const room = Math.floor((weight * 10_000) / scale);
        const more = Math.floor((first * room) / 10_000);
        return { room, more, less: Math.floor((second * more) / 10_000) };
      });
    });

  test("moves no user who has an arm when percentages are raised", async () => {
    await fc.assert(
      fc.asyncProperty(
        parts,
        fc.string({ minLength: 1, maxLength: 20, unit: "grapheme-ascii" }),
        async (drawn, salt) => {
          const rule = (which: "less" | "more"): object => ({
            split: drawn.map((one, i) => ({ arm: `v${String(i)}`, percent: one[which] / 100, room: one.room / 100 })),
            key: KEY,
            salt,
          });
          const before = arms((await startAt(START, rule("less"))).plugin, 200);
          const after = arms((await startAt(START, rule("more"))).plugin, 200);
          assert.equal(moved(before, after), 0);
        },
      ),
      { numRuns: 25, seed: 5 },
    );
  });

  test("gives nothing to a request without a key, unless one arm has all", async () => {
    const half = [{ arm: "v2", percent: 50 }, { arm: "v3", percent: 50 }]; // prettier-ignore
    const { plugin } = await startAt(START, { split: half, key: KEY, salt: "s" });
    assert.equal(send(plugin, []).arm, undefined);
    assert.equal(send(plugin, [["x-user-id", ""]]).arm, undefined);
    assert.ok(arms(plugin, 50).every((arm) => arm !== undefined));
    const all = await startAt(START, { split: [{ arm: "v2", percent: 100 }], key: KEY, salt: "s" });
    assert.equal(send(all.plugin, []).arm, "v2");
  });
});

describe("an assignment cookie", () => {
  const cookie = { name: "tg-canary", max_age: "30d", domain: "example.com" };
  const rule = { arm: "v2", percent: 30, key: { assign_cookie: cookie }, salt: "s" };
  const LINE =
    /^(tg-canary=[0-9a-f]{16}); Max-Age=2592000; Path=\/; Domain=example\.com; SameSite=Lax; Secure; HttpOnly$/;

  /** The token's cookie as a browser sends it back. */
  function assigned({ cookies }: Answered): string {
    assert.equal(cookies.length, 2);
    assert.equal(cookies[0], "own=1", "the upstream's own stays");
    const found = LINE.exec(cookies[1]!);
    assert.ok(found, cookies[1]);
    return found[1]!;
  }

  test("is set once, whatever the arm, and sticks both ways on every proxy while the share grows", async () => {
    const here = await startAt(START, rule);
    const there = await startAt(START, rule, 2);
    const raised = await startAt(START, { ...rule, percent: 60 }, 3);
    const tokens = new Set<string>();
    const inside = [0, 0];
    for (let browser = 0; browser < 500; browser++) {
      const first = send(here.plugin, []);
      const token = assigned(first);
      tokens.add(token);
      for (const { plugin } of [here, there]) {
        assert.deepEqual(send(plugin, [["cookie", `a=1; ${token}`]]), { arm: first.arm, cookies: ["own=1"] });
      }
      const later = send(raised.plugin, [["cookie", token]]).arm;
      if (first.arm !== undefined) assert.equal(later, "v2", "who was in stays in");
      inside[0]! += Number(first.arm === "v2");
      inside[1]! += Number(later === "v2");
    }
    assert.equal(tokens.size, 500);
    // Four standard deviations of 500 draws are 41 and 44.
    assert.ok(Math.abs(inside[0]! - 150) < 41 && Math.abs(inside[1]! - 300) < 44, inside.join());
  });

  test("is no other on another proxy", async () => {
    const here = assigned(send((await startAt(START, rule, 7)).plugin, []));
    assert.notEqual(assigned(send((await startAt(START, rule, 8)).plugin, [])), here);
  });

  test("is set anew for what is no token", async () => {
    const { plugin } = await startAt(START, rule);
    for (const value of ["", "v2", "0123456789ABCDEF", "0123456789abcdef0", "\xff".repeat(16)]) {
      assigned(send(plugin, [["cookie", `tg-canary=${value}`]]));
    }
    const good = "tg-canary=0123456789abcdef";
    assert.equal(send(plugin, [["cookie", `tg-canary=v2; ${good}`]]).cookies.length, 1, "one of several is good");
  });

  test("is not set for requests that no share asks", async () => {
    const match = { header: { name: "x-beta", present: true } };
    const { plugin } = await startAt(START, { ...rule, match });
    assert.deepEqual(send(plugin, []).cookies, ["own=1"]);
    assigned(send(plugin, [["x-beta", "1"]]));
  });
});
