import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { parse } from "yaml";
import { orderFaults } from "../../tools/diff/make-before-break.js";
import { policyDifferences } from "../../tools/diff/policies.js";
import { sideOf } from "../../tools/diff/sides.js";
import { envoy } from "../../tools/generate/envoy.js";
import { discoverPlugins } from "../../tools/plugins.js";
import type { PolicyDocument, Rollout } from "../../tools/policy/model.js";
import { stage } from "../../tools/rollout/stage.js";
import { PolicyChecker } from "../../tools/validate/policies.js";
import { stageChecked } from "../../tools/validate/staged.js";
import { withLists } from "../../tools/validate/with-lists.js";
import { tidegate } from "./memory-io.js";

const limits = (requests: number): PolicyDocument["spec"]["plugins"] => [
  { name: "ratelimit", config: { rules: [{ name: "all", quota: { requests, per: "second" } }] } },
];
const policyOf = (requests: number, rollout?: Partial<Rollout>): PolicyDocument => ({
  apiVersion: "tidegate.dev/v1alpha1",
  kind: "PluginPolicy",
  metadata: { name: "reviews" },
  spec: {
    workload: { labels: { app: "reviews" } },
    plugins: limits(requests),
    ...(rollout ? { rollout: { percent: 10, salt: "a", stable: { plugins: limits(100) }, ...rollout } } : {}),
  },
});

const catalog = discoverPlugins();
/** What diff says, but for the changes of plugins. */
function said(one: PolicyDocument, other: PolicyDocument): string[] {
  const changes = policyDifferences([one], [other], catalog).flatMap((difference) => difference.changes);
  return changes.filter(({ about }) => about !== "ratelimit").map(({ about, text }) => `${about}: ${text}`);
}

describe("diff of a rollout", () => {
  const half = policyOf(50, {});

  it("tells the share in words", () => {
    const to = (percent: number): string => said(half, policyOf(50, { percent })).join();
    assert.equal(to(10), "");
    assert.equal(to(50), "rollout: share raised from 10 to 50 percent: more proxies take the new side, none goes back");
    assert.equal(to(100), "rollout: share raised from 10 to 100 percent: every proxy takes the new side");
    assert.match(to(5), /^rollout: share lowered from 10 to 5 percent: some proxies go back/);
    assert.equal(to(0), "rollout: share lowered from 10 to 0 percent: every proxy goes back to the stable side");
  });

  it("tells how it begins and ends", () => {
    assert.match(said(policyOf(100), half).join(), /^rollout: begins: 10 percent of the proxies \(salt a\) .* the others keep what they have$/); // prettier-ignore
    assert.match(said(policyOf(99), half).join(), /the others keep another stable side$/);
    assert.match(
      said(half, policyOf(50)).join(),
      /^rollout: ends: the proxies that do not have it yet take the new side/,
    );
    assert.match(said(half, policyOf(100)).join(), /^rollout: ends: every proxy has the stable side again/);
    assert.match(said(half, policyOf(7)).join(), /^rollout: ends: every proxy takes plugins that neither side has/);
  });

  it("tells salt, stable side and revert", () => {
    assert.deepEqual(said(half, policyOf(50, { salt: "b" })), [
      "rollout: salt a -> b: other proxies take the new side",
    ]);
    const stable = policyOf(50, { stable: { plugins: limits(99) } });
    assert.deepEqual(said(half, stable), [
      'stable ratelimit: rules["all"].quota.requests: 100 requests per second -> 99 requests per second',
    ]);
    assert.deepEqual(said(half, policyOf(50, { revert: { watch: "1h" } })), [
      "rollout: revert: not set -> { watch: 1h }",
    ]);
  });

  it("knows the arms of both sides", () => {
    const arms = (plugins: string, more = ""): PolicyDocument =>
      parse(`{ metadata: { name: a }, spec: { plugins: ${plugins}, routes: { service: s, arms: [{ name: v1, subset: v1 }, { name: v2, subset: v2 }] } ${more} } }`) as PolicyDocument; // prettier-ignore
    const gives = (arm: string): string =>
      `[{ name: canary, config: { default: v1, rules: [{ name: a, arm: ${arm} }] } }]`;
    const staged = arms(gives("v1"), `, rollout: { percent: 1, salt: a, stable: { plugins: ${gives("v2")} } }`);
    const gone = arms(gives("v1"));
    gone.spec.routes!.arms.pop();
    const codes = (one: PolicyDocument, other: PolicyDocument): string[] =>
      orderFaults(sideOf(one), other).map(({ code }) => code);
    assert.deepEqual(codes(staged, gone), ["TG3302"]);
    assert.deepEqual(codes(arms(gives("v1")), gone), []);
    const faults = orderFaults(sideOf(gone), staged);
    assert.deepEqual(faults.map(({ code, path }) => `${code} ${path.join(".")}`), ["TG3301 spec.rollout.stable.plugins.0.config.rules.0.arm"]); // prettier-ignore
  });
});

