import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, normalize } from "node:path";
import { after, before, describe, it } from "node:test";
import { locateEnvoy } from "../../tools/envoy/locate.js";
import { repoRoot } from "../../tools/root.js";
import { AUTHORS_RIG, AUTHORS_TEST, AUTHORS_TYPES, EDITOR, HOST_TYPES } from "../support/author-project.js";
import { NPM } from "../support/npm.js";
import { importsOf, install, isThere, link, type Manifest, pack, type Packed } from "../support/npm-package.js";
import { SHIPPED } from "../support/shipped.js";

/** What a project fetches is the archive. Most of what is in it are the modules, the library and the schemas. */
const MOST_PACKED_BYTES = 1_000_000;
const MOST_UNPACKED_BYTES = 3_500_000;

const scratch = realpathSync(mkdtempSync(join(tmpdir(), "tidegate-npm-")));
const project = join(scratch, "project");
const modules = join(project, "node_modules");
let packed: Packed;
let folder: string;
let manifest: Manifest;

before(async () => {
  packed = await pack(scratch);
  manifest = JSON.parse(readFileSync(join(repoRoot, "package.json"), "utf8")) as Manifest;
  folder = await install(join(scratch, packed.filename), project, Object.keys(manifest.dependencies));
  cpSync(join(repoRoot, "tests", "fixtures", "project"), project, { recursive: true });
});
after(() => rmSync(scratch, { recursive: true }));

interface Ended {
  exitCode: number | null;
  out: string;
  err: string;
}

function run(args: readonly string[], environment: NodeJS.ProcessEnv = {}, cwd = project): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { cwd, env: { ...process.env, ...environment }, maxBuffer: 1 << 24 };
    const child = execFile(process.execPath, args, options, (_, out, err) => {
      resolve({ exitCode: child.exitCode, out, err });
    });
    child.stdin?.end();
  });
}

const tidegate = (...args: string[]): Promise<Ended> => run([join(folder, "tools", "tidegate.mjs"), ...args]);

