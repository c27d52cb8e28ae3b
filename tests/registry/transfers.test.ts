// What is pushed and pulled, by distribution's registry, and by what crane of go-containerregistry makes of it.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { digestOf } from "../../tools/oci/digest.js";
import { gzipOf } from "../../tools/oci/gzip.js";
import type { Image } from "../../tools/oci/image.js";
import { layoutFiles, writeLayout } from "../../tools/oci/layout.js";
import { readLayout } from "../../tools/oci/read-layout.js";
import { tarOf } from "../../tools/oci/tar.js";
import { crane, RealRegistry } from "../support/real-registry.js";
import { assertFailure, Desk } from "../support/registry-cli.js";
import { withoutRegistry } from "../support/registry-programs.js";
import { moduleBytes, smallImage } from "../support/small-image.js";

/** Bytes of a plugin that gzip makes nothing smaller of. */
const MODULE = moduleBytes(60_000).map((byte, i) => (i < 8 ? byte : Math.floor(Math.sin(i) * 1e6) & 255));
const IMAGES = "application/vnd.oci.image.index.v1+json";

/** What `push -o json` prints. */
interface Pushed {
  reference: string;
  digest: string;
  module: { size: number; sha256: string };
  sent: { uploaded: number; skipped: number; bytes: number };
}