describe("plain Envoys of a rollout", () => {
  it("are said to need node ids of their own", () => {
    const faults = (policy: PolicyDocument): string[] =>
      envoy.faults(policy, {}).flatMap(({ code, path }) => (code === "TG3408" ? [path.join(".")] : []));
    const { policy, origin } = stage(policyOf(50, {}));
    assert.deepEqual(faults(policy), ["spec.plugins.0.config.rollout.percent"]);
    assert.deepEqual(origin(["spec", "plugins", 0, "config", "rollout", "percent"]), ["spec", "rollout", "percent"]);
    assert.deepEqual(faults(policyOf(50)), []);
  });
});

describe("lists of a rollout", () => {
  const folder = mkdtempSync(join(tmpdir(), "tidegate-rollout-lists-"));
  after(() => rmSync(folder, { recursive: true }));
  const text = (file: string, arm: string): string => `apiVersion: tidegate.dev/v1alpha1
kind: PluginPolicy
metadata: { name: reviews }
spec:
  workload: { labels: { app: reviews } }
  plugins:
    - name: canary
      config:
        default: v1
        lists: { vip: { file: ${file} } }
        rules: [{ name: a, match: { header: { name: x, in_list: vip } }, arm: ${arm} }]
`;

  it("are read for the stable side, from where the old file has them", async () => {
    for (const name of ["now", "old"]) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, "vip.txt"), `${name}-1\n`);
      writeFileSync(join(folder, name, "p.yaml"), text("vip.txt", name === "now" ? "v2" : "v3"));
    }
    const args = ["rollout", "start", "--stable", "old/p.yaml", "-f", "now/p.yaml", "--percent", "5"];
    const { exitCode, out, err } = await tidegate(args, { cwd: folder });
    assert.deepEqual([exitCode, err], [0, ""]);
    assert.match(out, /lists: \{ vip: \{ file: \.\.\/old\/vip\.txt \} \}/);
    const read = async (policy: string): Promise<{ plugins: unknown[]; findings: string[] }> => {
      const texts = [{ file: "now/p.yaml", text: policy, folder: join(folder, "now") }];
      const { policies, findings } = await withLists(new PolicyChecker(catalog).check(texts), texts, catalog);
      const faults = policies[0]!.faults.map(({ code, path }) => `${code} ${path.join(".")}`);
      return {
        plugins: stageChecked(policies[0]!).policy.spec.plugins,
        findings: [...faults, ...findings.map(({ code }) => code)],
      };
    };
    const { plugins, findings } = await read(out);
    assert.deepEqual(findings, []);
    const config = (plugins[0] as { config: { lists: object; rollout: { stable: { lists: object } } } }).config;
    for (const lists of [config.lists, config.rollout.stable.lists])
      assert.match(JSON.stringify(lists), /^\{"vip":\{"encoded":"/);
    assert.notDeepEqual(config.lists, config.rollout.stable.lists);
    const lost = await read(out.replace("../old/vip.txt", "nowhere.txt"));
    assert.deepEqual(lost.findings, ["TG1001 spec.rollout.stable.plugins.0.config.lists.vip.file"]);
  });
});
