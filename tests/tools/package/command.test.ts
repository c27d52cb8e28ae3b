// `tidegate package`: what it writes, prints and refuses.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import fc from "fast-check";
import { parse } from "yaml";
import { modulePath } from "../../../tools/build/build-all.js";
import { digestOf } from "../../../tools/oci/digest.js";
import { moduleOf } from "../../../tools/oci/module-of.js";
import { readLayout } from "../../../tools/oci/read-layout.js";
import { repoRoot } from "../../../tools/root.js";
import { pluginBytes } from "../../support/wasm-bytes.js";
import { tidegate } from "../memory-io.js";
import { CREATED, EPOCH } from "./some-package.js";

const BIN = fileURLToPath(new URL("../../../tools/bin.js", import.meta.url));
const env = { SOURCE_DATE_EPOCH: String(EPOCH) };
const ALL = "oci,artifact,docker,tar";

describe("tidegate package", () => {
  let cwd: string;
  const module = pluginBytes();
  const hex = digestOf(module).slice("sha256:".length);
  const some = ["package", "--module", "some.wasm", "--version", "1.2.0", "--out", "out"];
  const run = (...args: string[]) => tidegate(args, { cwd, env });
  before(async () => void (cwd = await mkdtemp(join(tmpdir(), "tidegate-package-"))));
  beforeEach(async () => {
    await rm(cwd, { recursive: true });
    await mkdir(cwd);
    await writeFile(join(cwd, "some.wasm"), module);
  });
  after(() => rm(cwd, { recursive: true }));

  it("writes each form, from which the module can be pulled", async () => {
    const { exitCode, out, err } = await run(...some, "--form", ALL, "--referrer");
    assert.deepEqual({ exitCode, err }, { exitCode: 0, err: "" });
    const forms = ["some-1.2.0.oci", "some-1.2.0.artifact.oci", "some-1.2.0.docker.tar"];
    const others = ["some-1.2.0.artifact.sbom.oci", "some-1.2.0.cdx.json", "some-1.2.0.sbom.oci", "some-1.2.0.tar.gz"];
    assert.deepEqual((await readdir(join(cwd, "out"))).sort(), [...forms, ...others].sort());
    for (const form of forms) {
      const image = readLayout(join(cwd, "out", form));
      assert.equal(digestOf(moduleOf(image)), digestOf(module));
      assert.match(out, new RegExp(String.raw`out/${form} +\w+ +manifest ${image.digest}$`, "m"));
    }
  });

  it("prints both hashes, and says which is which", async () => {
    const { out } = await run(...some);
    const { digest } = readLayout(join(cwd, "out/some-1.2.0.oci"));
    assert.match(out, new RegExp(`^  module of ${module.length} bytes, sha256 ${hex}$`, "m"));
    const manifest = digest.slice("sha256:".length);
    assert.ok(
      out.includes(`url: oci://registry.example.com/some:1.2.0\nsha256: "${manifest}" # of the image's manifest\n`),
    );
    assert.ok(
      out.includes(`url: https://modules.example.com/some-1.2.0.wasm\nsha256: "${hex}" # of the module itself\n`),
    );
  });

  it("tells machines the same", async () => {
    const json = JSON.parse((await run(...some, "-o", "json", "--license", "MIT")).out);
    const yaml = parse((await run(...some, "-o", "yaml", "--license", "MIT")).out);
    assert.deepEqual(yaml, json);
    const [{ name, version, module: about, files, annotations, lines }] = json.packages;
    assert.deepEqual(
      { name, version, about },
      { name: "some", version: "1.2.0", about: { size: module.length, sha256: hex } },
    );
    assert.deepEqual(
      files.map((file: { path: string }) => file.path),
      ["out/some-1.2.0.oci", "out/some-1.2.0.cdx.json"],
    );
    assert.equal(annotations["org.opencontainers.image.licenses"], "MIT");
    assert.equal(annotations["org.opencontainers.image.created"], CREATED);
    assert.equal(lines[0].lines.sha256, files[0].digest.slice("sha256:".length));
  });

  it("has a tag, too, for a version that is none", async () => {
    const { out } = await run(...some, "--version", "1.2.0+5");
    assert.match(out, /^url: oci:\/\/registry\.example\.com\/some:1\.2\.0_5$/m);
    const readme = Buffer.from(readLayout(join(cwd, "out/some-1.2.0+5.oci")).layers[1]!.bytes).toString();
    assert.match(readme, /url: oci:\/\/\S+\/some:1\.2\.0_5$/m);
  });

  it("makes the same bytes in another folder, time zone, language and umask", async () => {
    const elsewhere = join(cwd, "else", "where");
    await mkdir(elsewhere, { recursive: true });
    await writeFile(join(elsewhere, "some.wasm"), module);
    const command = `umask 077 && exec "$0" "$@"`;
    const args = [BIN, ...some, "--form", ALL, "-o", "json"];
    const started = {
      cwd: elsewhere,
      env: { ...env, PATH: process.env["PATH"], TZ: "Asia/Tokyo", LC_ALL: "tr_TR.UTF-8" },
    };
    const { stdout } = await promisify(execFile)("sh", ["-c", command, process.execPath, ...args], started);
    assert.equal(stdout, (await run(...some, "--form", ALL, "-o", "json")).out);
    for (const file of ["some-1.2.0.docker.tar", "some-1.2.0.tar.gz", "some-1.2.0.cdx.json"]) {
      assert.deepEqual(await readFile(join(elsewhere, "out", file)), await readFile(join(cwd, "out", file)), file);
    }
  });

  it("packages a plugin of this repository as it is built", async () => {
    const { exitCode, out } = await tidegate(["package", "trace", "--out", join(cwd, "out"), "-o", "json"]);
    assert.equal(exitCode, 0);
    const [{ version, files, annotations }] = JSON.parse(out).packages;
    const image = readLayout(files[0].path);
    assert.equal(digestOf(moduleOf(image)), digestOf(await readFile(modulePath("trace"))));
    assert.equal(annotations["org.opencontainers.image.version"], version);
    const bill = JSON.parse(await readFile(files.at(-1).path, "utf8"));
    const own = bill.metadata.component.components.map((file: { name: string }) => file.name);
    assert.ok(own.includes("plugins/trace/index.ts"));
    assert.ok(!own.some((name: string) => !name.startsWith("plugins/trace/")), own.join());
  });

  it("packages the plugins of a project, with what its package.json says of them", async () => {
    await cp(join(repoRoot, "tests/fixtures/project"), cwd, { recursive: true });
    await mkdir(join(cwd, "node_modules"));
    await symlink(repoRoot, join(cwd, "node_modules/tidegate"));
    const manifest = { name: "shop", version: "3.1.4", license: "MIT", devDependencies: { tidegate: "*" } };
    await writeFile(join(cwd, "package.json"), JSON.stringify(manifest));
    const { stdout } = await promisify(execFile)(process.execPath, [BIN, "package", "-o", "json"], { cwd });
    const [{ name, files, annotations }, ...others] = JSON.parse(stdout).packages;
    assert.deepEqual([name, others], ["hello", []]);
    assert.equal(files[0].path, "build/packages/hello-3.1.4.oci");
    assert.equal(annotations["org.opencontainers.image.licenses"], "MIT");
    const bill = JSON.parse(await readFile(join(cwd, files[1].path), "utf8"));
    assert.deepEqual(
      bill.components.map((each: { name: string }) => each.name),
      ["@solo-io/proxy-runtime", "assemblyscript", "tidegate"],
    );
  });

  it("replaces a package by another one, and nothing else unless it is forced to", async () => {
    assert.equal((await run(...some, "--form", ALL)).exitCode, 0);
    assert.equal((await run(...some, "--form", ALL, "--revision", "v2")).exitCode, 0);
    const strange = ["some-1.2.0.oci", "some-1.2.0.tar.gz", "some-1.2.0.docker.tar", "some-1.2.0.cdx.json"];
    for (const name of strange) {
      await rm(join(cwd, "out", name), { recursive: true });
      await writeFile(join(cwd, "out", name), "{}");
    }
    const { exitCode, out, err } = await run(...some, "--form", ALL);
    assert.deepEqual({ exitCode, out }, { exitCode: 1, out: "" });
    assert.deepEqual(
      err.match(/^out\/\S+: error TG9104/gm),
      ["oci", "docker.tar", "tar.gz", "cdx.json"].map((end) => `out/some-1.2.0.${end}:1:1: error TG9104`),
    );
    for (const name of strange) assert.equal(await readFile(join(cwd, "out", name), "utf8"), "{}");
    assert.equal((await run(...some, "--form", ALL, "--force")).exitCode, 0);
    assert.equal(digestOf(moduleOf(readLayout(join(cwd, "out/some-1.2.0.oci")))), digestOf(module));
    assert.deepEqual((await readdir(join(cwd, "out"))).length, 5);
  });

  it("does not follow a link to where it would replace something", async () => {
    await mkdir(join(cwd, "out"));
    await mkdir(join(cwd, "precious"));
    await writeFile(join(cwd, "precious/oci-layout"), "");
    await symlink(join(cwd, "precious"), join(cwd, "out/some-1.2.0.oci"));
    assert.equal((await run(...some)).exitCode, 1);
    assert.equal((await run(...some, "--force")).exitCode, 0);
    assert.deepEqual(await readdir(join(cwd, "precious")), ["oci-layout"]);
  });

  it("writes nothing when it cannot, or should not", async () => {
    await writeFile(join(cwd, "out"), "a file");
    const { exitCode, err } = await run(...some);
    assert.equal(exitCode, 3);
    assert.match(err, /^tidegate: .*\n$/);
    await rm(join(cwd, "out"));
    await writeFile(join(cwd, "some.wasm"), "no module");
    assert.equal((await run(...some)).exitCode, 1);
    assert.deepEqual(await readdir(cwd), ["some.wasm"]);
  });

  const REFUSED: [string[], RegExp][] = [
    [["package", "nosuch"], /there is no plugin nosuch, but there are canary/],
    [["package", "trace", "--module", "some.wasm"], /give plugins or --module, not both/],
    [["package", "--name", "x"], /--name and --schema need --module/],
    [["package", "--module", "some.wasm"], /nothing says the version of some\. Give --version/],
    [["package", "--module", "some.wasm", "--version", "latest"], /--version latest is none such as 1\.2\.0/],
    [[...some, "--name", "Some"], /an image cannot be called Some\. Give --name/],
    [[...some, "--form", "zip"], /Allowed choices are oci, artifact, docker, tar/],
    [[...some, "--module-url", "ftp://a.example/x"], /is no URL that begins with oci:\/\//],
    [[...some, "--out", ""], /Expected a path/],
  ];
  for (const [args, message] of REFUSED) {
    it(`refuses ${args.join(" ")}`, async () => {
      const { exitCode, out, err } = await run(...args);
      assert.deepEqual({ exitCode, out }, { exitCode: 2, out: "" });
      assert.match(err, message);
    });
  }

  for (const [file, message] of [
    ["absent.wasm", /absent\.wasm cannot be read: .*no such file/],
    [".", /cannot be read: .*directory/],
  ] as const) {
    it(`fails by input and output for ${file}`, async () => {
      const { exitCode, err } = await run("package", "--module", file, "--name", "x", "--version", "1.0.0");
      assert.equal(exitCode, 3);
      assert.match(err, message);
    });
  }

  it("packages any schema, and no module that Envoy would not load", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), fc.nat({ max: module.length }), async (bytes, from) => {
        const broken = Uint8Array.from([...module.subarray(0, from), ...bytes]);
        await writeFile(join(cwd, "some.wasm"), broken);
        const { exitCode, out, err } = await run(...some);
        assert.doesNotMatch(err, /fault of tidegate/);
        if (exitCode === 0) assert.doesNotThrow(() => new WebAssembly.Module(broken));
        else assert.match(`${exitCode} ${out}${err}`, /^1 some\.wasm:1:1: error TG\d+ /);
      }),
      { numRuns: 40 },
    );
    await writeFile(join(cwd, "some.wasm"), module);
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (schema) => {
        await writeFile(join(cwd, "schema.json"), JSON.stringify(schema));
        const { exitCode, err } = await run(...some, "--schema", "schema.json");
        assert.doesNotMatch(err, /fault of tidegate/);
        assert.ok([0, 1, 3].includes(exitCode), err);
      }),
      { numRuns: 40 },
    );
  });
});
