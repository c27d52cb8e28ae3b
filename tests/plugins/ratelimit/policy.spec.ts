import { ticksOf } from "../../../assembly/core/gcra";
import { Limiter, SECOND } from "./request";

const PER_USER =
  '{"name": "user", "key": {"header": "x-user"}, "quota": {"requests": 10, "per": "second", "burst": 3}}';
const SHADOWED = PER_USER.replace('"quota"', '"shadow": true, "quota"');
const ALL = '{"name": "all", "quota": {"requests": 100, "per": "second", "burst": 5}}';
const FEW_KEYS = ', "max_keys": 64';

/** As a rule named `name` with this match and a burst of 1, one a minute. */
function ruleFor(name: string, match: string): string {
  return `{"name": "${name}", "match": ${match}, "quota": {"requests": 1, "per": "minute", "burst": 1}}`;
}

describe("a rule with a key", () => {
  it("gives each key its own quota", () => {
    const limiter = new Limiter(PER_USER);
    expect(limiter.admitted(limiter.request().with("x-user", "a"), 10)).toBe(3);
    expect(limiter.admitted(limiter.request().with("x-user", "b"), 10)).toBe(3);
    limiter.nowNs += SECOND / 5;
    expect(limiter.admitted(limiter.request().with("x-user", "a"), 10)).toBe(2);
  });

  it("puts all requests without the key, or with an empty one, into one bucket", () => {
    const limiter = new Limiter(PER_USER);
    expect(limiter.admitted(limiter.request(), 2)).toBe(2);
    expect(limiter.admitted(limiter.request().with("x-user", ""), 10)).toBe(1);
    expect(limiter.admitted(limiter.request().with("x-user", "a"), 10)).toBe(3);
  });

  it("tells long values apart that differ at either end or in length, and reads no more of them", () => {
    const limiter = new Limiter(PER_USER);
    const long = "v".repeat(60_000);
    expect(limiter.admitted(limiter.request().with("x-user", long), 10)).toBe(3);
    expect(limiter.admitted(limiter.request().with("x-user", long + "v"), 10)).toBe(3);
    expect(limiter.admitted(limiter.request().with("x-user", "a" + long.slice(1)), 10)).toBe(3);
    expect(limiter.admitted(limiter.request().with("x-user", long.slice(1) + "a"), 10)).toBe(3);
    const middle = "v".repeat(30_000) + "a" + "v".repeat(29_999);
    expect(limiter.admitted(limiter.request().with("x-user", middle), 10)).toBe(0, "shares the bucket of `long`");
  });

  it("takes the client's address without its port", () => {
    const limiter = new Limiter(
      '{"name": "ip", "key": {"client_address": true}, "quota": {"requests": 2, "per": "hour"}}',
    );
    expect(limiter.admitted(limiter.request().from("10.0.0.1:1000"), 1)).toBe(1);
    expect(limiter.admitted(limiter.request().from("10.0.0.1:2000"), 5)).toBe(1);
    expect(limiter.admitted(limiter.request().from("10.0.0.2:1000"), 5)).toBe(2);
    expect(limiter.admitted(limiter.request().from("[2001:db8::1]:1"), 1)).toBe(1);
    expect(limiter.admitted(limiter.request().from("[2001:db8::1]:2"), 5)).toBe(1);
    expect(limiter.admitted(limiter.request(), 5)).toBe(2, "no address: the bucket for no key");
  });

  it("takes the path without its query", () => {
    const limiter = new Limiter('{"name": "path", "key": {"path": true}, "quota": {"requests": 2, "per": "hour"}}');
    expect(limiter.admitted(limiter.request().with(":path", "/a?x=1"), 1)).toBe(1);
    expect(limiter.admitted(limiter.request().with(":path", "/a?x=2"), 1)).toBe(1);
    expect(limiter.admitted(limiter.request().with(":path", "/a"), 1)).toBe(0);
    expect(limiter.admitted(limiter.request().with(":path", "/a/"), 1)).toBe(1);
  });
});

