import assert from "node:assert/strict";
import fc from "fast-check";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { parse, parseAllDocuments, stringify } from "yaml";
import type { PolicyDocument } from "../../tools/policy/model.js";
import { aborted, finished, setPercent } from "../../tools/rollout/edit.js";
import { started } from "../../tools/rollout/start.js";
import { type Ran, tidegate } from "./memory-io.js";

const folder = mkdtempSync(join(tmpdir(), "tidegate-rollout-"));
after(() => rmSync(folder, { recursive: true }));

const OLD = `# the limits of reviews
apiVersion: tidegate.dev/v1alpha1
kind: PluginPolicy
metadata: { name: reviews, namespace: shop }
spec:
  workload: { labels: { app: reviews } } # who
  attach: { direction: inbound, ports: [9080] }
  moduleUrl: file:///etc/tidegate/{plugin}.wasm

  plugins:
    # as agreed with the owners
    - name: ratelimit
      config:
        rules:
          - name: per-user # everyone
            key: { header: x-user }
            quota: { requests: 100, per: second }
`;
const NEW = OLD.replace("requests: 100", "requests: 50").replace("as agreed", "halved, as agreed");

const rollout = (args: string[], files: Record<string, string>): Promise<Ran> => {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return tidegate(["rollout", ...args], { cwd: folder });
};
const begin = async (now = NEW, old = OLD, ...more: string[]): Promise<Ran> =>
  rollout(["start", "--stable", "old.yaml", "-f", "new.yaml", "--percent", "10", ...more], {
    "old.yaml": old,
    "new.yaml": now,
  });

