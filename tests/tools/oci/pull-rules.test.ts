// What each gateway makes of each form of an image. That Istio's agent does so for real is tested in tests/istio.
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import { gzipOf } from "../../../tools/oci/gzip.js";
import { type Blob, blobOf, type Image } from "../../../tools/oci/image.js";
import { dockerImageOf, imageOf } from "../../../tools/oci/manifest.js";
import * as types from "../../../tools/oci/media-types.js";
import { moduleOf } from "../../../tools/oci/module-of.js";
import { envoyGatewayModule } from "../../../tools/oci/pull-rules/envoy-gateway.js";
import { higressModule, higressRemarks } from "../../../tools/oci/pull-rules/higress.js";
import { httpModule } from "../../../tools/oci/pull-rules/http.js";
import { fetchedModule } from "../../../tools/oci/pull-rules/image-fetcher.js";
import { istioModule } from "../../../tools/oci/pull-rules/istio.js";
import { isRefusal, type Refusal } from "../../../tools/oci/pull-rules/refusal.js";
import { tarOf } from "../../../tools/oci/tar.js";
import { outputsOf } from "../../../tools/package/outputs.js";
import { tarBytes } from "../../support/tar-bytes.js";
import { pluginBytes } from "../../support/wasm-bytes.js";
import { SOME } from "../package/some-package.js";

const module = pluginBytes();
const rules = { istio: istioModule, "envoy-gateway": envoyGatewayModule, higress: higressModule };
const config = blobOf(types.OCI_CONFIG, Buffer.from("{}"));
const spec = blobOf(types.HIGRESS_SPEC, Buffer.from("apiVersion: 1.0.0\n"));
const doc = blobOf(types.HIGRESS_DOC, Buffer.from("# Some\n"));
const content = blobOf(types.WASM_CONTENT, module);
const runtime = blobOf(types.WASM_CONFIG, Buffer.from("{}"));

async function layerOf(name = "plugin.wasm", mediaType = types.OCI_TAR_GZIP, bytes = module): Promise<Blob> {
  return blobOf(mediaType, gzipOf(await tarOf([{ name, bytes }])));
}

/** An answer, the bytes of a module as what a test compares them with. */
const told = (answer: Uint8Array | Refusal): unknown => (isRefusal(answer) ? answer : Uint8Array.from(answer));

const oci = (...layers: Blob[]): Image => imageOf(config, layers);
const docker = (...layers: Blob[]): Image => dockerImageOf(Buffer.from("{}"), layers);

describe("an image with the module", () => {
  const pulled: [what: string, image: () => Image | Promise<Image>][] = [
    ["in its only layer", async () => oci(await layerOf())],
    ["in its last layer", async () => oci(spec, doc, await layerOf())],
    ["in a folder of the last layer", async () => oci(await layerOf("opt/plugin/plugin.wasm"))],
    ["in the last of two archives", async () => oci(await layerOf("other"), await layerOf())],
    ["in Docker's form", async () => docker(await layerOf("plugin.wasm", types.DOCKER_TAR_GZIP))],
    ["as it is, beside its configuration", () => oci(content, runtime)],
    ["as it is, after its configuration", () => imageOf(runtime, [runtime, content])],
  ];
  for (const [what, image] of pulled) {
    it(`${what} is pulled by all`, async () => {
      const given = await image();
      for (const rule of Object.values(rules)) assert.deepEqual(told(rule(given)), module);
      assert.deepEqual(told(moduleOf(given)), module);
    });
  }

  const last = "the last layer";
  const refused: [what: string, image: () => Image | Promise<Image>, why: string][] = [
    [
      "in its first layer of three",
      async () => oci(await layerOf(), spec, doc),
      `${last} is ${types.HIGRESS_DOC}, not ${types.OCI_TAR_GZIP}, and an artifact has two layers, not 3`,
    ],
    [
      "as it is, alone",
      () => oci(content),
      `${last} is ${types.WASM_CONTENT}, not ${types.OCI_TAR_GZIP}, and an artifact has two layers, not 1`,
    ],
    [
      "as CNCF has it",
      () =>
        imageOf(blobOf("application/vnd.wasm.config.v0+json", Buffer.from("{}")), [blobOf("application/wasm", module)]),
      `${last} is application/wasm, not ${types.OCI_TAR_GZIP}, and an artifact has two layers, not 1`,
    ],
    [
      "as it is, with a signature of another type",
      () => oci(blobOf("application/wasm", module), runtime),
      `${last} is ${types.WASM_CONFIG}, not ${types.OCI_TAR_GZIP}, and neither layer is ${types.WASM_CONTENT}`,
    ],
    [
      "in Docker's manifest and OCI's layer",
      async () => docker(await layerOf()),
      `${last} is ${types.OCI_TAR_GZIP}, not ${types.DOCKER_TAR_GZIP}`,
    ],
    [
      "in OCI's manifest and Docker's layer",
      async () => oci(await layerOf("plugin.wasm", types.DOCKER_TAR_GZIP)),
      `${last} is ${types.DOCKER_TAR_GZIP}, not ${types.OCI_TAR_GZIP}, and an artifact has two layers, not 1`,
    ],
    [
      "under another name",
      async () => oci(await layerOf("canary.wasm")),
      `${last} holds no plugin.wasm, and an artifact has two layers, not 1`,
    ],
    [
      "packed by nothing",
      async () => oci(blobOf(types.OCI_TAR_GZIP, await tarOf([{ name: "plugin.wasm", bytes: module }]))),
      `${last} is not gzip, and an artifact has two layers, not 1`,
    ],
    [
      "that is none",
      () => oci(blobOf(types.WASM_CONTENT, Buffer.from("text")), runtime),
      "what it holds is no WebAssembly",
    ],
    [
      "under a link",
      () => oci(blobOf(types.OCI_TAR_GZIP, gzipSync(tarBytes([{ type: "2", link: "/etc/passwd" }])))),
      `${last} has a symbolic link ("plugin.wasm") where there may be files only, and an artifact has two layers, not 1`,
    ],
  ];
  for (const [what, image, why] of refused) {
    it(`${what} is pulled by none`, async () => {
      const given = await image();
      for (const rule of Object.values(rules)) assert.deepEqual(rule(given), { why });
      assert.throws(() => moduleOf(given), { name: "UserError", exitCode: 3, message: new RegExp(why.slice(0, 20)) });
    });
  }

  it("is refused when the archive is larger than what is read of it", async () => {
    const image = oci(await layerOf());
    assert.deepEqual(told(fetchedModule(image, 512 + module.length)), module);
    assert.ok(isRefusal(fetchedModule(image, 511 + module.length)));
  });
});