describe("a match", () => {
  it("without conditions takes every request", () => {
    const limiter = new Limiter(ALL);
    expect(limiter.admitted(limiter.request(), 9)).toBe(5);
    expect(limiter.wait(limiter.request().without(":path").without(":method"))).toBeGreaterThan(0);
  });

  it("compares the path by prefix or whole, without query", () => {
    const prefix = new Limiter(ruleFor("p", '{"path": {"prefix": "/api"}}'));
    expect(prefix.wait(prefix.request().with(":path", "/apis?q"))).toBe(0);
    expect(prefix.wait(prefix.request().with(":path", "/ap"))).toBe(-1);
    expect(prefix.wait(prefix.request().with(":path", "/?/api"))).toBe(-1);
    const exact = new Limiter(ruleFor("e", '{"path": {"exact": "/x"}}'));
    expect(exact.wait(exact.request().with(":path", "/x?y"))).toBe(0);
    expect(exact.wait(exact.request().with(":path", "/xy"))).toBe(-1);
    expect(exact.wait(exact.request().without(":path"))).toBe(-1);
  });

  it("takes any of several methods, as they are written", () => {
    const limiter = new Limiter(ruleFor("m", '{"methods": ["POST", "PUT"]}'));
    expect(limiter.wait(limiter.request())).toBe(-1);
    expect(limiter.wait(limiter.request().with(":method", "put"))).toBe(-1);
    expect(limiter.wait(limiter.request().with(":method", "PUT"))).toBe(0);
  });

  it("wants every header condition to hold", () => {
    const limiter = new Limiter(
      ruleFor("h", '{"headers": [{"name": "x-plan", "exact": "free"}, {"name": "x-beta", "present": false}]}'),
    );
    expect(limiter.wait(limiter.request())).toBe(-1);
    expect(limiter.wait(limiter.request().with("x-plan", "freed"))).toBe(-1);
    expect(limiter.wait(limiter.request().with("x-plan", "free").with("x-beta", ""))).toBe(-1);
    expect(limiter.wait(limiter.request().with("x-plan", "free"))).toBe(0);
  });

  it("compares headers by prefix and presence", () => {
    const prefix = new Limiter(ruleFor("p", '{"headers": [{"name": "user-agent", "prefix": "curl/"}]}'));
    expect(prefix.wait(prefix.request().with("user-agent", "curl/8"))).toBe(0);
    expect(prefix.wait(prefix.request().with("user-agent", "curl"))).toBe(-1);
    const present = new Limiter(ruleFor("q", '{"headers": [{"name": "x-any", "present": true}]}'));
    expect(present.wait(present.request().with("x-any", ""))).toBe(0);
    expect(present.wait(present.request())).toBe(-1);
  });

  it("asks only for the headers that can still decide", () => {
    const limiter = new Limiter(
      ruleFor("a", '{"path": {"exact": "/a"}, "headers": [{"name": "x-a", "present": true}]}') + "," + PER_USER,
    );
    const request = limiter.request().with("x-user", "u");
    limiter.wait(request);
    expect(request.reads.join()).toBe(":path,x-user");
  });
});

describe("several rules", () => {
  it("are all checked before any is debited: a rejected request costs nothing anywhere", () => {
    const limiter = new Limiter(PER_USER + "," + ALL);
    expect(limiter.admitted(limiter.request().with("x-user", "a"), 100)).toBe(3);
    // 97 of user a were rejected by the first rule; the second still has 2 of its 5.
    expect(limiter.admitted(limiter.request().with("x-user", "b"), 100)).toBe(2);
    // and those that the second rejected cost user b nothing of the first.
    limiter.nowNs += SECOND / 100;
    expect(limiter.admitted(limiter.request().with("x-user", "b"), 100)).toBe(1);
    const user = limiter.totals(0);
    const all = limiter.totals(1);
    expect(user.admitted).toBe(6);
    expect(all.admitted).toBe(6);
    // The second rule knows without asking the shared state that it has none left; so the first is not asked.
    expect(user.rejected).toBe(97);
    expect(all.rejected).toBe(98 + 99);
  });

  it("answer the longest wait", () => {
    const hourly = '{"name": "hourly", "quota": {"requests": 1, "per": "hour", "burst": 1}}';
    const limiter = new Limiter(ALL + "," + hourly);
    expect(limiter.admitted(limiter.request(), 5)).toBe(1);
    expect(limiter.wait(limiter.request())).toBe(<i64>ticksOf(3600 * SECOND));
  });
});

