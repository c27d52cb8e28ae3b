// Outputs appear all together or not at all, in a real folder.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import type { Output } from "../../../tools/package/outputs.js";
import { writeOutputs } from "../../../tools/package/write-outputs.js";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const folder = (name: string, text: string): Output => {
  return { form: "oci", name, content: [{ name: "blobs/a", bytes: bytes(text) }] };
};
const file = (name: string, text: string): Output => ({ form: "tar", name, content: bytes(text) });

describe("outputs", () => {
  let out: string;
  let root: string;
  const write = (outputs: Output[], signal = new AbortController().signal) => writeOutputs(outputs, out, signal);
  const text = (name: string) => readFile(join(out, name), "utf8");
  before(async () => void (root = await mkdtemp(join(tmpdir(), "tidegate-outputs-"))));
  beforeEach(async () => {
    out = join(root, "out");
    await rm(out, { recursive: true, force: true });
    await mkdir(out);
    await mkdir(join(out, "a.oci"));
    await writeFile(join(out, "a.oci/old"), "old");
    await writeFile(join(out, "b.tar.gz"), "old");
  });
  after(() => rm(root, { recursive: true }));

  it("take the place of what was there, and nothing of it stays", async () => {
    await write([folder("a.oci", "new"), file("b.tar.gz", "new")]);
    assert.equal(await text("a.oci/blobs/a"), "new");
    assert.equal(await text("b.tar.gz"), "new");
    assert.deepEqual([await readdir(out), await readdir(join(out, "a.oci"))], [["a.oci", "b.tar.gz"], ["blobs"]]);
  });

  for (const [what, last] of [
    ["cannot be written", file("no/such/folder", "new")],
    ["cannot be moved", file("a.oci/blobs/b", "new")],
  ] as const) {
    it(`leave what was there when one of them ${what}`, async () => {
      const failing = write([folder("a.oci", "new"), file("b.tar.gz", "new"), last]);
      await assert.rejects(failing, { name: "UserError", exitCode: 3, message: /^nothing written: ENOENT/ });
      assert.deepEqual(await readdir(out), ["a.oci", "b.tar.gz"]);
      assert.deepEqual([await text("a.oci/old"), await text("b.tar.gz")], ["old", "old"]);
    });
  }

  it("leave what was there when a signal comes before they are in place", async () => {
    const abort = new AbortController();
    const failing = write([folder("a.oci", "new"), file("b.tar.gz", "new")], abort.signal);
    abort.abort(new Error("ended"));
    await assert.rejects(failing, /^Error: ended$/);
    assert.deepEqual([await readdir(out), await text("a.oci/old")], [["a.oci", "b.tar.gz"], "old"]);
  });
});
