import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { UserError } from "../../tools/errors.js";
import { choosePorts } from "../../tools/rig/rig-ports.js";
import { loadRig } from "../../tools/rig/load-rig.js";
import { repoRoot } from "../../tools/root.js";
import { startUpstream } from "../../tools/upstream.js";

describe("loadRig", () => {
  const folder = mkdtempSync(join(tmpdir(), "tidegate-rig-"));
  const file = join(folder, "policy.yaml");
  after(() => rmSync(folder, { recursive: true }));
  copyFileSync(join(repoRoot, "envoy-configs", "quickstart", "policy.yaml"), file);

  it("takes a name, a folder or a file", async () => {
    const byName = await loadRig("quickstart", folder);
    assert.ok(byName.policy);
    assert.deepEqual((await loadRig(".", folder)).policy, byName.policy);
    assert.deepEqual((await loadRig(file, "/")).policy, byName.policy);
  });

  it("says what there is when there is no such rig", async () => {
    await assert.rejects(loadRig("qiuckstart", folder), (error: unknown) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, /^no rig qiuckstart: [^\n]*quickstart$/);
      return true;
    });
  });

  it("gives the findings instead of a policy that has errors", async () => {
    const broken = join(folder, "broken.yaml");
    writeFileSync(
      broken,
      "apiVersion: tidegate.dev/v1alpha1\nkind: PluginPolicy\nmetadata: { name: x }\nspec: { plugin: [] }\n",
    );
    const { policy, findings } = await loadRig("broken.yaml", folder);
    assert.equal(policy, undefined);
    assert.ok(findings.some((finding) => finding.file === "broken.yaml" && finding.line === 4));
  });

  it("gives a finding for a policy that is a folder or not text", async () => {
    mkdirSync(join(folder, "folder.yaml"));
    writeFileSync(join(folder, "latin1.yaml"), Buffer.from("a: \xe9", "latin1"));
    for (const [name, code] of [
      ["folder.yaml", "TG1001"],
      ["latin1.yaml", "TG1002"],
    ] as const) {
      const { policy, findings } = await loadRig(name, folder);
      assert.equal(policy, undefined);
      assert.deepEqual(
        findings.map((finding) => [finding.code, finding.file]),
        [[code, name]],
      );
    }
  });
});

describe("choosePorts", () => {
  it("keeps to the policy's ports, takes a free one for one that is taken, and says so", async (t) => {
    const { policy } = await loadRig("quickstart");
    const taken = await startUpstream({ name: "in the way" });
    t.after(taken.close);
    policy!.spec.envoy = {
      listener: { port: taken.port },
      upstreams: [{ name: "far", address: "192.0.2.1", port: 80 }],
    };
    const said: string[] = [];
    const ports = await choosePorts(policy!, "policy", (line) => said.push(line));
    assert.notEqual(ports.listener, taken.port);
    assert.ok(said.includes(`port ${taken.port} of the listener is taken; using ${ports.listener}`));
    assert.deepEqual(ports.upstreams, {});
  });

  it("takes free ports for all when told to, in silence", async () => {
    const { policy } = await loadRig("quickstart");
    const said: string[] = [];
    const { listener, admin, upstreams } = await choosePorts(policy!, "auto", (line) => said.push(line));
    assert.deepEqual(Object.keys(upstreams), ["v1", "v2"]);
    assert.equal(new Set([listener, admin, ...Object.values(upstreams), 10_000, 9_901, 8_081, 8_082]).size, 8);
    assert.deepEqual(said, []);
  });
});
