import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { repoRoot } from "../../tools/root.js";
import { assertGolden } from "./golden-file.js";
import { type Ran, tidegate } from "./memory-io.js";

const GOLDEN = join(repoRoot, "tests", "tools", "diff");
/** Ids and secrets of the golden policies. */
const HIDDEN = /alice|bob|carol|dave|Bearer|\b(42|43|777)\b/;

const folder = mkdtempSync(join(tmpdir(), "tidegate-diff-"));
after(() => rmSync(folder, { recursive: true }));

const POLICY = `apiVersion: tidegate.dev/v1alpha1
kind: PluginPolicy
metadata: { name: a, namespace: shop }
spec:
  workload: { labels: { app: a } }
  plugins:
    - name: canary
      config:
        rules: [{ name: staff, match: { header: { name: x-user, in_list: staff } }, arm: v2 }]
        lists: { staff: { ids: [alice, bob] } }
`;

/** What of two texts differs. */
async function diff(old: string, now: string, ...args: string[]): Promise<Ran> {
  writeFileSync(join(folder, "old.yaml"), old);
  writeFileSync(join(folder, "new.yaml"), now);
  return await tidegate(["diff", "old.yaml", "new.yaml", ...args], { cwd: folder });
}

const SAME = { exitCode: 0, out: "", err: "no differences\n" };

