// Images are signed and checked by cosign itself, with keys: without keys it needs services that no test has.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { layoutFiles, writeLayout } from "../../tools/oci/layout.js";
import { COSIGN } from "../support/cosign-program.js";
import { goFolder } from "../support/go-project.js";
import { RealRegistry } from "../support/real-registry.js";
import { Desk } from "../support/registry-cli.js";
import { smallImage } from "../support/small-image.js";
import type { Ran } from "../tools/memory-io.js";

const OFFLINE = ["--cosign=--tlog-upload=false", "--cosign=--use-signing-config=false"];
const UNLOGGED = "--cosign=--insecure-ignore-tlog=true";

describe("signatures by cosign", () => {
  let registry: RealRegistry;
  let desk: Desk;
  const env = { PATH: `${goFolder(COSIGN)}:${process.env["PATH"]}`, COSIGN_PASSWORD: "" };
  before(async () => {
    registry = await RealRegistry.start();
    desk = await Desk.make();
    await writeLayout(layoutFiles(await smallImage(), "1"), join(desk.cwd, "some.oci"), "folder");
    for (const name of ["cosign", "other"]) {
      const args = ["generate-key-pair", "--output-key-prefix", name];
      const { status, stderr } = spawnSync("cosign", args, { cwd: desk.cwd, env: { ...process.env, ...env } });
      assert.equal(status, 0, String(stderr));
    }
  });
  after(async () => {
    await registry.close();
    desk.remove();
  });

  const push = (name: string, ...args: string[]): Promise<Ran> =>
    desk.run(["push", "some.oci", `${registry.host}/${name}:1`, ...args], env);
  const pull = (name: string, key: string): Promise<Ran> =>
    desk.run(["pull", `${registry.host}/${name}:1`, "--out", `${key}.wasm`, "--verify", "--key", key, UNLOGGED], env);

  it("are made by push, and found by pull", async () => {
    const pushed = await push("team/signed", "--sign", "--key", "cosign.key", ...OFFLINE);
    assert.equal(pushed.exitCode, 0, pushed.err);
    const pulled = await pull("team/signed", "cosign.pub");
    assert.equal(pulled.exitCode, 0, pulled.err);
    assert.ok(desk.files.includes("cosign.pub.wasm"));
  });

  it("of others are none, and nothing is written", async () => {
    const pulled = await pull("team/signed", "other.pub");
    assert.equal(pulled.exitCode, 3);
    assert.match(pulled.err, /^tidegate: cosign verify failed \(exit \d+\); what it says stands above$/m);
    assert.ok(!desk.files.includes("other.pub.wasm"));
  });

  it("are missed where there are none", async () => {
    assert.equal((await push("team/unsigned")).exitCode, 0);
    const pulled = await pull("team/unsigned", "cosign.pub");
    assert.equal(pulled.exitCode, 3);
    assert.match(pulled.err, /no signatures found/);
  });
});
