import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { discoverPlugins } from "../../tools/plugins.js";
import { repoRoot } from "../../tools/root.js";
import { tidegate } from "./memory-io.js";

const readme = readFileSync(join(repoRoot, "README.md"), "utf8");
const policy = /```yaml\n(apiVersion[^`]*)```/.exec(readme)![1]!;

describe("the policy in the README", () => {
  let cwd: string;
  before(async () => {
    cwd = await mkdtemp(join(tmpdir(), "tidegate-readme-"));
  });
  after(() => rm(cwd, { recursive: true }));

  for (const target of ["istio-wasmplugin", "istio-envoyfilter", "envoy"]) {
    test(`gives what the target ${target} says`, async () => {
      await writeFile(join(cwd, "policy.yaml"), policy);
      const { exitCode, out } = await tidegate(["generate", "-f", "policy.yaml", "--target", target], { cwd });
      assert.equal(exitCode, 0);
      assert.match(out, /per-user/);
    });
  }

  test("with four words of it wrong has the findings that the README shows", async () => {
    const mistaken = policy
      .replace("attach:", "atach:")
      .replace("requests: 100", "requests: 0")
      .replace("second", "fortnight")
      .replace("burst", "brust");
    await writeFile(join(cwd, "policy.yaml"), mistaken);
    const { exitCode, err } = await tidegate(["validate", "-f", "policy.yaml"], { cwd });
    assert.equal(exitCode, 1);
    assert.ok(readme.includes(`\`\`\`\n${err}\`\`\`\n`), err);
  });
});

describe("an example in a plugin's README", () => {
  let cwd: string;
  before(async () => {
    cwd = await mkdtemp(join(tmpdir(), "tidegate-readme-"));
  });
  after(() => rm(cwd, { recursive: true }));

  for (const name of discoverPlugins().keys()) {
    const text = readFileSync(join(repoRoot, "plugins", name, "README.md"), "utf8");
    for (const [i, [, example]] of [...text.matchAll(/```json\n([^`]*)```/g)].entries()) {
      test(`is a good one: ${name}, ${i + 1}`, async () => {
        const policies = policiesWith(name, JSON.parse(example!) as object);
        const file = join(cwd, `${name}-${i}.yaml`);
        await writeFile(file, policies.map((policy) => JSON.stringify(policy)).join("\n---\n"));
        const { exitCode, err } = await tidegate(["validate", "-f", file], { cwd });
        assert.match(err, /^(1 policy|2 policies) checked: fine\n$/);
        assert.equal(exitCode, 0);
      });
    }
  }
});

/** @param example a plugin's whole configuration, one half of a join, or one condition of a rule. */
function policiesWith(plugin: string, example: { join?: object }): object[] {
  const inbound = policyWith(plugin, example, "inbound");
  if (!example.join) return [inbound];
  return [inbound, policyWith(plugin, { join: { ...example.join, mode: "outbound" } }, "outbound")];
}

function policyWith(plugin: string, example: object, direction: string): object {
  const rules = [{ name: "r", quota: { requests: 10, per: "second" }, conditions: [example] }];
  return {
    apiVersion: "tidegate.dev/v1alpha1",
    kind: "PluginPolicy",
    metadata: { name: `example-${direction}`, namespace: "shop" },
    spec: {
      workload: { labels: { app: "shop" } },
      attach: { direction },
      plugins: [{ name: plugin, config: "when" in example ? { rules } : example }],
    },
  };
}
