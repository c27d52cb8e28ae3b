import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
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