describe("what tidegate package makes", () => {
  let images: Record<string, Image>;
  let archive: Uint8Array;
  before(async () => {
    const outputs = await outputsOf({ ...SOME, module }, "{}", ["oci", "artifact", "docker", "tar"], true);
    images = Object.fromEntries(outputs.flatMap(({ form, image }) => (image ? [[form, image]] : [])));
    archive = outputs.find(({ form }) => form === "tar")!.content as Uint8Array;
  });

  for (const form of ["oci", "artifact", "docker"]) {
    it(`in the form ${form} is pulled by all`, () => {
      for (const rule of Object.values(rules)) assert.deepEqual(told(rule(images[form]!)), module);
    });
  }

  it("in the form tar is fetched over http", () => assert.deepEqual(told(httpModule(archive)), module));

  it("that says something of an image is no image to anybody", () => {
    for (const rule of Object.values(rules)) assert.ok(isRefusal(rule(images["referrer"]!)));
  });

  it("in the form oci is all that Higress's consoles and plugin server want", () => {
    assert.deepEqual(higressRemarks(images["oci"]!), []);
    assert.deepEqual(higressRemarks(images["artifact"]!), [
      "it has no layer for spec.yaml and README.md",
      `its last layer is not ${types.OCI_TAR_GZIP}`,
    ]);
  });
});

describe("Higress's plugin server", () => {
  const remarks = (...layers: Blob[]): string[] => higressRemarks(oci(spec, doc, ...layers));

  it("wants one layer with one module", async () => {
    const two = tarBytes([{ name: "a.wasm" }, { name: "b.wasm" }]);
    assert.deepEqual(remarks(await layerOf("any.wasm")), []);
    for (const layers of [[await layerOf(), await layerOf()], [doc]])
      assert.match(remarks(...layers).join(), /with one layer/);
    assert.match(remarks(blobOf(types.OCI_TAR_GZIP, gzipSync(two))).join(), /one file that ends in .wasm/);
    assert.match(remarks(blobOf(types.OCI_TAR_GZIP, two)).join(), /its archive is not gzip/);
  });
});

describe("a file that is fetched over http", () => {
  it("is a module, packed or first in an archive", async () => {
    const tar = await tarOf([
      { name: "any", bytes: module },
      { name: "plugin.wasm", bytes: Buffer.from("other") },
    ]);
    for (const file of [module, gzipOf(module), tar, gzipOf(tar), gzipOf(gzipOf(tar))]) {
      assert.deepEqual(told(httpModule(file)), module);
    }
  });

  it("is refused when it is something else", async () => {
    const late = await tarOf([
      { name: "README.md", bytes: Buffer.from("#") },
      { name: "plugin.wasm", bytes: module },
    ]);
    const nested = [1, 2, 3, 4, 5].reduce((bytes) => gzipOf(bytes), module);
    const files: [Uint8Array, RegExp][] = [
      [Buffer.from("<html>"), /neither a module nor an archive/],
      [new Uint8Array(), /neither a module nor an archive/],
      [late, /its first entry is no module/],
      [tarBytes([{ name: "./", type: "5" }, { content: module }]), /its first entry is no module/],
      [tarBytes([]), /neither a module nor an archive/],
      [nested, /more than 4 deep/],
      [gzipOf(module).subarray(0, 30), /cannot be unpacked/],
    ];
    for (const [file, why] of files) assert.match((httpModule(file) as { why: string }).why, why);
  });
});