describe("diff of policies", () => {
  for (const name of readdirSync(GOLDEN)) {
    it(`says what changes: ${name}`, async () => {
      const { exitCode, out, err } = await tidegate(["diff", "old.yaml", "new.yaml"], { cwd: join(GOLDEN, name) });
      assert.equal(exitCode, 1);
      assertGolden(join(GOLDEN, name, "diff.txt"), out + err);
      assert.doesNotMatch(out + err, HIDDEN);
      const same = await tidegate(["diff", "new.yaml", "new.yaml"], { cwd: join(GOLDEN, name) });
      assert.deepEqual(same, SAME);
    });

    it(`says the same as JSON: ${name}`, async () => {
      const args = ["diff", "old.yaml", "new.yaml", "-o", "json"];
      const { exitCode, out, err } = await tidegate(args, { cwd: join(GOLDEN, name) });
      assert.deepEqual({ exitCode, err }, { exitCode: 1, err: "" });
      assert.doesNotMatch(out, HIDDEN);
      const { differences, findings } = JSON.parse(out) as {
        differences: { changes: { about: string; text: string }[] }[];
        findings: { code: string }[];
      };
      const golden = readFileSync(join(GOLDEN, name, "diff.txt"), "utf8");
      for (const { about, text } of differences.flatMap(({ changes }) => changes))
        assert.ok(golden.includes(`  ${about}: ${text}\n`), text);
      assert.equal(findings.length, golden.match(/: error TG/g)?.length ?? 0);
    });
  }

  it("says what the README shows", () => {
    const readme = readFileSync(join(repoRoot, "tools", "diff", "README.md"), "utf8");
    const golden = ["limits", "routes"].map((name) => readFileSync(join(GOLDEN, name, "diff.txt"), "utf8")).join("");
    const shown = /```\n(shop\/limits [^`]*)```/.exec(readme)?.[1]?.trimEnd().split("\n") ?? [];
    assert.ok(shown.length > 5);
    for (const line of shown) assert.ok(golden.includes(`${line}\n`), line);
    const finding = /```\n(new\.yaml:[^]*?) 3\. \.\.\.\n```/.exec(readme)?.[1]?.replaceAll("\n", " ") ?? "";
    assert.ok(finding !== "");
    const remedy = finding.slice(0, finding.indexOf(" Apply"));
    assert.ok(golden.includes(remedy), remedy);
  });

  it("is empty for comments, formats, order of keys and what is the default anyway", async () => {
    const other = `# another
kind: "PluginPolicy"
apiVersion: tidegate.dev/v1alpha1
metadata:
  namespace: shop
  name: a
spec: { failure: open, attach: { direction: inbound }, tracer: none, plugins: [
  { config: { lists: { staff: { ids: [bob, alice] } }, rules: [ { arm: v2, name: staff,
    match: { header: { in_list: staff, name: x-user } } } ] }, name: canary } ], workload: { labels: { app: "a" } } }
`;
    assert.deepEqual(await diff(POLICY, other), SAME);
    assert.deepEqual(JSON.parse((await diff(POLICY, other, "-o", "json")).out), { differences: [], findings: [] });
  });

  it("tells an id that is another one, and what a list comes from not", async () => {
    writeFileSync(join(folder, "staff.txt"), "bob\nalice\n");
    const file = POLICY.replace("{ ids: [alice, bob] }", "{ file: staff.txt }");
    assert.deepEqual(await diff(POLICY, file), SAME);
    writeFileSync(join(folder, "staff.txt"), "bob\nmallory\n");
    const { exitCode, out } = await diff(POLICY, file);
    assert.equal(exitCode, 1);
    assert.match(out, /^ {2}canary: lists\.staff: 2 ids \(sha256 [0-9a-f]{8}\) -> 2 ids \(sha256 [0-9a-f]{8}\)$/m);
    assert.doesNotMatch(out, /alice|mallory/);
  });

  it("tells settings that it has no words of its own for", async () => {
    const old = POLICY.replace("  plugins:", "  allowNamespaceWide: true\n  plugins:");
    assert.match((await diff(old, POLICY)).out, /^ {2}spec: allowNamespaceWide: true -> not set$/m);
    const envoy = `${POLICY}  envoy: { listener: { port: 10001 } }\n`;
    assert.match((await diff(POLICY, envoy)).out, /^ {2}plain Envoy: listener: not set -> \{ port: 10001 \}$/m);
  });

  it("shows single values that requests are compared with, and no header that is sent", async () => {
    const limits = POLICY.replace(/- name: canary[^]*/, "- name: ratelimit\n      config: { rules: [RULE] }\n");
    const rule = (plan: string, answer: string): string =>
      `{ name: a, match: { headers: [{ name: x-plan, exact: ${plan} }] }, key: { header: ${answer} } }`;
    const { out } = await diff(
      limits.replace("RULE", rule("free", "x-a")),
      limits.replace("RULE", rule("gold", "x-b")),
    );
    assert.match(out, /^ {2}ratelimit: rules\["a"\]\.match\.headers\["x-plan"\]\.exact: free -> gold$/m);
    const spans = (token: string): string =>
      POLICY.replace(
        /- name: canary[^]*/,
        `- { name: trace, config: { spans: { headers: { api-key: ${token} } } } }\n`,
      );
    const hidden = await diff(spans("one"), spans("two"));
    assert.match(hidden.out, /^ {2}trace: spans\.headers\.api-key: \(sha256 \w+\) -> \(sha256 \w+\)$/m);
  });

  it("tells long texts apart that begin alike", async () => {
    const long = (end: string): string => POLICY.replace("arm: v2", `arm: v2, salt: ${"x".repeat(300)}${end}`);
    const { out } = await diff(long("a"), long("b"));
    const [, one, other] = /salt: x{200}\.\.\. \((sha256 \w+)\) -> x{200}\.\.\. \((sha256 \w+)\)/.exec(out) ?? [];
    assert.ok(one && other && one !== other, out);
  });

  it("reads folders in any depth, their policies only, and standard input", async () => {
    const tree = join(folder, "tree");
    mkdirSync(join(tree, "deep"), { recursive: true });
    mkdirSync(join(tree, ".hidden"));
    mkdirSync(join(folder, "empty"));
    writeFileSync(join(tree, "deep", "a.yml"), POLICY);
    writeFileSync(join(tree, "other.yaml"), "kind: ConfigMap\n");
    writeFileSync(join(tree, "README.md"), "kind: PluginPolicy\n");
    writeFileSync(join(tree, ".hidden", "a.yaml"), "kind: PluginPolicy\n");
    const ran = (...args: string[]): Promise<Ran> => tidegate(["diff", ...args], { cwd: folder, stdin: POLICY });
    assert.deepEqual(await ran("-", "tree"), SAME);
    assert.deepEqual(await ran("tree", "-"), SAME);
    assert.match(
      (await ran("empty", "tree")).out,
      /^shop\/a is new, for workloads with app=a of shop, inbound, all ports$/m,
    );
    assert.match((await ran("tree", "empty")).out, /^shop\/a goes, .*\n {2}chain: canary no longer runs\n$/);
  });

  it("ends with 2 when it is not used as it is meant, and 3 when something cannot be read", async () => {
    for (const args of [
      [],
      ["old.yaml"],
      ["-", "-"],
      ["a", "b", "c"],
      ["a", "b", "-t", "istio-wasmplugin"],
      ["a", "b", "-f", "c"],
      ["a", "b", "--ecds"],
      ["a", "b", "--routes", "only"],
      ["--against", "a", "-f", "b", "-t", "istio-wasmplugin", "--ecds"],
      ["--against", "a", "-f", "b", "-t", "istio-wasmplugin", "--module-url", "x"],
      ["--against", "a"],
      ["--against", "a", "-f", "b"],
      ["--against", "a", "-t", "istio-wasmplugin"],
      ["--against", "-", "-t", "istio-wasmplugin", "-f", "-"],
      ["--against", "a", "-t", "envoy", "-f", "b"],
      ["c", "--against", "a", "-t", "istio-wasmplugin", "-f", "b"],
    ]) {
      const { exitCode, out, err } = await tidegate(["diff", ...args], { cwd: folder });
      assert.deepEqual({ exitCode, out }, { exitCode: 2, out: "" }, args.join(" "));
      assert.match(err, /^tidegate: [^\n]+\n$/);
    }
    const { exitCode, out, err } = await tidegate(["diff", "nope.yaml", "old.yaml"], { cwd: folder });
    assert.deepEqual({ exitCode, out }, { exitCode: 3, out: "" });
    assert.match(err, /^nope\.yaml:1:1: error TG1001 [^\n]*\n$/);
  });

  it("compares nothing when a side is no policy, names one twice, or has a list that cannot be read", async () => {
    const cases: [string, RegExp][] = [
      ["a: [", /^new\.yaml:\d+:\d+: error TG1003 /],
      [POLICY.replace("plugins:", "plugin:"), /^new\.yaml:\d+:\d+: error TG2001 /],
      [`${POLICY}---\n${POLICY}`, /^new\.yaml:\d+:\d+: error TG3003 /],
      [POLICY.replace("  plugins:", "  plugins:\n    - name: canary"), /^new\.yaml:\d+:\d+: error TG3007 /],
      [POLICY.replace("ids: [alice, bob]", "file: nope.txt"), /^new\.yaml:\d+:\d+: error TG1001 /],
    ];
    for (const [text, pattern] of cases) {
      const { exitCode, out, err } = await diff(POLICY, text);
      assert.deepEqual({ exitCode, out }, { exitCode: 1, out: "" }, text);
      assert.match(err, pattern);
    }
  });
});