describe("a real registry", { skip: withoutRegistry }, () => {
  let registry: RealRegistry;
  let desk: Desk;
  let image: Image;
  before(async () => {
    registry = await RealRegistry.start();
    desk = await Desk.make();
    image = await smallImage(MODULE);
    await writeLayout(layoutFiles(image, "1.0.0"), join(desk.cwd, "some.oci"), "folder");
  });
  after(async () => {
    await registry.close();
    desk.remove();
  });

  const push = async (reference: string, source = "some.oci", ...more: string[]): Promise<Pushed> => {
    const { exitCode, out, err } = await desk.run([
      "push",
      source,
      `${registry.host}/${reference}`,
      "-o",
      "json",
      ...more,
    ]);
    assert.equal(exitCode, 0, err);
    return JSON.parse(out) as Pushed;
  };

  it("takes a plugin of 60 KB in less than a second, and nothing of it twice", async () => {
    const start = performance.now();
    const { digest, sent } = await push("team/some:1.0.0");
    const took = performance.now() - start;
    assert.ok(took < 1000, `${took} ms`);
    const bytes = image.config.bytes.length + image.layers[0]!.bytes.length;
    assert.ok(bytes > 60_000);
    assert.deepEqual([digest, sent], [image.digest, { uploaded: 2, skipped: 0, bytes }]);
    assert.deepEqual((await push("team/some:1.0.0")).sent, { uploaded: 0, skipped: 2, bytes: 0 });
    assert.deepEqual((await push("team/some:1.0.1")).sent, { uploaded: 0, skipped: 2, bytes: 0 });
    assert.deepEqual((await push("team/other:1.0.0")).sent, { uploaded: 2, skipped: 0, bytes });
  });

  it("gives crane what was pushed, byte for byte", async () => {
    await push("team/crane:1.0.0");
    const reference = `${registry.host}/team/crane:1.0.0`;
    assert.equal(crane(["digest", reference]).trim(), image.digest);
    assert.equal(crane(["manifest", reference]).trimEnd(), Buffer.from(image.manifest).toString());
    crane(["validate", "--remote", reference]);
    crane(["pull", "--format=oci", reference, join(desk.folder, "pulled")]);
    const pulled = readLayout(join(desk.folder, "pulled"));
    assert.equal(pulled.digest, image.digest);
    assert.deepEqual(
      pulled.layers.map(({ bytes }) => digestOf(bytes)),
      image.layers.map(({ bytes }) => digestOf(bytes)),
    );
    assert.deepEqual(crane(["ls", `${registry.host}/team/crane`]).trim(), "1.0.0");
  });

  for (const form of ["oci", "artifact", "docker"]) {
    it(`takes a plugin of the form ${form}, and gives back its module`, async () => {
      const { digest, module, reference } = await push(`forms/${form}`, "trace", "--form", form);
      assert.equal(crane(["digest", reference]).trim(), digest);
      const pulled = await desk.run(["pull", `${reference}@${digest}`, "--out", `${form}.wasm`]);
      assert.equal(pulled.exitCode, 0, pulled.err);
      const bytes = readFileSync(join(desk.cwd, `${form}.wasm`));
      assert.deepEqual({ size: bytes.length, sha256: digestOf(bytes).slice("sha256:".length) }, module);
    });
  }

  it("gives back all of an image, which can be pushed again as it is", async () => {
    const { digest, reference } = await push("team/again:1.0.0", "canary");
    const pulled = await desk.run(["pull", reference, "--layout", "again.oci"]);
    assert.equal(pulled.exitCode, 0, pulled.err);
    assert.equal((await push("team/twice:1.0.0", "again.oci")).digest, digest);
    assert.equal((await desk.run(["pull", reference, "--layout", "again.oci"])).exitCode, 0); // the same once more
    const other = await desk.run(["pull", `${registry.host}/team/twice:1.0.0`, "--layout", "some.oci"]);
    assertFailure(other, /some\.oci is there already, and is not this image/);
  });

  it("has what crane pushed: an image, and an index of several", async () => {
    const layer = gzipOf(await tarOf([{ name: "plugin.wasm", bytes: MODULE }]));
    writeFileSync(join(desk.folder, "layer.tar.gz"), layer);
    const reference = `${registry.host}/by/crane`;
    crane(["append", "--oci-empty-base", "-f", join(desk.folder, "layer.tar.gz"), "-t", `${reference}:oci`]);
    crane(["append", "-f", join(desk.folder, "layer.tar.gz"), "-t", `${reference}:docker`]);
    crane(["index", "append", "-m", `${reference}:oci`, "-t", `${reference}:index`]);
    for (const tag of ["oci", "docker", "index"]) {
      const pulled = await desk.run(["pull", `${reference}:${tag}`, "--out", `${tag}.wasm`]);
      assert.equal(pulled.exitCode, 0, pulled.err);
      assert.deepEqual(new Uint8Array(readFileSync(join(desk.cwd, `${tag}.wasm`))), MODULE);
    }
  });

  it("has an image named by the digest that Istio's agent compares, where a tag means an index", async () => {
    const reference = `${registry.host}/by/crane`;
    await push("by/crane:single");
    crane(["index", "append", "-m", `${reference}:single`, "-t", `${reference}:several`]);
    assert.match(crane(["manifest", `${reference}:several`]), new RegExp(IMAGES.replaceAll("+", "\\+")));
    const policy = [
      "{ apiVersion: tidegate.dev/v1alpha1, kind: PluginPolicy, metadata: { name: a }",
      `, spec: { workload: { labels: { app: a } }, tracer: none, moduleUrl: "oci://${reference}:several"`,
      ", plugins: [{ name: trace }] } }",
    ].join("");
    const made = await desk.run(["generate", "-t", "istio-wasmplugin", "--pin", "-f", "-"], {}, policy);
    assert.equal(made.exitCode, 0, made.err);
    assert.ok(made.out.includes(`url: oci://${reference}@${image.digest}\n`), made.out);
  });

  it("refuses nothing silently: what is not there, and other bytes than were asked for", async () => {
    assertFailure(await desk.run(["pull", `${registry.host}/team/none:1`]), /no such image/);
    const wrong = `${registry.host}/team/some@sha256:${"0".repeat(64)}`;
    assertFailure(await desk.run(["pull", wrong]), /no such image|another manifest/);
    await push("team/hash:1");
    const hash = await desk.run(["pull", `${registry.host}/team/hash:1`, "--sha256", "0".repeat(64)]);
    assertFailure(hash, /the module has the sha256 [0-9a-f]{64}, not 0{64}/);
    const manifests = await desk.run(["pull", `${registry.host}/team/hash:1`, "--sha256", image.digest.slice(7)]);
    assertFailure(manifests, /that is the manifest's: write it into the reference/);
  });

  it("is not asked by --dry-run, which prints what a push would", async () => {
    const reference = `${registry.host}/dry/some:1.0.0`;
    const dry = await desk.run(["push", "some.oci", reference, "--dry-run"]);
    assert.match(dry.out, new RegExp(`manifest ${image.digest}\n.*\n {2}nothing sent\n\n# istio-wasmplugin`));
    assertFailure(await desk.run(["pull", reference]), /no such image/);
    const real = await desk.run(["push", "some.oci", reference]);
    assert.equal(real.out.replace(/ {2}sent .*/, ""), dry.out.replace(/ {2}nothing sent/, ""));
  });

  it("leaves a folder alone in which nothing can be written", async () => {
    await push("team/full:1");
    mkdirSync(join(desk.cwd, "full.wasm"));
    const { exitCode, err } = await desk.run(["pull", `${registry.host}/team/full:1`]);
    assert.equal(exitCode, 3);
    assert.match(err, /nothing written/);
    assert.deepEqual(
      desk.files.filter((file) => file.includes("full")),
      ["full.wasm"],
    );
  });
});
