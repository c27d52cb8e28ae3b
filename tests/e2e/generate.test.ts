import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { locateEnvoy } from "../../tools/envoy/locate.js";
import { rigNames } from "../../tools/rig/rig-files.js";
import { tidegate } from "../tools/memory-io.js";

/** The shortest policy that has a plugin. */
const POLICY = `apiVersion: tidegate.dev/v1alpha1
kind: PluginPolicy
metadata: { name: small }
spec:
  workload: { labels: { app: a } }
  failure: closed
  plugins: [{ name: trace, config: { trust: full } }]
`;

describe("a generated bootstrap", () => {
  const folder = mkdtempSync(join(tmpdir(), "tidegate-generate-"));
  let envoy = "";
  before(async () => void (envoy = (await locateEnvoy({ allowInstall: true })).path));
  after(() => rmSync(folder, { recursive: true }));

  for (const rig of rigNames()) {
    it(`of ${rig} is accepted by Envoy`, async () => {
      const file = join(folder, `${rig}.yaml`);
      const policy = join("envoy-configs", rig, "policy.yaml");
      const { exitCode, err } = await tidegate(["generate", "-t", "envoy", "-f", policy, "--out", file]);
      assert.equal(exitCode, 0, err);
      const { stdout, stderr } = await promisify(execFile)(envoy, ["--mode", "validate", "-c", file]);
      assert.match(stdout + stderr, /OK/);
    });
  }

  it("is what validate --envoy asks Envoy about", async () => {
    const { exitCode, err } = await tidegate(["validate", "--envoy", "-f", "-"], { stdin: POLICY, env: process.env });
    assert.deepEqual({ exitCode, err }, { exitCode: 0, err: "1 policy checked: fine\n" });
  });

  it("that Envoy refuses is one finding with Envoy's own first error", async () => {
    writeFileSync(join(folder, "trace.wasm"), "garbage");
    const { envoyFaults } = await import("../../tools/validate/envoy-trial.js");
    const { parse } = await import("yaml");
    const policy = parse(POLICY) as Parameters<typeof envoyFaults>[1];
    const faults = await envoyFaults(envoy, policy, { moduleFile: (plugin) => join(folder, `${plugin}.wasm`) });
    assert.equal(faults.length, 1);
    assert.equal(faults[0]?.code, "TG5001");
    assert.match(faults[0].message, /^Envoy refuses the policy: [^\n]*(wasm|Wasm|WASM)[^\n]*$/);
  });
});
