import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { loadRig } from "../../tools/rig/load-rig.js";
import { envoyFile, envoyFileText, rigNames } from "../../tools/rig/rig-files.js";
import { repoRoot } from "../../tools/root.js";

describe("envoy-configs/", () => {
  it("has the quickstart", () => assert.ok(rigNames().includes("quickstart")));

  for (const rig of rigNames()) {
    it(`${rig}: the policy has no findings, and envoy.yaml is what it generates`, async () => {
      const { policy, findings, name } = await loadRig(rig, repoRoot);
      assert.deepEqual(findings, []);
      assert.equal(name, rig);
      assert.ok(policy);
      assert.equal(readFileSync(envoyFile(rig), "utf8"), envoyFileText(rig, policy), "run: npm run generate");
    });
  }
});
