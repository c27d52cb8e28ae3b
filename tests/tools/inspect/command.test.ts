// `tidegate inspect`, and `generate` where the same is wrong with a module.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { parse } from "yaml";
import type { Inspection } from "../../../tools/inspect/inspect.js";
import { gzipOf } from "../../../tools/oci/gzip.js";
import { blobOf } from "../../../tools/oci/image.js";
import { layoutFiles, writeLayout } from "../../../tools/oci/layout.js";
import { imageOf } from "../../../tools/oci/manifest.js";
import { OCI_CONFIG } from "../../../tools/oci/media-types.js";
import { tarOf } from "../../../tools/oci/tar.js";
import { outputsOf } from "../../../tools/package/outputs.js";
import { pluginBytes, producers, wasmBytes } from "../../support/wasm-bytes.js";
import { assertGolden, goldenFolder } from "../golden-file.js";
import { tidegate } from "../memory-io.js";
import { SOME } from "../package/some-package.js";

const WASI = "wasi_snapshot_preview1";
const SPEC = `apiVersion: 1.0.0
info: { category: auth, name: some, version: 1.2.0 }
spec: { phase: AUTHN, priority: 10, configSchema: { openAPIV3Schema: { properties: { users: {}, realm: {} } } } }
`;
const module = pluginBytes({
  imports: [
    { module: "env", name: "proxy_log", params: "iii", results: "i" },
    { module: WASI, name: "fd_write", params: "iiii", results: "i" },
    { module: WASI, name: "fd_read", params: "iiii", results: "i" },
    { module: WASI, name: "proc_exit", params: "i" },
    { module: WASI, name: "fd_sync", params: "i", results: "i" },
  ],
  exports: [{ name: "_initialize" }, { name: "proxy_on_request_headers", params: "iii", results: "i" }],
  customs: [
    { name: "producers", bytes: producers({ language: { Rust: "" }, "processed-by": { rustc: "1.90.0" } }) },
    { name: "evil\u001b[2J", bytes: new Uint8Array(3) },
  ],
});
const contents = { ...SOME, module, documents: { ...SOME.documents, spec: SPEC } };

let cwd: string;
const run = (...args: string[]) => tidegate(args, { cwd });
before(async () => {
  cwd = await mkdtemp(join(tmpdir(), "tidegate-inspect-"));
  await writeFile(join(cwd, "some.wasm"), module);
  for (const { name, content } of await outputsOf(contents, "{}", ["oci", "artifact", "docker", "tar"], false)) {
    if (content instanceof Uint8Array) await writeFile(join(cwd, name), content);
    else await writeLayout(content, join(cwd, name), "folder");
  }
});
after(() => rm(cwd, { recursive: true }));