describe("rollout start", () => {
  it("adds the old side to the new policy, with the comments of both", async () => {
    const { exitCode, out, err } = await begin(NEW, OLD, "--salt", "2026-11-limits");
    assert.deepEqual([exitCode, err], [0, ""]);
    const stable = OLD.slice(OLD.indexOf("    # as agreed")).replace(/^/gm, "    ").trimEnd();
    const added = `  rollout:\n    percent: 10\n    salt: "2026-11-limits"\n    stable:\n      plugins:\n${stable}\n`;
    assert.equal(out, NEW + added);
  });

  it("makes a salt from the change, always the same", async () => {
    const saltOf = async (now: string): Promise<string> =>
      (parse((await begin(now)).out) as PolicyDocument).spec.rollout!.salt;
    const salt = await saltOf(NEW);
    assert.match(salt, /^reviews-[0-9a-f]{8}$/);
    assert.equal(await saltOf(NEW.replace("halved", "cut in two")), salt);
    assert.notEqual(await saltOf(NEW.replace("requests: 50", "requests: 51")), salt);
  });

  it("takes a flow mapping, several policies, and lists from another folder", async () => {
    const flow = (requests: number): string => stringify(parse(NEW.replace("50", String(requests))), { defaultStringType: "QUOTE_DOUBLE", collectionStyle: "flow" }); // prettier-ignore
    const { out } = await begin(flow(50), flow(100));
    assert.equal((parse(out) as PolicyDocument).spec.rollout?.percent, 10);
    const other = OLD.replaceAll("reviews", "ratings");
    const both = await begin(`${NEW}---\n${other}`, `${other}---\n${OLD}`);
    const [first, second] = parseAllDocuments(both.out).map((document) => document.toJS() as PolicyDocument);
    assert.ok(first!.spec.rollout);
    assert.equal(second!.spec.rollout, undefined);
    assert.ok(both.out.endsWith(`---\n${other}`));
  });

  it("names what would count for all at once, in the new file", async () => {
    const { exitCode, out, err } = await begin(NEW.replace("[9080]", "[9081]"));
    assert.deepEqual([exitCode, out], [1, ""]);
    assert.match(
      err,
      /^new\.yaml:7:3: error TG3404 attach\.ports: .*9080.* would count for all proxies at once\. Make it/,
    );
    assert.equal((await begin(NEW.replace("# who", "# whom"))).exitCode, 0);
  });

  it("lets arms and upstreams be added, not changed", async () => {
    const withRoutes = (text: string, arms: string, rules: string): string =>
      `${text.slice(0, text.indexOf("\n  plugins"))}
  plugins: [{ name: canary, config: { default: v1, rules: [${rules}] } }]
  routes: { service: reviews, arms: [${arms}] }
`.replace("inbound, ports: [9080]", "outbound");
    const v = (name: string, version = name): string => `{ name: ${name}, labels: { version: ${version} } }`;
    const old = withRoutes(OLD, v("v1"), "");
    const rule = "{ name: a, arm: v2 }";
    assert.equal((await begin(withRoutes(NEW, `${v("v1")}, ${v("v2")}`, rule), old)).exitCode, 0);
    assert.match((await begin(withRoutes(NEW, `${v("v1", "old")}, ${v("v2")}`, rule), old)).err, /TG3404/);
    const gone = withRoutes(NEW, v("v1"), "");
    assert.match((await begin(gone, withRoutes(OLD, `${v("v1")}, ${v("v2")}`, rule))).err, /TG3404 .*v2/);
  });

  it("finds what is wrong with the old side in the old file", async () => {
    const wrong = OLD.replace("requests: 100", "requests: many");
    const { exitCode, err } = await begin(NEW, wrong);
    assert.equal(exitCode, 1);
    assert.match(err, /^old\.yaml:17:32: error TG2003/);
  });

  it("refuses a rollout of nothing, within another, or of a policy that there was not", async () => {
    assert.match((await begin(OLD)).err, /^new\.yaml:10:3: error TG3406/);
    assert.match((await begin((await begin()).out)).err, /TG3407 a rollout of shop\/reviews is under way already/);
    assert.match(
      (await begin(NEW.replace("reviews,", "ratings,"))).err,
      /TG3407 old\.yaml has no policy shop\/ratings/,
    );
  });

  it("refuses wrong usage", async () => {
    for (const percent of ["101", "-1", "1.234", "x", ""])
      assert.equal(
        (await rollout(["start", "--stable", "o", "-f", "n", `--percent=${percent}`], {})).exitCode,
        2,
        percent,
      );
    assert.equal(
      (await rollout(["start", "--stable", "o", "-f", "n", "--percent", "1", "--salt", "a b"], {})).exitCode,
      2,
    );
    assert.equal((await rollout(["start", "--stable", "o", "-f", "o", "--percent", "1"], {})).exitCode, 2);
    assert.equal((await rollout(["start", "--stable", "no", "-f", "neither", "--percent", "1"], {})).exitCode, 3);
    assert.equal((await rollout(["strat"], {})).exitCode, 2);
    assert.equal((await rollout([], {})).exitCode, 2);
  });
});

