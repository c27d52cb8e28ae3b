// What cosign is given, by a program that stands in for it; what the real one makes of it, tests/cosign says.
import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { layoutFiles, writeLayout } from "../../../tools/oci/layout.js";
import { BadRegistry } from "../../support/bad-registry.js";
import { assertFailure, Desk } from "../../support/registry-cli.js";
import { smallImage } from "../../support/small-image.js";

const image = await smallImage();

describe("signatures", () => {
  let registry: BadRegistry;
  let desk: Desk;
  let reference: string;
  before(async () => {
    registry = await BadRegistry.start(undefined, image);
    desk = await Desk.make();
    reference = `${registry.host}/team/some`;
    await writeLayout(layoutFiles(image, "1.0.0"), join(desk.folder, "some.oci"), "folder");
    mkdirSync(join(desk.folder, "bin"));
    const program = join(desk.folder, "bin", "cosign");
    writeFileSync(
      program,
      '#!/bin/sh\necho "$@" > "$HOME/args"; echo of cosign >&2; echo not for us; exit ${COSIGN_EXIT:-0}\n',
    );
    chmodSync(program, 0o755);
  });
  after(async () => {
    await registry.close();
    desk.remove();
  });

  const run = (args: string[], env: Record<string, string> = {}): ReturnType<Desk["run"]> =>
    desk.run(args, { PATH: `${join(desk.folder, "bin")}:${process.env["PATH"]}`, ...env });
  const given = (): string => readFileSync(join(desk.folder, "args"), "utf8").trim();

  it("are asked for by the digest of what was pushed", async () => {
    const args = ["push", join(desk.folder, "some.oci"), `${reference}:1.0.0`, "--sign"];
    const { exitCode, out, err } = await run([
      ...args,
      "--key",
      "my.key",
      "--cosign=--tlog-upload=false",
      "--plain-http",
    ]);
    assert.deepEqual([exitCode, err], [0, "of cosign\n"]);
    assert.ok(!out.includes("not for us"));
    const options = "--key my.key --allow-http-registry --tlog-upload=false";
    assert.equal(given(), `sign --yes ${options} ${reference}@${image.digest}`);
  });

  it("are checked before anything is fetched or written, for the very digest", async () => {
    const keyless = ["--certificate-identity", "me@example.com", "--certificate-oidc-issuer", "https://id.example.com"];
    const pull = ["pull", `${reference}:1.0.0`, "--verify", ...keyless];
    const blobs = registry.count("GET", "/blobs/");
    const failed = await run(pull, { COSIGN_EXIT: "9" });
    assert.deepEqual([failed.exitCode, failed.out], [3, ""]);
    assert.match(failed.err, /^of cosign\ntidegate: cosign verify failed \(exit 9\); what it says stands above\n$/);
    assert.deepEqual([desk.files, registry.count("GET", "/blobs/")], [[], blobs]);
    assert.equal((await run(pull)).exitCode, 0);
    assert.equal(given(), `verify ${keyless.join(" ")} ${reference}@${image.digest}`);
  });

  it("need cosign, and nothing is pushed or written without it", async () => {
    const count = registry.asked.length;
    const none = { PATH: join(desk.folder, "none") };
    const push = ["push", join(desk.folder, "some.oci"), `${reference}:1.0.0`, "--sign"];
    assertFailure(await run(push, none), /there is no cosign on PATH, and --sign needs it/);
    assertFailure(await run(["pull", `${reference}:1.0.0`, "--verify", "--key", "k"], none), /--verify needs it/);
    assert.equal(registry.asked.length, count);
  });

  const WRONG: [string[], RegExp][] = [
    [["pull", "a.example/b:1", "--verify"], /give --key, or --certificate-identity and --certificate-oidc-issuer/],
    [["pull", "a.example/b:1", "--key", "k"], /need --verify/],
    [["push", "x", "a.example/b:1", "--key", "k"], /need --sign/],
    [["push", "x", "a.example/b:1", "--sign", "--dry-run"], /signs nothing/],
    [["pull", "a.example/b:1", "--out", "a", "--layout", "b"], /not both/],
    [["pull", "a.example/B"], /no capitals/],
    [["pull", "a.example/b:1", "--sha256", "abc"], /64 digits/],
    [["pull", "a.example/b:1", "--timeout", "0"], /number from 1 to 3600/],
  ];
  for (const [args, why] of WRONG) {
    it(`${args.join(" ")} is wrong usage`, async () => {
      const { exitCode, err } = await run(args);
      assert.deepEqual([exitCode, why.test(err)], [2, true], err);
    });
  }
});
