// Whatever bytes come: an inspection, or one line that says what is wrong with them. Never a stack, never without end.
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import fc from "fast-check";
import { formatFinding, UserError } from "../../../tools/errors.js";
import { ofFile } from "../../../tools/inspect/artefact.js";
import { inspected } from "../../../tools/inspect/inspect.js";
import { textOf } from "../../../tools/inspect/text.js";
import { digestOf } from "../../../tools/oci/digest.js";
import { gzipOf } from "../../../tools/oci/gzip.js";
import { dockerFiles, layoutFiles } from "../../../tools/oci/layout.js";
import { OCI_INDEX } from "../../../tools/oci/media-types.js";
import { readManifest } from "../../../tools/oci/read-manifest.js";
import { type TarFile, tarOf } from "../../../tools/oci/tar.js";
import { artifactImage, dockerImage, ociImage } from "../../../tools/package/images.js";
import { paxRecord, tarBytes } from "../../support/tar-bytes.js";
import { pluginBytes, producers } from "../../support/wasm-bytes.js";
import { SOME } from "../package/some-package.js";

const RUNS = 400;
const module = pluginBytes({
  imports: [{ module: "env", name: "proxy_log", params: "iii", results: "i" }],
  exports: [{ name: "proxy_on_request_headers", params: "iii", results: "i" }],
  customs: [
    { name: "producers", bytes: producers({ language: { Rust: "" } }) },
    { name: "name", bytes: Uint8Array.of(1, 3, 1, 0, 0) },
  ],
});
const contents = { ...SOME, module };
let seeds: Uint8Array[];
let manifest: Record<string, unknown>;

before(async () => {
  const image = await ociImage(contents);
  manifest = JSON.parse(Buffer.from(image.manifest).toString()) as Record<string, unknown>;
  const layout = await tarOf(layoutFiles(image));
  const odd = [{ type: "x", content: paxRecord("path", "plugin.wasm") }, { content: module }];
  seeds = [
    module,
    gzipOf(module),
    layout,
    gzipOf(layout),
    await tarOf(layoutFiles(artifactImage(contents))),
    await tarOf(dockerFiles(await dockerImage(contents), "some:1")),
    gzipOf(tarBytes(odd)),
    tarBytes(odd),
  ];
});

/** What is said of bytes; fails the test with anything but a result or a `UserError` of one line. */
function outcome(bytes: Uint8Array): "said" | "refused" {
  try {
    const inspection = inspected("it", ofFile(bytes, "it"));
    assert.match(textOf(inspection), /^it\n( {2}.*\n)+$/);
    for (const finding of inspection.findings) assert.doesNotMatch(formatFinding(finding), /\n|undefined|NaN/);
    return "said";
  } catch (error) {
    assert.ok(error instanceof UserError, String((error as Error).stack));
    assert.equal(error.exitCode, 3);
    return "refused";
  }
}

const change = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  kind: fc.constantFrom("flip", "cut", "drop", "repeat", "insert"),
  value: fc.nat(255),
  length: fc.nat(600),
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function changed(bytes: Uint8Array, { at, kind, value, length }: Change): Uint8Array {
  const start = Math.floor(at * bytes.length);
  const [head, tail] = [bytes.subarray(0, start), bytes.subarray(start)];
  switch (kind) {
    case "flip":
      return bytes.map((byte, i) => (i === start ? byte ^ (value || 1) : byte));
    case "cut":
      return head;
    case "drop":
      return Buffer.concat([head, tail.subarray(length)]);
    case "repeat":
      return Buffer.concat([head, tail.subarray(0, length), tail]);
    default:
      return Buffer.concat([head, new Uint8Array(length % 16).fill(value), tail]);
  }
}

describe("inspect, of bytes that were changed,", () => {
  it("says something or refuses", () => {
    const seen = new Set<string>();
    const some = fc.tuple(fc.nat(7), fc.array(change, { minLength: 1, maxLength: 3 }));
    fc.assert(
      fc.property(some, ([seed, changes]) => {
        seen.add(outcome(changes.reduce(changed, seeds[seed]!)));
      }),
      { numRuns: RUNS },
    );
    assert.deepEqual([...seen].sort(), ["refused", "said"]);
  });

  it("says something of all that were not", () => {
    for (const seed of seeds) assert.equal(outcome(seed), "said");
  });

  it("says something of random bytes that begin as something does", () => {
    const starts = fc.constantFrom([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0], [0x1f, 0x8b, 8, 0], [0, 0x61, 0x73, 0x6d], []);
    fc.assert(
      fc.property(starts, fc.uint8Array({ maxLength: 200 }), (start, rest) => {
        outcome(Uint8Array.from([...start, ...rest]));
      }),
      { numRuns: RUNS },
    );
  });
});

describe("a manifest with other values in it", () => {
  /** The manifest with something else at one of its keys. */
  const other = fc
    .tuple(
      fc.constantFrom("schemaVersion", "mediaType", "config", "layers", "annotations", "layers.0", "layers.0.size"),
      fc.oneof(fc.jsonValue(), fc.constantFrom<unknown>(OCI_INDEX, 2 ** 53, -0.5, { size: 1 }, [null], "../../etc")),
    )
    .map(([path, value]) => Buffer.from(JSON.stringify(replaced(manifest, path.split("."), value))));

  it("is read, or refused in one line", () => {
    fc.assert(
      fc.property(other, (bytes) => {
        try {
          readManifest(bytes);
        } catch (error) {
          assert.ok(error instanceof UserError, String((error as Error).stack));
        }
      }),
      { numRuns: RUNS },
    );
  });

  it("and an image whose digests are right all the same, likewise", async () => {
    const files = layoutFiles(await ociImage(contents));
    await fc.assert(
      fc.asyncProperty(other, async (bytes) => void outcome(await tarOf(withManifest(files, bytes)))),
      { numRuns: RUNS / 4 },
    );
  });
});

function withManifest(files: readonly TarFile[], bytes: Uint8Array): TarFile[] {
  const digest = digestOf(bytes);
  const index = { schemaVersion: 2, manifests: [{ mediaType: manifest["mediaType"], digest, size: bytes.length }] };
  return [
    ...files.filter(({ name }) => name !== "index.json"),
    { name: "index.json", bytes: Buffer.from(JSON.stringify(index)) },
    { name: `blobs/${digest.replace(":", "/")}`, bytes },
  ];
}

function replaced(target: unknown, [key, ...rest]: string[], value: unknown): unknown {
  if (key === undefined) return value;
  if (Array.isArray(target)) return target.map((item, i) => (String(i) === key ? replaced(item, rest, value) : item));
  const fields = target as Record<string, unknown>;
  return { ...fields, [key]: replaced(fields[key], rest, value) };
}