describe("shadow", () => {
  it("counts what it would reject, on its own state, and lets it pass", () => {
    const limiter = new Limiter(SHADOWED);
    expect(limiter.admitted(limiter.request().with("x-user", "a"), 10)).toBe(10);
    const rule = limiter.totals(0);
    expect(rule.admitted).toBe(3);
    expect(rule.wouldReject).toBe(7);
    expect(rule.rejected).toBe(0);
    limiter.nowNs += SECOND / 10;
    limiter.wait(limiter.request().with("x-user", "a"));
    expect(rule.admitted).toBe(4, "as if the seven had been rejected");
  });

  it("does not keep other rules from being debited, nor from rejecting", () => {
    const limiter = new Limiter(SHADOWED + "," + ALL);
    expect(limiter.admitted(limiter.request().with("x-user", "a"), 10)).toBe(5);
    expect(limiter.totals(0).admitted).toBe(3);
    expect(limiter.totals(0).wouldReject).toBe(7);
    expect(limiter.totals(1).rejected).toBe(5);
  });

  it("for all rules rejects nothing", () => {
    const limiter = new Limiter(PER_USER + "," + ALL, ', "shadow": true');
    expect(limiter.admitted(limiter.request().with("x-user", "a"), 10)).toBe(10);
    expect(limiter.totals(0).wouldReject).toBe(7);
  });
});

describe("bounded memory", () => {
  it("never resets a hot key during a scan of others", () => {
    const limiter = new Limiter(
      '{"name": "u", "key": {"header": "x-user"}, "quota": {"requests": 1, "per": "hour", "burst": 3}}',
      FEW_KEYS,
    );
    const hot = limiter.request().with("x-user", "hot");
    expect(limiter.admitted(hot, 10)).toBe(3);
    let hotAdmitted = 0;
    for (let i = 0; i < 20_000; i++) {
      limiter.nowNs += 1000;
      limiter.wait(limiter.request().with("x-user", i.toString()));
      if (i % 100 == 0) hotAdmitted += limiter.admitted(hot, 1);
    }
    expect(hotAdmitted).toBe(0);
    expect(limiter.totals(0).evictions).toBe(0);
  });

  it("lets keys that find no slot in their page share one bucket of it", () => {
    const limiter = new Limiter(PER_USER, FEW_KEYS);
    let admitted = 0;
    for (let i = 0; i < 1000; i++) admitted += limiter.admitted(limiter.request().with("x-user", i.toString()), 1);
    // 64 keys are two pages of 63 slots and a spare bucket each.
    expect(limiter.totals(0).overflows).toBe(2 * 3, "the bursts of two buckets");
    expect(admitted).toBe(2 * 63 + 2 * 3);
  });

  it("counts slots given to another key", () => {
    const limiter = new Limiter(PER_USER, FEW_KEYS);
    for (let i = 0; i < 1000; i++) {
      limiter.nowNs += SECOND;
      expect(limiter.admitted(limiter.request().with("x-user", i.toString()), 1)).toBe(1);
    }
    expect(limiter.totals(0).overflows).toBe(0);
    expect(limiter.totals(0).evictions).toBeGreaterThan(800);
  });

  it("forgets in sweeps only what owes nothing", () => {
    const limiter = new Limiter(PER_USER, FEW_KEYS);
    const a = limiter.request().with("x-user", "a");
    expect(limiter.admitted(a, 3)).toBe(3);
    for (let i = 0; i < 100; i++) limiter.policy.sweep(limiter.nowNs);
    expect(limiter.admitted(a, 3)).toBe(0);
    limiter.nowNs += SECOND;
    for (let i = 0; i < 100; i++) limiter.policy.sweep(limiter.nowNs);
    expect(limiter.admitted(a, 10)).toBe(3);
  });
});

describe("time", () => {
  it("that goes back gives nothing, that jumps ahead gives one burst", () => {
    const limiter = new Limiter(PER_USER);
    const a = limiter.request().with("x-user", "a");
    expect(limiter.admitted(a, 10)).toBe(3);
    limiter.nowNs -= 500 * SECOND;
    expect(limiter.admitted(a, 10)).toBe(0);
    limiter.nowNs += SECOND / 10;
    expect(limiter.admitted(a, 10)).toBe(1, "and shuts nobody out");
    limiter.nowNs += 30 * 86_400 * SECOND;
    expect(limiter.admitted(a, 10)).toBe(3);
  });
});
