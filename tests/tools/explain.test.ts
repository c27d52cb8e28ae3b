import { InvalidArgumentError } from "commander";
import fc from "fast-check";
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import type { Explained } from "../../tools/explain/explain.js";
import {
  addressOption,
  claimOption,
  headerOption,
  methodOption,
  pathOption,
  textOption,
  timeOption,
} from "../../tools/explain/options.js";
import { readSteps } from "../../tools/explain/steps.js";
import { tidegate } from "./memory-io.js";

const folder = mkdtempSync(join(tmpdir(), "tidegate-explain-"));
after(() => rmSync(folder, { recursive: true }));

/** A policy with canary, whose configuration is JSON. */
function policy(config: object, name = "shop", direction = "inbound"): string {
  return `apiVersion: tidegate.dev/v1alpha1
kind: PluginPolicy
metadata: { name: ${name}, namespace: default }
spec:
  workload: { labels: { app: ${name} } }
  attach: { direction: ${direction} }
  plugins: [{ name: canary, config: ${JSON.stringify(config)} }]
`;
}

const explain = (text: string, ...args: string[]) =>
  tidegate(["explain", "canary", "-f", "-", ...args], { stdin: text, cwd: folder });

/** The lines after the first, which names policy and request. */
async function lines(config: object, ...args: string[]): Promise<string[]> {
  const { exitCode, out, err } = await explain(policy(config), ...args);
  assert.deepEqual({ exitCode, err }, { exitCode: 0, err: "" });
  return out.trimEnd().split("\n").slice(1);
}

async function json(config: object, ...args: string[]): Promise<Explained> {
  const { exitCode, out, err } = await explain(policy(config), "-o", "json", ...args);
  assert.deepEqual({ exitCode, err }, { exitCode: 0, err: "" });
  return JSON.parse(out) as Explained;
}

const TESTERS = { ids: ["4711", "1000-1999"] };
const onUser = (test: object) => ({ header: { name: "x-user", ...test } });
/** Its key "ada" has a place between 21 and 31. */
const RAMP = {
  arm: "v2",
  percent: { start: "2099-11-21T00:00:00Z", from: 1, step: 10, every: "10m", hold: 50 },
  key: { header: "x-session" },
  salt: "s1",
};