describe("tidegate inspect", () => {
  for (const name of ["some.wasm", "some-1.2.0.oci", "some-1.2.0.artifact.oci", "some-1.2.0.tar.gz"]) {
    it(`tells all of ${name}`, async () => {
      const { exitCode, out, err } = await run("inspect", name);
      assert.equal(exitCode, 0);
      assertGolden(join(goldenFolder("golden"), `inspect.${name}.txt`), out);
      assert.match(
        err,
        /^\S+:1:1: warning TG9308 the module imports \S+fd_sync, which Envoy has since 1.39.0\. [^\n]*\n$/,
      );
    });
  }

  it("tells machines the same, with what is wrong", async () => {
    const { exitCode, out, err } = await run("inspect", "some-1.2.0.oci", "-o", "json");
    assert.deepEqual({ exitCode, err }, { exitCode: 0, err: "" });
    const { module: facts, image, documents, spec, findings } = JSON.parse(out) as Inspection;
    assert.deepEqual(
      facts!.wasi.map(({ inEnvoy }) => inEnvoy),
      ["works", "answers with an error", "does nothing", "does nothing"],
    );
    assert.equal(facts!.wasi.at(-1)!.since, "1.39.0");
    assert.deepEqual(image!.pulls, [{ gateway: "istio" }, { gateway: "envoy-gateway" }, { gateway: "higress" }]);
    assert.equal(documents.find(({ name }) => name === "spec.yaml")!.text, SPEC);
    assert.deepEqual(spec, {
      name: "some",
      version: "1.2.0",
      category: "auth",
      phase: "AUTHN",
      priority: 10,
      keys: ["users", "realm"],
    });
    assert.deepEqual(
      findings.map(({ code }) => code),
      ["TG9308"],
    );
    const yaml = await run("inspect", "some-1.2.0.oci", "-o", "yaml");
    assert.deepEqual(parse(yaml.out), JSON.parse(out));
  });

  it("knows the Envoy that is to run it", async () => {
    const older = await run("inspect", "some.wasm", "--envoy-version", "1.38.2");
    assert.deepEqual([older.exitCode, older.err.match(/error TG9308/g)?.length], [1, 1]);
    assert.equal((await run("inspect", "some.wasm", "--envoy-version", "1.40.0")).err, "");
  });

  it("exits 1 when Envoy would not run it, in every form", async () => {
    await writeFile(join(cwd, "bad.wasm"), wasmBytes({}));
    for (const output of ["text", "json", "yaml"]) {
      const { exitCode, err } = await run("inspect", "bad.wasm", "-o", output);
      assert.deepEqual([exitCode, err.includes("TG9305")], [1, output === "text"]);
    }
  });

  it("tells of a module that gateways do not look for, and why they do not", async () => {
    const image = imageOf(blobOf(OCI_CONFIG, Buffer.from("{}")), [blobOf("application/wasm", module)]);
    await writeLayout(layoutFiles(image), join(cwd, "cncf"), "folder");
    const { exitCode, out, err } = await run("inspect", "cncf");
    assert.equal(exitCode, 1);
    assert.match(
      err,
      /error TG9311 Istio's agent, Envoy Gateway, Higress cannot get a module out of this: the last layer is/,
    );
    assert.match(out, /^ {2}pulled by +Istio's agent: no, the last layer is application\/wasm/m);
    assert.match(out, /^ {2}callbacks +proxy_on_request_headers$/m);
  });

  it("tells of an archive whose module is not first", async () => {
    const files = [
      { name: "README.md", bytes: Buffer.from("#") },
      { name: "plugin.wasm", bytes: module },
    ];
    await writeFile(join(cwd, "late.tar.gz"), gzipOf(await tarOf(files)));
    const { exitCode, out, err } = await run("inspect", "late.tar.gz");
    assert.equal(exitCode, 1);
    assert.match(err, /error TG9311 [^:]+: its first entry is no module/);
    assert.match(out, /^ {2}documents +README.md, 1 bytes$/m);
  });

  it("says in one line what it cannot read", async () => {
    await mkdir(join(cwd, "empty"));
    await writeFile(join(cwd, "cut.tar.gz"), gzipOf(module).subarray(0, 40));
    const cases: [string[], number, RegExp][] = [
      [["nowhere.wasm"], 3, /^tidegate: nowhere.wasm is no file, and no plugin; an image begins with oci:\/\/\n$/],
      [["build/nowhere.wasm"], 3, /is no file, and no plugin/],
      [["empty"], 3, /is a folder without index.json/],
      [["cut.tar.gz"], 3, /cut.tar.gz cannot be unpacked/],
      [["oci://registry.example.com/Canary:1"], 2, /is no image reference/],
      [[""], 2, /Expected a path/],
      [["some.wasm", "--envoy-version", "new"], 2, /Expected a version/],
    ];
    for (const [args, expected, message] of cases) {
      const { exitCode, out, err } = await run("inspect", ...args);
      assert.deepEqual([exitCode, out], [expected, ""], err);
      assert.match(err, message);
      assert.equal(err.trimEnd().split("\n").length, 1);
    }
  });
});

describe("tidegate generate", () => {
  const policy = `apiVersion: tidegate.dev/v1alpha1
kind: PluginPolicy
metadata: { name: p }
spec:
  workload: { labels: { app: a } }
  plugins: [{ name: trace, config: { trust: full } }]
`;
  const generate = (target: string, file: string, ...more: string[]) =>
    run("generate", "-t", target, "-f", "p.yaml", "--module-url", `file://${join(cwd, file)}`, ...more);
  before(() => writeFile(join(cwd, "p.yaml"), policy));

  it("refuses a module that inspect has errors for", async () => {
    await writeFile(join(cwd, "page.wasm"), "<!DOCTYPE html>");
    for (const target of ["envoy", "istio-envoyfilter"]) {
      const { exitCode, out, err } = await generate(target, "page.wasm");
      assert.deepEqual([exitCode, out], [1, ""]);
      assert.match(err, /^p.yaml:6:21: error TG9301 trace: this is no WebAssembly module: /m);
    }
  });

  it("weighs what is newer by the Envoy of its target", async () => {
    const weights = async (...more: string[]): Promise<string[]> => {
      const { err } = await generate("istio-envoyfilter", "some.wasm", ...more);
      return err.match(/\w+(?= TG9308)/g) ?? [];
    };
    assert.deepEqual(await weights(), ["warning"]);
    assert.deepEqual(await weights("--istio-version", "1.30.0"), ["error"]);
    assert.deepEqual(await weights("--istio-version", "1.31.0"), []);
  });
});
