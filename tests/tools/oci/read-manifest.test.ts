import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { digestOf } from "../../../tools/oci/digest.js";
import { blobOf } from "../../../tools/oci/image.js";
import * as types from "../../../tools/oci/media-types.js";
import { checkedBlob, chosenOf, readIndex, readManifest } from "../../../tools/oci/read-manifest.js";

const { OCI_MANIFEST, OCI_INDEX, OCI_TAR_GZIP, OCI_CONFIG, DOCKER_MANIFEST, WASM_CONTENT } = types;
const digest = digestOf(Buffer.from("blob"));
const layer = { mediaType: OCI_TAR_GZIP, digest, size: 4 };
const good = { schemaVersion: 2, config: { mediaType: OCI_CONFIG, digest, size: 4 }, layers: [layer] };
const bytesOf = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

describe("a manifest", () => {
  it("is read as it stands there", () => {
    const annotated = { ...layer, annotations: { title: "plugin.tar.gz" } };
    const read = readManifest(bytesOf({ ...good, layers: [annotated], annotations: { a: "b" } }), OCI_MANIFEST);
    assert.deepEqual(read, {
      mediaType: OCI_MANIFEST,
      config: good.config,
      layers: [annotated],
      annotations: { a: "b" },
    });
  });

  it("is one of OCI when nothing says what it is", () => {
    assert.equal(readManifest(bytesOf(good)).mediaType, OCI_MANIFEST);
    assert.equal(readManifest(bytesOf({ ...good, mediaType: DOCKER_MANIFEST })).mediaType, DOCKER_MANIFEST);
  });

  const many = Array.from({ length: 65 }, () => layer);
  const refused: [what: string, value: unknown, why: RegExp, mediaType?: string][] = [
    ["another type than it came as", { ...good, mediaType: DOCKER_MANIFEST }, /says that it is/, OCI_MANIFEST],
    ["Docker's that does not say so", good, /does not say so itself/, DOCKER_MANIFEST],
    ["an index", { ...good, mediaType: OCI_INDEX }, /holds no single image/],
    ["a type that is no text", { ...good, mediaType: 1 }, /mediaType is no text/],
    ["another schema", { ...good, schemaVersion: 1 }, /another schemaVersion/],
    ["no object", [good], /is no JSON object/],
    ["nothing", null, /is no JSON object/],
    ["no layers", { ...good, layers: [] }, /has no layers/],
    ["layers that are no list", { ...good, layers: {} }, /has no layers/],
    ["too many layers", { ...good, layers: many }, /more than 64 layers/],
    ["no config", { ...good, config: undefined }, /config is no JSON object/],
    [
      "a layer without a digest",
      { ...good, layers: [{ ...layer, digest: undefined }] },
      /layer 1 has no sha256 digest/,
    ],
    [
      "a digest that leads elsewhere",
      { ...good, layers: [{ ...layer, digest: "sha256:../../etc" }] },
      /no sha256 digest/,
    ],
    ["another algorithm", { ...good, layers: [{ ...layer, digest: `sha512:${"a".repeat(128)}` }] }, /no sha256 digest/],
    ["a layer without a type", { ...good, layers: [{ ...layer, mediaType: undefined }] }, /has no media type/],
    ["a type that is none", { ...good, layers: [{ ...layer, mediaType: "tar\r\nx: y" }] }, /has no media type/],
    ["a negative size", { ...good, layers: [{ ...layer, size: -1 }] }, /has no size/],
    ["half a byte", { ...good, layers: [{ ...layer, size: 0.5 }] }, /has no size/],
    ["a size as text", { ...good, layers: [{ ...layer, size: "4" }] }, /has no size/],
    ["a module over 256 MiB", { ...good, layers: [{ ...layer, size: 2 ** 28 + 1 }] }, /more than 268435456/],
    ["a document over 16 MiB", { ...good, layers: [{ ...layer, size: 2 ** 24 + 1 }, layer] }, /more than 16777216/],
    ["a config over 16 MiB", { ...good, config: { ...good.config, size: 2 ** 24 + 1 } }, /more than 16777216/],
    ["a layer that lies elsewhere", { ...good, layers: [{ ...layer, urls: ["http://a/"] }] }, /fetched from elsewhere/],
    ["annotations that are no texts", { ...good, annotations: { a: 1 } }, /annotations that are no texts/],
    ["a key that Go reads as another", { ...good, Layers: [] }, /key "Layers"/],
    ["the same in a layer", { ...good, layers: [{ ...layer, DIGEST: digest }] }, /key "DIGEST"/],
  ];
  for (const [what, value, why, mediaType] of refused) {
    it(`is refused for ${what}`, () => {
      assert.throws(() => readManifest(bytesOf(value), mediaType), { name: "UserError", exitCode: 3, message: why });
    });
  }

  it("is refused when it is no JSON, no UTF-8, or larger than registries take", () => {
    for (const [bytes, why] of [
      [Buffer.from("{"), /is no JSON/],
      [Uint8Array.of(0x22, 0xff, 0x22), /is no JSON/],
      [Buffer.alloc(4 * 1024 * 1024 + 1, " "), /more than 4194304 bytes/],
    ] as const) {
      assert.throws(() => readManifest(bytes), { name: "UserError", message: why });
    }
  });

  it("may have the module in another layer than the last, when that is the artefact's", () => {
    const module = { ...layer, mediaType: WASM_CONTENT, size: 2 ** 27 };
    assert.equal(readManifest(bytesOf({ ...good, layers: [module, layer] })).layers[0]!.size, 2 ** 27);
  });
});

describe("an index", () => {
  const entry = { mediaType: OCI_MANIFEST, digest, size: 4 };
  const arm = { ...entry, platform: { os: "linux", architecture: "arm64" } };
  const amd = { ...entry, size: 5, platform: { os: "linux", architecture: "amd64" } };
  const indexOf = (...manifests: unknown[]): Uint8Array => bytesOf({ schemaVersion: 2, manifests });

  it("gives the image for linux/amd64, as to go-containerregistry", () => {
    assert.equal(chosenOf(readIndex(indexOf(arm, amd))).size, 5);
    assert.equal(chosenOf(readIndex(indexOf(arm, entry))).size, 4);
    assert.throws(() => chosenOf(readIndex(indexOf(arm))), { name: "UserError", message: /no image for linux\/amd64/ });
  });

  it("is refused when it lists none", () => {
    for (const [bytes, why] of [
      [indexOf(), /has no manifests/],
      [bytesOf(good), /has no manifests/],
      [bytesOf({ mediaType: OCI_MANIFEST, manifests: [entry] }), /which is none/],
      [indexOf({ ...entry, platform: "linux" }), /platform of manifest 1 of the index is no JSON object/],
    ] as const) {
      assert.throws(() => readIndex(bytes), { name: "UserError", message: why });
    }
  });
});

describe("a blob", () => {
  it("is what its manifest says, or refused", () => {
    const bytes = Buffer.from("blob");
    const { descriptor } = blobOf(OCI_CONFIG, bytes);
    assert.deepEqual(checkedBlob(descriptor, bytes, "it").bytes, bytes);
    assert.throws(() => checkedBlob(descriptor, Buffer.from("blop"), "it"), {
      message: /^it is sha256:\w+, not sha256:/,
    });
    assert.throws(() => checkedBlob(descriptor, Buffer.from("blo"), "it"), { message: /^it has 3 bytes where/ });
  });
});