describe("rollout set, finish and abort", () => {
  it("change the share alone", async () => {
    const { out } = await begin();
    const ran = await rollout(["set", "-f", "r.yaml", "--percent", "0"], { "r.yaml": out });
    assert.deepEqual([ran.exitCode, ran.out], [0, out.replace("percent: 10", "percent: 0")]);
  });

  it("leave one side alone, as it was written", async () => {
    const { out } = await begin();
    assert.equal((await rollout(["finish", "-f", "r.yaml"], { "r.yaml": out })).out, NEW);
    assert.equal((await rollout(["abort", "-f", "r.yaml"], { "r.yaml": out })).out, OLD);
  });

  it("write the file they read, whole", async () => {
    const { out } = await begin();
    const ran = await rollout(["finish", "-f", "r.yaml", "--out", "r.yaml"], { "r.yaml": out });
    assert.deepEqual([ran.exitCode, ran.out], [0, ""]);
    assert.equal(readFileSync(join(folder, "r.yaml"), "utf8"), NEW);
  });

  it("keep what a plugin has for both sides", async () => {
    const url = "\n      moduleUrl: oci://reg.example/r:1";
    const { out } = await begin(NEW.replace("name: ratelimit", `name: ratelimit${url}`), OLD.replace("name: ratelimit", `name: ratelimit${url}`)); // prettier-ignore
    const stable = (parse(out) as PolicyDocument).spec.rollout!.stable.plugins[0]!;
    assert.equal(stable.moduleUrl, undefined);
    const back = (await rollout(["abort", "-f", "r.yaml"], { "r.yaml": out })).out;
    assert.deepEqual(parse(back), parse(OLD.replace("name: ratelimit", `name: ratelimit${url}`)));
  });

  it("say when there is no rollout, or no stable side to be alone", async () => {
    for (const what of [["set", "--percent", "5"], ["finish"], ["abort"]])
      assert.match((await rollout([...what, "-f", "r.yaml"], { "r.yaml": NEW })).err, /^r\.yaml:5:1: error TG3407/);
    const none = `${NEW}  rollout: { percent: 1, salt: a, stable: { plugins: [] } }\n`;
    assert.match(
      (await rollout(["abort", "-f", "r.yaml"], { "r.yaml": none })).err,
      /TG3407 the stable side has no plugins/,
    );
    assert.equal((await rollout(["finish", "-f", "r.yaml"], { "r.yaml": none })).out, NEW);
  });

  it("work on policies that validate has something against", async () => {
    const { out } = await begin();
    const wrong = out.replace("requests: 50", "requests: -1");
    assert.equal((await rollout(["set", "-f", "r.yaml", "--percent", "0"], { "r.yaml": wrong })).exitCode, 0);
    assert.equal((await rollout(["abort", "-f", "r.yaml"], { "r.yaml": wrong })).out, OLD);
  });
});

describe("any policy that is rolled out", () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
  const text = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.constantFrom("no", "1e3", "a: b", "# c", "- d", "'", "ä", "&a", "*b", "|"),
  );
  const json = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 3 }, text, fc.integer(), fc.boolean(), fc.constant(null), tie("list"), tie("map")),
    list: fc.array(tie("value"), { maxLength: 3 }),
    map: fc.dictionary(text, tie("value"), { maxKeys: 3 }),
  }));
  const plugins = fc.uniqueArray(fc.record({ name, config: fc.dictionary(text, json.value, { maxKeys: 3 }) }), { minLength: 1, maxLength: 3, selector: (plugin) => plugin.name }); // prettier-ignore
  const style = fc.record({ indent: fc.integer({ min: 1, max: 5 }), indentSeq: fc.boolean(), collectionStyle: fc.constantFrom("any" as const, "flow" as const) }); // prettier-ignore
  const given = fc.record({
    now: plugins,
    old: plugins,
    style,
    styleOld: style,
    percent: fc.integer({ min: 0, max: 10_000 }),
  });
  const policyOf = (uses: object[]): PolicyDocument =>
    ({
      metadata: { name: "a" },
      spec: { failure: "open", plugins: uses, tracer: "none" },
    }) as unknown as PolicyDocument;

  it("comes out of each step as it should be", () => {
    fc.assert(
      fc.property(given, ({ now, old, style: one, styleOld: other, percent }) => {
        const [policy, before] = [policyOf(now), policyOf(old)];
        const [newText, oldText] = [stringify(policy, one), stringify(before, other)];
        const start = { percent: percent / 100, salt: "s" };
        const begun = started({ text: newText, folder: "/" }, { text: oldText, folder: "/" }, [{ policy, place: 0, old: before, oldPlace: 0 }], start); // prettier-ignore
        const whole = { ...policy, spec: { ...policy.spec, rollout: { ...start, stable: { plugins: old } } } };
        assert.deepEqual(parse(begun), JSON.parse(JSON.stringify(whole)));
        assert.deepEqual(parse(setPercent(begun, 7.5)), JSON.parse(JSON.stringify({ ...whole, spec: { ...whole.spec, rollout: { ...whole.spec.rollout, percent: 7.5 } } }))); // prettier-ignore
        assert.deepEqual(parse(finished(begun)), JSON.parse(JSON.stringify(policy)));
        assert.deepEqual(parse(aborted(begun, [whole])), JSON.parse(JSON.stringify(before)));
      }),
      { numRuns: 150 },
    );
  });
});
