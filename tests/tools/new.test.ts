import fc from "fast-check";
import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";
import { after, beforeEach, describe, it } from "node:test";
import { format, resolveConfig } from "prettier";
import { newFiles } from "../../tools/new/files.js";
import { versionsFor } from "../../tools/new/manifest.js";
import { TEMPLATES } from "../../tools/new/templates.js";
import { repoRoot } from "../../tools/root.js";
import { tidegate } from "./memory-io.js";

const scratch = mkdtempSync(join(tmpdir(), "tidegate-new-"));
after(() => rmSync(scratch, { recursive: true }));

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(scratch, "cwd-"));
});

const make = (...args: string[]) => tidegate(["new", ...args], { cwd });

/** All files below the working directory, in order. */
function filesHere(): string[] {
  const entries = readdirSync(cwd, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.map((entry) => join(entry.parentPath, entry.name).slice(cwd.length + 1)).sort();
}

/** Makes the working directory a project that depends on tidegate. */
function beProject(): void {
  writeFileSync(join(cwd, "package.json"), '{ "devDependencies": { "tidegate": "0.1.0" } }');
}

/** Asserts that a command line said why it did nothing, on one line. */
async function assertRefused(args: string[], exitCode: number, reason: RegExp): Promise<void> {
  const before = filesHere();
  const ran = await make(...args);
  assert.deepEqual([ran.exitCode, ran.out], [exitCode, ""]);
  assert.match(ran.err, /^tidegate: [^\n]+\n$/);
  assert.match(ran.err, reason);
  assert.deepEqual(filesHere(), before);
}

describe("tidegate new", () => {
  for (const template of Object.keys(TEMPLATES)) {
    it(`--from ${template}: writes a project with what --dry-run lists, and tells the commands`, async () => {
      const dry = await make("hello", "--from", template, "--dry-run");
      assert.deepEqual([dry.exitCode, filesHere()], [0, []]);
      const { exitCode, out, err } = await make("hello", "--from", template);
      assert.deepEqual([exitCode, err], [0, ""]);
      assert.equal(dry.out, filesHere().map((file) => `${file}\n`).join("")); // prettier-ignore
      assert.equal(dry.err, `${filesHere().length} files, nothing written\n`);
      const commands = ["cd hello", "npm install", "npx tidegate run hello"];
      assert.ok(out.includes(commands.map((command) => `  ${command}\n`).join("")), out);
      assert.match(readFileSync(join(cwd, "hello", "envoy-configs", "hello", "README.md"), "utf8"), /^\$ /m);
    });
  }

  it("begins as one that writes a header", async () => {
    assert.deepEqual((await make("hello", "--dry-run")).out.split("\n"), [
      "hello/.editorconfig",
      "hello/.github/workflows/check.yaml",
      "hello/.gitignore",
      "hello/.prettierrc.json",
      "hello/README.md",
      "hello/as-pect.asconfig.json",
      "hello/as-pect.config.js",
      "hello/envoy-configs/hello/README.md",
      "hello/envoy-configs/hello/policy.yaml",
      "hello/eslint.config.js",
      "hello/package.json",
      "hello/plugins/hello/README.md",
      "hello/plugins/hello/config.ts",
      "hello/plugins/hello/filter.ts",
      "hello/plugins/hello/index.ts",
      "hello/plugins/hello/policy.ts",
      "hello/plugins/hello/schema.json",
      "hello/plugins/tsconfig.json",
      "hello/tests/e2e/hello.test.js",
      "hello/tests/host/hello.test.js",
      "hello/tests/plugins/hello/config.spec.ts",
      "hello/tests/plugins/hello/policy.spec.ts",
      "hello/tests/plugins/tsconfig.json",
      "hello/tests/support/plugin-module.js",
      "",
    ]);
  });

  it("adds to a project its plugin, tests and rig, from anywhere in it", async () => {
    beProject();
    mkdirSync(join(cwd, "plugins", "other"), { recursive: true });
    writeFileSync(join(cwd, "plugins", "other", "index.ts"), "");
    const { exitCode, out } = await tidegate(["new", "hello"], { cwd: join(cwd, "plugins") });
    assert.equal(exitCode, 0);
    assert.match(out, /^ {2}cd \.\.\n {2}npx tidegate run hello$/m);
    assert.deepEqual(
      filesHere().filter((file) => !file.includes("hello")),
      ["package.json", "plugins/other/index.ts"],
    );
    await assertRefused(["other"], 2, /there is a plugin other already/);
  });

  it("--stand-alone: makes a project within another", async () => {
    beProject();
    assert.equal((await make("hello", "--stand-alone", "--tidegate", "^1.2.3")).exitCode, 0);
    const { dependencies } = JSON.parse(readFileSync(join(cwd, "hello", "package.json"), "utf8")) as {
      dependencies: object;
    };
    assert.deepEqual(dependencies, { tidegate: "^1.2.3" });
  });

  it("adds to this repository what its own plugins have", async () => {
    const { exitCode, out } = await tidegate(["new", "hello", "--dry-run", "-o", "json"]);
    assert.equal(exitCode, 0);
    const { kind, folder, files, commands } = JSON.parse(out) as Record<string, string | string[]>;
    assert.deepEqual([kind, folder, commands], ["checkout", "", ["npx tidegate run hello"]]);
    assert.ok(files!.includes("tests/host/hello.test.ts"));
    assert.ok(!files!.includes("package.json"));
  });

  it("fills an empty folder, and leaves one alone that is not", async () => {
    mkdirSync(join(cwd, "hello"));
    assert.equal((await make("hello")).exitCode, 0);
    writeFileSync(join(cwd, "hello", "README.md"), "mine");
    await assertRefused(["hello"], 3, /hello exists and is not empty/);
    assert.equal(readFileSync(join(cwd, "hello", "README.md"), "utf8"), "mine");
  });
});

describe("tidegate new refuses", () => {
  it("a name that a plugin cannot have", async () => {
    for (const name of ["Hello", "a_b", "-a", "a-", "a.b", "../a", "a/b", "é", "", " ", "a".repeat(33), "a\nb"])
      await assertRefused(["--", name], 2, /is no name for a plugin: up to 32 of a-z, 0-9 and -/);
  });

  it("a name that is taken", async () => {
    for (const name of ["ratelimit", "canary", "trace"]) await assertRefused([name], 2, /a plugin \w+ already/);
    for (const name of ["tidegate", "suite", "eslint"]) await assertRefused([name], 2, /the name of something else/);
  });

  it("an example that there is not, with the one that was meant", async () => {
    await assertRefused(["hello", "--from", "heder"], 2, /there is no example "heder"\. Did you mean "header"\?/);
    await assertRefused(["hello", "--from", "../project"], 2, /Allowed here: header, auth, http-call, counter/);
    await assertRefused(["hello", "--from", "toString"], 2, /there is no example/);
  });

  it("a place that cannot be written to", async () => {
    writeFileSync(join(cwd, "file"), "");
    const { exitCode, err } = await tidegate(["new", "hello"], { cwd: join(cwd, "file") });
    assert.equal(exitCode, 3);
    assert.match(err, /^tidegate: nothing written: ENOTDIR: [^\n]+\n$/);
    writeFileSync(join(cwd, "hello"), "");
    await assertRefused(["hello"], 3, /nothing written: ENOTDIR/);
  });

  it("to add to a project only a part of the files", async () => {
    beProject();
    writeFileSync(join(cwd, "tests"), "no folder");
    await assertRefused(["hello"], 3, /nothing written: /);
    assert.deepEqual(readdirSync(cwd), ["package.json", "tests"]);
  });

  it("to overwrite a file of a project", async () => {
    beProject();
    mkdirSync(join(cwd, "tests", "host"), { recursive: true });
    writeFileSync(join(cwd, "tests", "host", "hello.test.js"), "mine");
    await assertRefused(["hello"], 3, /nothing written: tests\/host\/hello\.test\.js is there already/);
    assert.deepEqual(readdirSync(cwd), ["package.json", "tests"]);
    mkdirSync(join(cwd, "plugins", "bye"), { recursive: true });
    writeFileSync(join(cwd, "plugins", "bye", "notes.txt"), "mine");
    await assertRefused(["bye"], 3, /plugins\/bye exists and is not empty/);
  });

  it("whatever else it is given, on one line or not at all", async () => {
    const word = fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.constantFrom("ratelimit", "x", "header"));
    await fc.assert(
      fc.asyncProperty(word, word, async (name, from) => {
        const { exitCode, out, err } = await make("--dry-run", `--from=${from}`, "--", name);
        if (exitCode === 0) return assert.match(out, /^[\w-]+\/\.editorconfig\n/);
        assert.equal(exitCode, 2);
        assert.match(err, /^tidegate: [^\n\r\u2028\u2029]+\n$/);
      }),
      { numRuns: 100, seed: 20261122 },
    );
  });
});