describe("tidegate explain canary", () => {
  it("says which rule decides, why those before it do not, and what is sent", async () => {
    const config = {
      default: "v1",
      lists: { testers: TESTERS },
      debug: { response_header: "x-why", attribute: true },
      rules: [
        {
          name: "testers",
          match: { any: [onUser({ in_list: "testers" }), { not: onUser({ exact: "7" }) }] },
          arm: "v2",
        },
        { name: "open", schedule: { start: "2099-12-01T00:00:00Z" }, arm: "v3" },
        { name: "team", lane: { from: { header: "x-lane" }, lanes: ["team"] } },
        { name: "ramp", ...RAMP },
        { name: "rest", match: { path: { prefix: "/cart" } }, arm: "v4" },
        { name: "last", arm: "v5" },
      ],
    };
    const args = ["-H", "x-user: 7", "-H", "X-Session: bob", "-H", "x-canary: v9", "--path", "/cart?a=1"];
    const { exitCode, out, err } = await explain(policy(config), ...args, "--at", "2099-11-21T01:25:00+01:00");
    assert.deepEqual({ exitCode, err }, { exitCode: 0, err: "" });
    assert.equal(
      out,
      `canary of default/shop: GET localhost/cart?a=1 from 127.0.0.1 at 2099-11-21T00:25:00.000Z
rule testers: no, the request does not match
  no:  any
    no:  header "x-user" in_list "testers"
    no:  not
      yes: header "x-user" exact
rule open: no, its schedule starts at 2099-12-01T00:00:00Z
rule team: no, the request names none of its lanes
rule ramp: no, the key's place is in no arm's share
  place 39.12 of 100; v2 has 21 %, from 0 to 21
rule rest: yes, v4
  yes: path prefix
rule last: not asked
decision: v4, by the rule rest
upstream gets x-canary: v4, in place of v9
client gets x-why: v4; rule=rest
attribute tidegate.canary: v4; rule=rest
`,
    );
  });

  it("tells each reason once, and all that there are", async () => {
    const schedule = { start: "2026-01-05T00:00:00Z", end: "2099-02-01T00:00:00Z" };
    const night = { windows: [{ days: ["mon"], from: "22:00", to: "06:00", utc_offset: "+01:00" }] };
    const rules = [
      { name: "a", schedule, match: onUser({ present: true }), arm: "v2" },
      { name: "b", schedule: night, arm: "v2" },
      { name: "c", schedule: { windows: [{ days: ["tue"] }] }, arm: "v2", percent: 10, key: RAMP.key, salt: "s" },
    ];
    const before = await json({ rules }, "--at", "2026-01-04T12:00:00Z"); // a Sunday
    const reasons = ({ rules }: Explained) => rules.map((rule) => (rule.outcome === "not asked" ? [] : rule.reasons));
    assert.deepEqual(reasons(before), [
      ["its schedule starts at 2026-01-05T00:00:00Z", "the request does not match"],
      ["none of its schedule's windows is open"],
      ["none of its schedule's windows is open", "the request has no key"],
    ]);
    const over = await json({ rules }, "--at", "2099-02-01T00:00:00Z", "-H", "x-user;");
    assert.deepEqual(reasons(over)[0], ["its schedule ended at 2099-02-01T00:00:00Z"]);
    const open = await json({ rules }, "--at", "2026-01-05T21:00:00Z");
    assert.deepEqual(open.decision, { arm: "v2", by: "rule", rule: "b" });
  });

  it("shows the place of a key and the percentage at the time", async () => {
    const at = async (time: string): Promise<string[]> =>
      (await lines({ rules: [{ name: "ramp", ...RAMP }] }, "-H", "x-session: ada", "--at", time)).slice(0, 2);
    const place = "  place 25.05 of 100; v2 has";
    const no = "rule ramp: no, the key's place is in no arm's share";
    assert.deepEqual(await at("2099-11-20T23:59:59.999Z"), [no, `${place} 0 %`]);
    assert.deepEqual(await at("2099-11-21T00:20:00Z"), [no, `${place} 21 %, from 0 to 21`]);
    assert.deepEqual(await at("2099-11-21T00:30:00Z"), ["rule ramp: yes, v2", `${place} 31 %, from 0 to 31`]);
    const split = [
      { arm: "v2", percent: 12.5 },
      { arm: "v3", percent: 0.01 },
    ];
    const [verdict, shares] = await lines({ rules: [{ name: "r", split, key: RAMP.key, salt: "s" }] });
    assert.equal(verdict, "rule r: no, the request has no key");
    assert.equal(
      shares,
      "  no key, so only what is given to all; v2 has 12.5 %, from 0 to 12.5, v3 has 0.01 %, from 99.99 to 100",
    );
  });

  it("keeps the decision of trusted requests only", async () => {
    const trusted = { client_address: { in: ["10.0.0.0/8", "2001:db8::/32"] } };
    const config = { trusted, default: "v1", rules: [{ name: "r", match: onUser({ exact: "1" }), arm: "v2" }] };
    const given = ["-H", "x-canary: v2"];
    assert.deepEqual(await lines(config, ...given, "--client-address", "2001:db8::1"), [
      "trusted: yes, its own decision v2 is kept",
      "  yes: client_address in",
      "rule r: not asked",
      "decision: v2, as the request came with it",
      "upstream gets x-canary: v2, as it came",
    ]);
    const [no, , rule] = await lines(config, ...given, "--client-address", "192.0.2.1");
    assert.deepEqual([no, rule], ["trusted: no", "rule r: no, the request does not match"]);
    const other = await lines(config, "-H", "x-canary: v3", "--client-address", "10.0.0.1");
    assert.equal(other[0], "trusted: yes, but it brings no decision for a known arm");
    assert.equal(other.at(-1), "upstream gets x-canary: v1, in place of v3");
  });

  it("says what is taken away when there is no arm", async () => {
    const given = await lines({ rules: [] }, "-H", "x-canary: v1", "-H", "x-canary: v2");
    assert.deepEqual(given, [
      "decision: no arm: no rule decides, and there is no default",
      "upstream gets no x-canary: v1, v2 is taken away",
    ]);
    assert.equal((await lines({ rules: [] })).at(-1), "upstream gets no x-canary");
  });

  it("shows the label and the cookie", async () => {
    const cookie = { assign_cookie: { name: "tg", max_age: "30d" } };
    const config = {
      lane_propagation: { mode: "edge" },
      rules: [
        { name: "lanes", lane: { from: { header: "x-dev" }, lanes: ["team"] } },
        { name: "half", split: [{ arm: "v2", percent: 50 }, { arm: "v3", percent: 50 }], key: cookie, salt: "s" }, // prettier-ignore
      ],
    };
    const lane = await lines(config, "-H", "x-dev: team.ada", "-H", "x-lane: other");
    assert.deepEqual(lane.slice(-3), [
      "decision: team, by the rule lanes",
      "upstream gets x-canary: team",
      "upstream gets x-lane: team.ada, in place of other",
    ]);
    const drawn = await json(config);
    const [assigned] = drawn.client.map(({ header, after }) => `${header}: ${after.join()}`);
    const [, token] = /^set-cookie: tg=([0-9a-f]{16}); Max-Age=2592000; /.exec(assigned!) ?? [];
    assert.match(drawn.notes[0]!, /drawn by chance/);
    const kept = await json(config, "-H", `cookie: a=b; tg=${token}`);
    assert.deepEqual([kept.rules, kept.client, kept.notes], [drawn.rules, [], []], "the same place as was explained");
  });

  it("takes a request apart as a proxy does", async () => {
    const conditions = [
      onUser({ exact: "ü 1" }),
      { header: { name: "x-empty", present: true } },
      { cookie: { name: "c", exact: "1" } },
      { query: { name: "q", exact: "a b" } },
      { path: { exact: "/p" } },
      { method: { exact: "POST" } },
      { authority: { exact: "shop.example" } },
      { claim: { name: "sub", in: ["42"] } },
      { claim: { name: ["realm", "role"], exact: "qa" } },
      { claim: { name: "groups", exact: "dev" } },
      { claim: { name: "iss", payload: "other", present: false } },
      { source_identity: { prefix: "spiffe://a/" } },
      { client_address: { in: ["192.0.2.7"], trusted_hops: 1 } },
    ];
    const config = { rules: [{ name: "all", match: { all: conditions }, arm: "v2" }] };
    const [, ...told] = await lines(
      config,
      ...["-H", "x-user: ü 1 ", "-H", "x-empty;", "-H", "Cookie: c=1", "--method", "POST", "--path", "/p?q=a+b"],
      ...["-H", "Host: shop.example", "--claim", "sub=42", "--claim", "realm.role=qa"],
      ...["--claim", 'groups=["qa","dev"]', "--source-identity", "spiffe://a/b"],
      ...["-H", "x-forwarded-for: 192.0.2.7, 10.0.0.1"],
    );
    assert.deepEqual(told.filter((line) => line.includes("no: ")), []); // prettier-ignore
    assert.equal(told.filter((line) => line.includes("yes: ")).length, conditions.length + 1);
    const inside = await json(config, "--payload", "other", "--claim", 'realm={"role":"qa"}', "--claim", "iss=me");
    const [all] = inside.rules;
    const ofClaims =
      all?.outcome === "not asked" ? [] : all!.conditions.filter(({ condition }) => /^claim/.test(condition));
    assert.deepEqual(ofClaims.map(({ holds }) => holds), [false, false, false, false]); // prettier-ignore
  });

  it("notes what only proxies know", async () => {
    const config = {
      default: "v1",
      lists: { far: { fetch: { cluster: "lists", authority: "lists", path: "/far" } } },
      arms: [{ name: "v2", abort: { errors: { more_percent: 5 } } }],
      lane_propagation: { mode: "outbound", group: "shop" },
      rules: [{ name: "r", match: onUser({ in_list: "far" }), arm: "v2" }],
    };
    const { exitCode, out } = await explain(policy(config, "shop", "outbound"), "-o", "json");
    assert.equal(exitCode, 0);
    assert.deepEqual((JSON.parse(out) as Explained).notes, [
      "proxies fetch the list far: here nobody is on it",
      "proxies take the arm v2 out while it fails: here it does not",
      "proxies add labels that their inbound side remembers: here there are none",
    ]);
  });

  it("never shows an id or a text that something is compared with", async () => {
    const config = {
      lists: { testers: TESTERS },
      rules: [
        { name: "a", match: { all: [onUser({ in_list: "testers" }), onUser({ in: ["secret"] })] }, arm: "v2" },
        { name: "b", lane: { from: { header: "x-id" }, lanes: ["team"], users: [{ ids: ["4712"], lane: "team" }] } },
      ],
    };
    for (const form of ["text", "json"]) {
      const { exitCode, out } = await explain(policy(config), "-o", form, "-H", "x-user: 4711");
      assert.equal(exitCode, 0);
      assert.match(out, /no arm|"arm": null/);
      assert.doesNotMatch(out, /secret|471|1999/);
    }
  });

  it("reads lists from files", async () => {
    writeFileSync(join(folder, "testers.txt"), "# ids\n7\n4711\n");
    const config = {
      lists: { testers: { file: "testers.txt" } },
      rules: [{ name: "r", match: onUser({ in_list: "testers" }), arm: "v2" }],
    };
    const [rule] = await lines(config, "-H", "x-user: 4711");
    assert.equal(rule, "rule r: yes, v2");
  });

  it("explains conditions that are longer than a line of the log", async () => {
    const name = `x-${"a".repeat(60)}`;
    const any = Array.from({ length: 60 }, () => ({ header: { name, exact: "1" } }));
    const told = await lines({ rules: [{ name: "r", match: { any }, arm: "v2" }] }, "-H", `${name}: 1`);
    assert.equal(told.filter((line) => line === `    yes: header "${name}" exact`).length, 60);
  });
});

