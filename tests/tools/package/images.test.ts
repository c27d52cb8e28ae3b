// The images of a package: their digests, their order, and who can pull which.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Image } from "../../../tools/oci/image.js";
import { digestOf } from "../../../tools/oci/digest.js";
import { envoyGatewayModule } from "../../../tools/oci/pull-rules/envoy-gateway.js";
import { higressModule, higressRemarks } from "../../../tools/oci/pull-rules/higress.js";
import { httpModule } from "../../../tools/oci/pull-rules/http.js";
import { istioModule } from "../../../tools/oci/pull-rules/istio.js";
import { readTarGzip } from "../../../tools/oci/read-archive.js";
import { readManifest } from "../../../tools/oci/read-manifest.js";
import { artifactImage, dockerImage, ociImage } from "../../../tools/package/images.js";
import { FORMS } from "../../../tools/package/forms.js";
import { outputsOf } from "../../../tools/package/outputs.js";
import { sbomReferrer } from "../../../tools/package/referrer.js";
import { SOME } from "./some-package.js";

const titles = ({ layers }: Image) =>
  layers.map(({ descriptor }) => descriptor.annotations?.["org.opencontainers.image.title"]);
const configOf = ({ config }: Image) => JSON.parse(Buffer.from(config.bytes).toString());

describe("an image of a package", () => {
  it("has the same digest on every machine, in each form", async () => {
    const images = [await ociImage(SOME), artifactImage(SOME), await dockerImage(SOME)];
    assert.deepEqual(
      images.map(({ digest }) => digest),
      [
        "sha256:e930c54d315f5b8d7faa859a885ffaa0f668a84d997547a0008d00c93a03e2fe",
        "sha256:0b43bbb6a3655e299a00c9dfd2af86376967df7d69af1369663570faddfb6528",
        "sha256:8d6256e17e873e629f9cabc72b82f0d44b75df0a1f8d6e908554b484a0826756",
      ],
    );
  });

  it("has the documents first and the module last, in Higress's order", async () => {
    const image = await ociImage(SOME);
    const names = ["spec.yaml", "README.md", "README_ZH.md", "README_EN.md", "icon.png", "plugin.tar.gz"];
    assert.deepEqual(titles(image), names);
    assert.equal(image.layers.at(-1)!.descriptor.mediaType, "application/vnd.oci.image.layer.v1.tar+gzip");
    assert.deepEqual(
      readTarGzip(image.layers.at(-1)!.bytes, "the layer").map(({ name }) => name),
      ["plugin.wasm"],
    );
    const noIcon = { ...SOME, documents: { ...SOME.documents, icon: new Uint8Array() } };
    assert.deepEqual(titles(await ociImage(noIcon)), names.toSpliced(4, 1));
  });

  it("has exactly two layers as an artefact", () => {
    const image = artifactImage(SOME);
    assert.deepEqual(titles(image), ["runtime-config.json", "plugin.wasm"]);
    assert.equal(digestOf(image.layers[1]!.bytes), digestOf(SOME.module));
    assert.deepEqual(JSON.parse(Buffer.from(image.layers[0]!.bytes).toString()), {
      type: "envoy_proxy",
      abiVersions: ["0.2.1"],
      config: { rootIds: ["some_root"] },
    });
  });

  it("says of each layer, in its configuration, what it is unpacked", async () => {
    for (const image of [await ociImage(SOME), await dockerImage(SOME)]) {
      const { rootfs, os, created, config } = configOf(image);
      assert.equal(rootfs.diff_ids.length, image.layers.length);
      assert.deepEqual([os, created], ["linux", SOME.created]);
      assert.deepEqual(config.Labels, SOME.annotations);
    }
    const [spec] = (await ociImage(SOME)).layers;
    assert.equal(configOf(await ociImage(SOME)).rootfs.diff_ids[0], spec!.descriptor.digest);
  });

  for (const [who, rules] of Object.entries({ istioModule, envoyGatewayModule, higressModule })) {
    it(`is one that has the module by the rules of ${who}, in each form`, async () => {
      for (const image of [await ociImage(SOME), artifactImage(SOME), await dockerImage(SOME)]) {
        const module = rules(image);
        assert.ok(module instanceof Uint8Array, JSON.stringify(module));
        assert.equal(digestOf(module), digestOf(SOME.module));
      }
    });
  }

  it("has all that Higress's console and plugin server look for", async () => {
    assert.deepEqual(higressRemarks(await ociImage(SOME)), []);
  });

  it("is another one when any byte of its contents is", async () => {
    const module = Uint8Array.from(SOME.module);
    module[4000]! ^= 1;
    const others = [
      { ...SOME, module },
      { ...SOME, documents: { ...SOME.documents, readmeZh: "# 某个\n" } },
      { ...SOME, annotations: { ...SOME.annotations, more: "1" } },
      { ...SOME, created: "2026-11-22T00:00:01Z" },
    ];
    const digests = await Promise.all([SOME, ...others].map(async (contents) => (await ociImage(contents)).digest));
    assert.equal(new Set(digests).size, digests.length);
  });
});

describe("a bill of materials that refers to an image", () => {
  it("names that image as its subject, and what it is as its type", async () => {
    const image = await ociImage(SOME);
    const referrer = sbomReferrer("{}\n", image, SOME.created);
    const manifest = JSON.parse(Buffer.from(referrer.manifest).toString());
    assert.equal(manifest.subject.digest, image.digest);
    assert.equal(manifest.subject.size, image.manifest.length);
    assert.equal(manifest.artifactType, "application/vnd.cyclonedx+json");
    assert.equal(readManifest(referrer.manifest).layers.length, 1);
  });
});

describe("what is written of a package", () => {
  it("has a name of its own in each form, and the bill of materials beside", async () => {
    const outputs = await outputsOf(SOME, "{}\n", FORMS, true);
    assert.deepEqual(
      outputs.map(({ form, name }) => `${form} ${name}`),
      [
        "oci some-1.2.0.oci",
        "artifact some-1.2.0.artifact.oci",
        "docker some-1.2.0.docker.tar",
        "tar some-1.2.0.tar.gz",
        "sbom some-1.2.0.cdx.json",
        "referrer some-1.2.0.sbom.oci",
        "referrer some-1.2.0.artifact.sbom.oci",
      ],
    );
  });

  it("as an archive begins with the module, which gateways take over http", async () => {
    const [archive] = await outputsOf(SOME, "{}\n", ["tar"], false);
    const files = readTarGzip(archive!.content as Uint8Array, "the archive");
    const fetched = httpModule(archive!.content as Uint8Array);
    assert.ok(fetched instanceof Uint8Array, JSON.stringify(fetched));
    assert.equal(digestOf(fetched), digestOf(SOME.module));
    const names = ["plugin.wasm", "spec.yaml", "README.md", "README_ZH.md", "README_EN.md", "icon.png"];
    assert.deepEqual(
      files.map(({ name }) => name),
      names,
    );
  });
});