describe("what tidegate new writes", () => {
  const kinds = ["checkout", "alone"] as const;
  const cases = Object.keys(TEMPLATES).flatMap((template) => kinds.map((kind) => ({ template, kind })));
  const isGood = new Map<string, boolean>();

  /** Whether prettier has nothing to change in a file of this repository with that path and text. */
  async function isFormatted(path: string, text: string): Promise<boolean> {
    const filepath = join(repoRoot, path);
    const options = { ...(await resolveConfig(filepath, { editorconfig: true })), filepath };
    if (!isGood.has(text)) isGood.set(text, (await format(text, options)) === text);
    return isGood.get(text)!;
  }

  for (const { template, kind } of cases) {
    it(`is formatted, whatever the length of the name: ${template}, ${kind}`, async () => {
      for (const name of kind === "checkout" ? ["a", "a".repeat(32)] : ["a".repeat(32)]) {
        for (const { path, text } of newFiles(name, template, kind, versionsFor(repoRoot)))
          if (!/ignore|editorconfig/.test(path)) assert.ok(await isFormatted(path, text), path);
      }
    });

    it(`names the template nowhere: ${template}, ${kind}`, () => {
      for (const { path, text } of newFiles("hello-2", template, kind, versionsFor(repoRoot))) {
        assert.doesNotMatch(`${path}\n${text}`, /my[-_]plugin/i, path);
        if (kind === "alone") assert.doesNotMatch(text, /\.\.\/(assembly|tools)\//, path);
      }
    });
  }

  for (const template of Object.keys(TEMPLATES)) {
    it(`finds in this repository what it imports: ${template}`, () => {
      const files = newFiles("hello", template, "checkout", versionsFor(repoRoot));
      const own = new Set(files.map(({ path }) => path));
      const imports = files.flatMap(({ path, text }) =>
        [...text.matchAll(/ from "(\..*)";/g)].map(([, name]) => posix.join(posix.dirname(path), name!)),
      );
      assert.ok(imports.length > 10);
      for (const name of imports) {
        const places = [name.replace(/\.js$/, ".ts"), `${name}.ts`, `${name}/index.ts`];
        assert.ok(
          places.some((place) => own.has(place) || existsSync(join(repoRoot, place))),
          name,
        );
      }
    });
  }

  it("depends on exact versions, those that this repository is tested with", () => {
    const [file] = newFiles("hello", "header", "alone", versionsFor(join(repoRoot, "x"))).filter(
      ({ path }) => path === "package.json",
    );
    const { dependencies, devDependencies } = JSON.parse(file!.text) as Record<string, Record<string, string>>;
    assert.deepEqual(dependencies, { tidegate: "file:.." });
    for (const [name, version] of Object.entries(devDependencies!)) assert.match(version, /^\d+\.\d+\.\d+$/, name);
    assert.deepEqual(Object.keys(devDependencies!), [
      "@as-pect/cli",
      "assemblyscript",
      "assemblyscript-prettier",
      "eslint",
      "prettier",
      "typescript",
      "typescript-eslint",
    ]);
  });
});