describe("tidegate explain, used wrongly", () => {
  const good = policy({ rules: [] });

  it("answers with one line and 2", async () => {
    const wrong: [args: string[], says: RegExp][] = [
      [["ratelimit", "-f", "-"], /^tidegate: there is no explanation of ratelimit; there is one of canary\n$/],
      [["canry", "-f", "-"], /^tidegate: there is no plugin "canry"\. Did you mean "canary"\?\n$/],
      [["canary"], /--file/],
      [["-f", "-"], /plugin/],
      [["canary", "-f", "-", "-H", "x-user"], /"name: value"/],
      [["canary", "-f", "-", "-H", "x-user:"], /"name;" for an empty value/],
      [["canary", "-f", "-", "-H", "x user: 1"], /"name: value"/],
      [["canary", "-f", "-", "-H", "x: a\nb"], /"name: value"/],
      [["canary", "-f", "-", "-H", ":path: /"], /--path/],
      [["canary", "-f", "-", "--path", "cart"], /begins with \//],
      [["canary", "-f", "-", "--method", "G T"], /method/],
      [["canary", "-f", "-", "--authority", ""], /text/],
      [["canary", "-f", "-", "--client-address", "10.0.0.1:80"], /without a port/],
      [["canary", "-f", "-", "--claim", "sub"], /name=value/],
      [["canary", "-f", "-", "--claim", "a=[null]"], /JSON/],
      [["canary", "-f", "-", "--claim", "a=1", "--claim", "a=2"], /JSON list/],
      [["canary", "-f", "-", "--at", "2026-11-21"], /RFC 3339|such as/],
      [["canary", "-f", "-", "--at", "2026-02-30T00:00:00Z"], /such as/],
      [["canary", "-f", "-", "--at", "2999-01-01T00:00:00Z"], /to 2499/],
      [["canary", "-f", "-", "--policy", "shap"], /no policy shap uses canary\. Allowed here: default\/shop/],
      [["canary", "-f", "-", "-o", "yaml"], /Allowed choices/],
    ];
    for (const [args, says] of wrong) {
      const { exitCode, out, err } = await tidegate(["explain", ...args], { stdin: good });
      assert.deepEqual({ exitCode, out }, { exitCode: 2, out: "" }, args.join(" "));
      assert.match(err, /^tidegate: [^\n]+\n$/);
      assert.match(err, says);
    }
  });

  it("asks which of several policies is meant", async () => {
    const both = `${good}---\n${policy({ default: "v1", rules: [] }, "other")}`;
    const which = await explain(both);
    const err = "tidegate: several policies use canary: choose one by --policy: default/shop, default/other\n";
    assert.deepEqual(which, { exitCode: 2, out: "", err });
    for (const name of ["other", "default/other"]) {
      assert.match((await explain(both, "--policy", name)).out, /^canary of default\/other: .*\n^decision: v1/m);
    }
    const none = await explain(good.replace(/canary, .*/, "trace, config: { trust: full } }]"));
    assert.deepEqual(none, { exitCode: 2, out: "", err: "tidegate: no policy here uses canary\n" });
  });

  it("reports what is wrong with a policy, and ends with 1", async () => {
    const { exitCode, out, err } = await explain(policy({ rules: [{ name: "r", arm: "v2", percent: 101 }] }));
    assert.deepEqual({ exitCode, out }, { exitCode: 1, out: "" });
    assert.match(err, /^<stdin>:7:80: error TG2005 101 is too large\./m);
    const missing = await tidegate(["explain", "canary", "-f", "nowhere.yaml"], { cwd: folder });
    assert.equal(missing.exitCode, 1);
    assert.match(missing.err, /^nowhere\.yaml:1:1: error TG1001 [^\n]+\n$/);
  });
});

describe("steps that a module tells", () => {
  it("are read from its lines, among others", () => {
    const told = [
      "other",
      "explain: rule r",
      "explain: condition   yes: a",
      "explain: decided 0 v2",
      "explain: rule late",
    ];
    assert.deepEqual(readSteps(told), {
      rules: [{ rule: "r", conditions: [{ holds: true, depth: 1, condition: "a" }], stopped: false }],
      decidedBy: 0,
      arm: "v2",
    });
  });

  it("are none in lines of another form, whatever those are", () => {
    for (const line of ["place 1", "condition no:  a", "part v2 0 1", "decided", "decided x v2", "rule r\n", "words"]) {
      assert.equal(readSteps([`explain: ${line}`]), undefined);
    }
    const words = fc.constantFrom(
      "trusted",
      "rule",
      "schedule",
      "condition",
      "place",
      "part",
      "arm",
      "stopped",
      "decided",
    );
    const line = fc.tuple(words, fc.string()).map(([word, rest]) => `explain: ${word} ${rest}`);
    fc.assert(
      fc.property(fc.array(fc.oneof(line, fc.string())), (lines) => {
        const steps = readSteps(lines);
        assert.ok(steps === undefined || lines.some((text) => /^explain: decided -?\d+ \S+$/.test(text)));
      }),
    );
  });
});

describe("what a request is described by", () => {
  it("is taken or refused, whatever it is", () => {
    const readers = [headerOption, claimOption, addressOption, pathOption, methodOption, textOption, timeOption];
    fc.assert(
      fc.property(
        fc.constantFrom<(text: string) => unknown>(...readers),
        fc.string({ unit: "binary" }),
        (read, text) => {
          try {
            assert.doesNotMatch(String(read(text)), /[\r\n\0]/);
          } catch (error) {
            assert.ok(error instanceof InvalidArgumentError, String(error));
          }
        },
      ),
    );
  });

  it("has any header that HTTP allows", () => {
    const name = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,20}$/);
    const value = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/);
    fc.assert(
      fc.property(name, value, (header, text) => {
        assert.deepEqual(headerOption(`${header}: ${text}`), [[header, text]]);
        assert.deepEqual(headerOption(`${header}:${text} `, [["a", "b"]]), [["a", "b"], [header, text]]); // prettier-ignore
      }),
    );
  });

  it("has any time that Date knows", () => {
    const date = fc.date({ min: new Date("1971-01-01"), max: new Date("2499-12-31"), noInvalidDate: true });
    fc.assert(fc.property(date, (time) => assert.equal(timeOption(time.toISOString()), time.getTime())));
    assert.equal(timeOption("2026-11-21t09:00:00.5+01:00"), Date.UTC(2026, 10, 21, 8, 0, 0, 500));
  });
});
