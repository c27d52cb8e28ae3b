// What is said of images in a real registry, and what of them is never taken to this machine.
import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import { gzipOf } from "../../tools/oci/gzip.js";
import { blobOf, type Image } from "../../tools/oci/image.js";
import { imageOf } from "../../tools/oci/manifest.js";
import { HIGRESS_SPEC, OCI_CONFIG, OCI_TAR_GZIP } from "../../tools/oci/media-types.js";
import { parseReference } from "../../tools/oci/reference.js";
import { Registry } from "../../tools/oci/registry/registry.js";
import type { Inspection } from "../../tools/inspect/inspect.js";
import { RealRegistry } from "../support/real-registry.js";
import { Desk } from "../support/registry-cli.js";
import { withoutRegistry } from "../support/registry-programs.js";
import { type RawEntry, tarBytes } from "../support/tar-bytes.js";
import { pluginBytes } from "../support/wasm-bytes.js";

const module = pluginBytes();
const config = blobOf(OCI_CONFIG, Buffer.from("{}"));
const imageWith = (layer: Uint8Array): Image =>
  imageOf(config, [blobOf(HIGRESS_SPEC, Buffer.from("info: { name: some }\n")), blobOf(OCI_TAR_GZIP, layer)]);

describe("an image in a real registry", { skip: withoutRegistry }, () => {
  let registry: RealRegistry;
  let desk: Desk;
  before(async () => {
    registry = await RealRegistry.start();
    desk = await Desk.make();
  });
  after(async () => {
    await registry.close();
    desk.remove();
  });

  const push = (image: Image, name: string): Promise<unknown> =>
    new Registry({ env: {} }).pushImage(image, parseReference(`${registry.host}/${name}`));

  it("is inspected, by its tag and by its digest, with oci:// and without", async () => {
    const image = imageWith(gzipOf(tarBytes([{ content: module }])));
    await push(image, "good:1");
    for (const name of [`oci://${registry.host}/good:1`, `${registry.host}/good@${image.digest}`]) {
      const { exitCode, out, err } = await desk.run(["inspect", name, "-o", "json"]);
      assert.deepEqual([exitCode, err], [0, ""]);
      const { source, kind, image: facts, spec, module: found } = JSON.parse(out) as Inspection;
      assert.deepEqual([source, kind, facts!.digest, spec!.name], [name, "image in a registry", image.digest, "some"]);
      assert.equal(found!.bytes, module.length);
    }
  });

  it("that is not there is one line", async () => {
    const { exitCode, out, err } = await desk.run(["inspect", `${registry.host}/none:1`]);
    assert.deepEqual([exitCode, out], [3, ""]);
    assert.match(err, /^tidegate: [^\n]*none[^\n]*\n$/);
  });

  const bad: Record<string, [entries: RawEntry[] | Uint8Array, why: RegExp]> = {
    traversal: [
      [{ name: "../../plugin.wasm", content: module }],
      /\("..\/..\/plugin.wasm"\) that leads out of its folder/,
    ],
    absolute: [[{ name: "/tmp/plugin.wasm", content: module }], /leads out of its folder/],
    link: [[{ type: "2", link: "/etc/passwd" }], /has a symbolic link/],
    "hard-link": [
      [
        { name: "a", content: module },
        { type: "1", link: "a" },
      ],
      /has a hard link/,
    ],
    device: [[{ content: module }, { name: "null", type: "3" }], /has a device/],
    twice: [[{ content: module }, { content: module }], /two entries that are called plugin.wasm/],
    bomb: [gzipSync(Buffer.alloc(64 * 1024 * 1024)), /unpacks to more than 16777216 bytes/],
    garbage: [Buffer.from("no archive"), /is not gzip/],
  };
  for (const [name, [layer, why]] of Object.entries(bad)) {
    it(`that holds ${name} is refused by pull, and found by inspect`, async () => {
      await push(imageWith(layer instanceof Uint8Array ? layer : gzipSync(tarBytes(layer))), `${name}:1`);
      const inspected = await desk.run(["inspect", `${registry.host}/${name}:1`]);
      assert.equal(inspected.exitCode, 1);
      assert.match(
        inspected.err,
        /^\S+:1:1: error TG9311 Istio's agent, Envoy Gateway, Higress cannot get a module out/,
      );
      assert.match(inspected.err, why);
      const before = readdirSync(desk.cwd);
      const pulled = await desk.run(["pull", `${registry.host}/${name}:1`, "--out", "out.wasm"]);
      assert.deepEqual([pulled.exitCode, pulled.out], [3, ""]);
      assert.match(pulled.err, /^tidegate: [^\n]*\n$/);
      assert.match(pulled.err, why);
      assert.deepEqual(readdirSync(desk.cwd), before);
      assert.ok(!existsSync(join(desk.cwd, "..", "plugin.wasm")));
    });
  }
});
