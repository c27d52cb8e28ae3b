import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { gzipOf } from "../../../tools/oci/gzip.js";
import { blobOf, type Image } from "../../../tools/oci/image.js";
import { dockerFiles, layoutFiles, writeLayout } from "../../../tools/oci/layout.js";
import { dockerImageOf, imageOf } from "../../../tools/oci/manifest.js";
import { DOCKER_TAR_GZIP, OCI_CONFIG, OCI_INDEX, OCI_TAR_GZIP } from "../../../tools/oci/media-types.js";
import { moduleOf } from "../../../tools/oci/module-of.js";
import { readLayout } from "../../../tools/oci/read-layout.js";
import { type TarFile, tarOf } from "../../../tools/oci/tar.js";
import { pluginBytes } from "../../support/wasm-bytes.js";

const module = pluginBytes();
let folder: string;
let image: Image;
let docker: Image;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "tidegate-layouts-"));
  const layer = gzipOf(await tarOf([{ name: "plugin.wasm", bytes: module }]));
  image = imageOf(blobOf(OCI_CONFIG, Buffer.from("{}")), [blobOf(OCI_TAR_GZIP, layer)], { a: "b" });
  docker = dockerImageOf(Buffer.from("{}"), [blobOf(DOCKER_TAR_GZIP, layer)]);
});
after(() => rm(folder, { recursive: true }));

/** Writes files as a tar archive. @returns its path. */
async function written(name: string, files: readonly TarFile[], pack = (tar: Uint8Array) => tar): Promise<string> {
  await writeFile(join(folder, name), pack(await tarOf(files)));
  return join(folder, name);
}

const json = (name: string, value: unknown): TarFile => ({ name, bytes: Buffer.from(JSON.stringify(value)) });

describe("an image on disk", () => {
  it("is the same as it was written: a folder, an archive, a packed archive", async () => {
    await writeLayout(layoutFiles(image, "1.0.0"), join(folder, "folder"), "folder");
    const archive = await written("archive.tar", layoutFiles(image, "1.0.0"));
    const packed = await written("packed.tgz", layoutFiles(image), gzipOf);
    for (const path of [join(folder, "folder"), archive, packed]) {
      const read = readLayout(path);
      assert.deepEqual([read.digest, read.annotations], [image.digest, { a: "b" }]);
      assert.deepEqual(Buffer.from(moduleOf(read)), Buffer.from(module));
    }
  });

  it("is read as docker save writes it, layers packed or not", async () => {
    const saved = readLayout(await written("docker.tar", dockerFiles(docker, "shop/some:1")));
    assert.equal(saved.digest, docker.digest);
    const layer = await tarOf([{ name: "plugin.wasm", bytes: module }]);
    const plain = await written("plain.tar", [
      json("manifest.json", [{ Config: "config.json", RepoTags: null, Layers: ["1/layer.tar"] }]),
      json("config.json", {}),
      { name: "1/layer.tar", bytes: layer },
    ]);
    assert.deepEqual(Buffer.from(moduleOf(readLayout(plain))), Buffer.from(module));
  });

  it("is that for linux/amd64 where there are several", async () => {
    const files = layoutFiles(image).filter(({ name }) => name !== "index.json");
    const manifest = { mediaType: image.mediaType, digest: image.digest, size: image.manifest.length };
    const other = { ...manifest, platform: { os: "unknown", architecture: "unknown" } };
    const inner = json("x", { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [other, manifest] }).bytes;
    const { descriptor } = blobOf(OCI_INDEX, inner);
    const nested = [
      ...files,
      json("index.json", { schemaVersion: 2, manifests: [descriptor] }),
      { name: `blobs/${descriptor.digest.replace(":", "/")}`, bytes: inner },
    ];
    assert.equal(readLayout(await written("nested.tar", nested)).digest, image.digest);
  });
});

describe("an image on disk is refused", () => {
  const blob = (digest: string): string => `blobs/${digest.replace(":", "/")}`;
  const changed = (name: string, bytes?: Uint8Array): TarFile[] =>
    layoutFiles(image).flatMap((file) => (file.name !== name ? [file] : bytes ? [{ name, bytes }] : []));
  const layer = (): string => blob(image.layers[0]!.descriptor.digest);

  const cases: [what: string, files: () => TarFile[], why: RegExp][] = [
    ["without a blob", () => changed(layer()), /layer 1 is missing: blobs\/sha256\//],
    ["with another blob of the same size", () => changed(layer(), flipped()), /layer 1 is sha256:\w+, not sha256:/],
    ["with a blob cut off", () => changed(layer(), flipped().subarray(9)), /layer 1 has \d+ bytes where/],
    [
      "with a blob that is larger",
      () => changed(layer(), Buffer.concat([flipped(), flipped()])),
      /has more than \d+ bytes/,
    ],
    [
      "with another manifest",
      () => changed(blob(image.digest), Buffer.alloc(image.manifest.length)),
      /the manifest is sha256/,
    ],
    ["without an index", () => changed("index.json"), /neither index.json nor manifest.json/],
    ["with an index that is none", () => changed("index.json", Buffer.from("[]")), /the index is no JSON object/],
    ["of Docker, without layers", () => [json("manifest.json", [{ Config: "c" }])], /names no layers/],
    ["of Docker, without images", () => [json("manifest.json", [])], /lists no images/],
    [
      "of Docker, that is no JSON",
      () => [{ name: "manifest.json", bytes: Buffer.from("{") }],
      /manifest.json is no JSON/,
    ],
    [
      "of Docker, with names that lead elsewhere",
      () => [json("manifest.json", [{ Config: "../c", Layers: ["l"] }]), json("l", 1)],
      /"..\/c", which is not there/,
    ],
    [
      "of Docker, with too many layers",
      () => [json("manifest.json", [{ Config: "c", Layers: Array(65).fill("l") }])],
      /more than 64 layers/,
    ],
  ];
  const flipped = (): Uint8Array => image.layers[0]!.bytes.map((byte, i) => (i === 20 ? byte ^ 1 : byte));
  for (const [i, [what, files, why]] of cases.entries()) {
    it(what, async () => {
      const path = await written(`${i}.tar`, files());
      assert.throws(() => readLayout(path), { name: "UserError", exitCode: 3, message: why });
    });
  }

  it("where there is none, or something else", async () => {
    await mkdir(join(folder, "empty"));
    await writeFile(join(folder, "text"), "no archive");
    const paths: [string, RegExp][] = [
      [join(folder, "nowhere"), /ENOENT/],
      [join(folder, "empty"), /so it is no image/],
      [join(folder, "text"), /is no tar archive that can be read/],
    ];
    for (const [path, why] of paths)
      assert.throws(() => readLayout(path), { name: "UserError", exitCode: 3, message: why });
  });

  it("with a link to what never ends in the place of a blob", async () => {
    await writeLayout(layoutFiles(image), join(folder, "linked"), "folder");
    const path = join(folder, "linked", layer());
    await rm(path);
    await symlink("/dev/zero", path);
    assert.throws(() => readLayout(join(folder, "linked")), { name: "UserError", message: /is no file/ });
  });
});