describe("the npm package", () => {
  it("is small, and runs nothing when it is installed", () => {
    assert.ok(packed.size < MOST_PACKED_BYTES, `${packed.size} bytes packed`);
    assert.ok(packed.unpackedSize < MOST_UNPACKED_BYTES, `${packed.unpackedSize} bytes unpacked`);
    for (const name of ["preinstall", "install", "postinstall", "prepare"])
      assert.equal(manifest.scripts[name], undefined);
    assert.equal(manifest.engines.node, ">=20");
  });

  it("has every plugin's module, schema and documents, and the library's sources", () => {
    const has = new Set(packed.files.map(({ path }) => path));
    for (const name of SHIPPED) {
      for (const file of [`build/${name}.wasm`, `plugins/${name}/schema.json`, `plugins/${name}/README.md`]) {
        assert.ok(has.has(file), file);
      }
    }
    const library = readdirSync(join(repoRoot, "assembly"), { recursive: true, encoding: "utf8" });
    for (const file of library.filter((name) => name.endsWith(".ts"))) assert.ok(has.has(`assembly/${file}`), file);
  });

  it("has nothing that only this repository needs", () => {
    const strange =
      /^(tests|dist\/tests|plugins\/.*\.ts|build\/.*(counting|debug|stamp)|tools\/(?!new\/templates).*\.ts)|\.map$/;
    assert.deepEqual(
      packed.files.filter(({ path }) => strange.test(path) || existsSync(join(repoRoot, path)) === false),
      [],
    );
  });

  it("has all that its modules import, or depends on it; only a checkout can benchmark", () => {
    const has = new Set(packed.files.map(({ path }) => path));
    const missing: string[] = [];
    for (const path of [...has].filter((name) => /^dist\/(?!tools\/commands\/bench).*\.(js|d\.ts)$/.test(name))) {
      for (const name of importsOf(readFileSync(join(folder, path), "utf8"))) {
        if (!isThere(name, path, has, manifest)) missing.push(`${path}: ${name}`);
      }
    }
    assert.deepEqual(missing, []);
  });

  it("exports what is there", () => {
    const files = Object.values(manifest.exports).flatMap((target) =>
      typeof target === "string" ? [target] : Object.values(target),
    );
    for (const file of files.filter((name) => !name.includes("*"))) assert.ok(existsSync(join(folder, file)), file);
  });

  it("has no link in a document that leads out of it, but to what those who work on it read", () => {
    const broken = packed.files
      .filter(({ path }) => path.endsWith(".md") && !path.includes("/templates/"))
      .flatMap(({ path }) => {
        const links = [...readFileSync(join(folder, path), "utf8").matchAll(/\]\(([^)#\s:]+)(#[^)]*)?\)/g)];
        const files = links.map(([, file]) => normalize(join(dirname(path), file!)));
        return files.filter((file) => !existsSync(join(folder, file))).map((file) => `${path}: ${file}`);
      });
    assert.deepEqual(broken, ["README.md: CONTRIBUTING.md", "README.md: RATIONALE.md"]);
  });

  it("is not packed from a folder that cannot build it", async () => {
    const [npm, ...args] = NPM;
    const ended = await new Promise<string | null>((resolve) => {
      execFile(npm, [...args, "pack", "--pack-destination", scratch], { cwd: folder }, (error) =>
        resolve(error ? String(error.code) : null),
      );
    });
    assert.notEqual(ended, null);
  });
});

describe("the tool from the npm package", () => {
  it("says its version", async () => {
    const { out } = await tidegate("--version");
    assert.match(out, /^\d+\.\d+\.\d+\n$/);
  });

  it("checks and configures tidegate's plugins without a compiler", async () => {
    const policy = join(folder, "envoy-configs", "quickstart", "policy.yaml");
    const checked = await tidegate("validate", "-f", policy);
    assert.deepEqual(checked, { exitCode: 0, out: "", err: "1 policy checked: fine\n" });
    const { out } = await tidegate("generate", "-t", "envoy", "-f", policy);
    const files = [...out.matchAll(/filename: (.*)$/gm)].map(([, file]) => file!);
    assert.deepEqual(
      files,
      ["trace", "ratelimit", "canary"].map((name) => join(folder, "build", `${name}.wasm`)),
    );
    assert.match((await tidegate("schema", "canary")).out, /"default"/);
    assert.match((await tidegate("codes", "TG9401")).out, /^TG9401: /);
  });

  it("says that there is nothing to build outside of a project", async () => {
    const { exitCode, out, err } = await run([join(folder, "tools", "tidegate.mjs"), "build"], {}, scratch);
    assert.deepEqual({ exitCode, out }, { exitCode: 2, out: "" });
    assert.match(err, /^tidegate: nothing to build: no folder plugins\/<name> [^\n]*\n$/);
  });

  it("says how the compiler is installed where there is none", async () => {
    const { exitCode, out, err } = await tidegate("build");
    const command = `npm install --save-dev assemblyscript@${manifest.peerDependencies["assemblyscript"]}`;
    assert.deepEqual({ exitCode, out }, { exitCode: 3, out: "" });
    assert.equal(err, `tidegate: the compiler is not installed. Run: ${command}\n`);
  });
});

describe("an author's project", () => {
  before(() => link("assemblyscript", modules));

  it("builds a plugin on the library, and tests it in the Node host", async () => {
    const built = await tidegate("build");
    assert.deepEqual([built.exitCode, built.err], [0, ""]);
    writeFileSync(join(project, "test.js"), AUTHORS_TEST);
    assert.deepEqual(await run(["test.js"]), { exitCode: 0, out: "world\n", err: "" });
  });

  it("tries a plugin of its own beside one of tidegate's in a real Envoy", async () => {
    const { path } = await locateEnvoy({ allowInstall: false });
    writeFileSync(join(project, "rig.js"), AUTHORS_RIG);
    assert.deepEqual(await run(["rig.js"], { TIDEGATE_ENVOY: path }), { exitCode: 0, out: "200 world\n", err: "" });
  });

  it("gets nothing from the package's bare name", async () => {
    const { err } = await run(["--input-type=module", "--eval", 'await import("tidegate")']);
    assert.match(err, /ERR_PACKAGE_PATH_NOT_EXPORTED/);
  });

  it("has types of the host, and of the library in editors", async () => {
    for (const name of ["typescript", "@types/node", "undici-types"]) link(name, modules);
    mkdirSync(join(project, "types"));
    writeFileSync(join(project, "types", "test.ts"), AUTHORS_TYPES);
    writeFileSync(join(project, "types", "tsconfig.json"), JSON.stringify(HOST_TYPES));
    writeFileSync(join(project, "plugins", "tsconfig.json"), JSON.stringify(EDITOR));
    const tsc = join(modules, "typescript", "bin", "tsc");
    for (const part of ["types", "plugins"]) {
      assert.deepEqual(await run([tsc, "-p", part]), { exitCode: 0, out: "", err: "" });
    }
  });
});
