// What is written is a function of what goes in alone: the digests below hold on every machine, or this fails there.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { unpackTar } from "modern-tar";
import { canonicalJson } from "../../../tools/oci/canonical-json.js";
import { digestOf } from "../../../tools/oci/digest.js";
import { gzipOf } from "../../../tools/oci/gzip.js";
import { blobOf } from "../../../tools/oci/image.js";
import { dockerFiles, layoutFiles, writeLayout } from "../../../tools/oci/layout.js";
import { imageOf } from "../../../tools/oci/manifest.js";
import { OCI_CONFIG, OCI_TAR_GZIP } from "../../../tools/oci/media-types.js";
import { tarOf } from "../../../tools/oci/tar.js";

/** Bytes that compress a little, as a module does. */
const MODULE = Uint8Array.from({ length: 20_000 }, (_, i) => (i * i) >> 7);
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

async function someImage() {
  const archive = await tarOf([{ name: "plugin.wasm", bytes: MODULE }]);
  const config = blobOf(OCI_CONFIG, canonicalJson({ os: "linux", architecture: "amd64" }));
  return imageOf(config, [blobOf(OCI_TAR_GZIP, gzipOf(archive), { b: "2", a: "1" })], { title: "some" });
}

describe("what images are written as", () => {
  let folder: string;
  before(async () => void (folder = await mkdtemp(join(tmpdir(), "tidegate-oci-"))));
  after(() => rm(folder, { recursive: true }));

  it("has the same digests everywhere", async () => {
    const archive = await tarOf([{ name: "plugin.wasm", bytes: MODULE }]);
    const image = await someImage();
    assert.deepEqual(
      [archive, gzipOf(archive), await tarOf(dockerFiles(image, "shop/some:1.0.0"))].map(digestOf).concat(image.digest),
      [
        "sha256:12517628fd70bf479b9d0677389fd0619b3e1c2225bece384946f69b54dd4128",
        "sha256:921dee63d58a70b8171d0c85c618ffcd2705a808b7d4d7bff954ba5585cfaa02",
        "sha256:a08960a90c4cf73ecb414be46672855c46775da30154978c773550a7532c42a4",
        "sha256:0c920a4407519cb7d491c6a160198851d824a1ac282bafa39d3fcd105f5b9885",
      ],
    );
  });

  it("is what the machine's own tar and zlib read", async () => {
    const name = fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,40}(\/[a-z0-9][a-z0-9_-]{0,80})?$/);
    const files = fc.uniqueArray(fc.record({ name, bytes: fc.uint8Array({ maxLength: 2000 }) }), {
      selector: (file) => file.name.split("/")[0],
      minLength: 1,
      maxLength: 4,
    });
    const archive = join(folder, "some.tar");
    await fc.assert(
      fc.asyncProperty(files, async (given) => {
        const packed = gzipOf(await tarOf(given));
        await writeFile(archive, gunzipSync(packed));
        const listed = execFileSync("tar", ["-tf", archive], { encoding: "utf8" }).trimEnd().split("\n");
        assert.deepEqual(
          listed,
          given.map((file) => file.name),
        );
        const last = given.at(-1)!;
        const content = execFileSync("tar", ["-xOf", archive, last.name]);
        assert.deepEqual(Uint8Array.from(content), last.bytes);
        const read = await unpackTar(gunzipSync(packed), { strict: true });
        for (const [i, { header, data }] of read.entries()) {
          assert.deepEqual([header.mtime?.getTime(), header.uid, header.gid, header.mode], [0, 0, 0, 0o644]);
          assert.deepEqual(Uint8Array.from(data ?? []), given[i]!.bytes);
        }
      }),
      { numRuns: 25 },
    );
  });

  it("does not depend on the order in which keys were written", () => {
    const json = (value: unknown) => text(canonicalJson(value));
    assert.equal(json({ b: [{ d: 1, c: undefined }], a: null }), '{"a":null,"b":[{"d":1}]}');
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const turned = Object.fromEntries(Object.entries(value).reverse());
        assert.equal(json(value), json(turned));
        assert.deepEqual(JSON.parse(json(value)), JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it("is a layout in which each blob lies under its own digest", async () => {
    const image = await someImage();
    const path = join(folder, "layout");
    await writeLayout(layoutFiles(image, "1.0.0"), path, "folder");
    assert.deepEqual((await readdir(path)).sort(), ["blobs", "index.json", "oci-layout"]);
    for (const name of await readdir(join(path, "blobs/sha256"))) {
      assert.equal(digestOf(await readFile(join(path, "blobs/sha256", name))), `sha256:${name}`);
    }
    const index = JSON.parse(text(await readFile(join(path, "index.json"))));
    assert.equal(index.manifests[0].digest, image.digest);
    assert.deepEqual(index.manifests[0].annotations, { "org.opencontainers.image.ref.name": "1.0.0" });
  });

  it("is, as one archive, what old and new Dockers load", async () => {
    const image = await someImage();
    const path = join(folder, "docker.tar");
    await writeLayout(dockerFiles(image, "shop/some:1.0.0"), path, "tar");
    const entries = await unpackTar(await readFile(path), { strict: true });
    const files = new Map(entries.map(({ header, data }) => [header.name, text(data ?? new Uint8Array())]));
    const [item] = JSON.parse(files.get("manifest.json")!);
    assert.deepEqual(item.RepoTags, ["shop/some:1.0.0"]);
    for (const name of [item.Config, ...item.Layers]) assert.ok(files.has(name), name);
    assert.deepEqual(JSON.parse(files.get("index.json")!).manifests[0].annotations, {
      "io.containerd.image.name": "docker.io/shop/some:1.0.0",
      "org.opencontainers.image.ref.name": "1.0.0",
    });
  });
});
