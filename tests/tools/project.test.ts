import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { findProject, installFolder } from "../../tools/project.js";
import { repoRoot } from "../../tools/root.js";
import { modulePath } from "../../tools/plugin-folders.js";
import { projectIn, tidegateIn } from "../support/project.js";

const scratch = realpathSync(mkdtempSync(join(tmpdir(), "tidegate-project-")));
after(() => rmSync(scratch, { recursive: true }));

const POLICY = `apiVersion: tidegate.dev/v1alpha1
kind: PluginPolicy
metadata: { name: both, namespace: default }
spec:
  workload: { labels: { app: both } }
  attach: { direction: inbound }
  failure: open
  envoy: { upstreams: [{ name: v1, address: 127.0.0.1, port: 9001 }] }
  plugins:
    - { name: hello, config: { greeting: hi } }
    - { name: trace, config: { trust: full } }
`;

/** A project that depends on tidegate, with one plugin of its own. */
function project(name: string, manifest?: object): string {
  return projectIn(join(scratch, name), join(repoRoot, "tests", "fixtures", "project"), manifest);
}

describe("a project", () => {
  it("is the nearest folder that depends on tidegate, or tidegate itself", () => {
    const folder = project("nearest", { dependencies: { tidegate: "*" } });
    mkdirSync(join(folder, "inner"));
    assert.equal(findProject(join(folder, "inner")), folder);
    writeFileSync(join(folder, "inner", "package.json"), "{ broken");
    assert.equal(findProject(join(folder, "inner")), folder);
    assert.equal(findProject(join(repoRoot, "plugins")), repoRoot);
    assert.equal(findProject(scratch), undefined);
  });

  it("keeps what is installed for it; outside of any the user's cache does", () => {
    assert.equal(installFolder("/p", {}), "/p/.tidegate");
    assert.equal(installFolder(undefined, { XDG_CACHE_HOME: "/c" }), "/c/tidegate");
  });

  it("has plugins of its own beside tidegate's", async () => {
    const folder = project("both");
    writeFileSync(join(folder, "policy.yaml"), POLICY);
    const built = await tidegateIn(folder, "build");
    assert.deepEqual([built.exitCode, built.err], [0, ""]);
    assert.match(built.out, /^build\/hello\.wasm {2}\d+ bytes\n/);
    assert.deepEqual(built.out.match(/^\S*\.wasm/gm), ["build/hello.wasm"]);
    assert.match((await tidegateIn(folder, "build", "hello")).out, /bytes {2}\(up to date\)\n/);
    const checked = await tidegateIn(folder, "validate", "-f", "policy.yaml");
    assert.deepEqual([checked.exitCode, checked.err], [0, "1 policy checked: fine\n"]);
    const { out } = await tidegateIn(folder, "generate", "-t", "envoy", "-f", "policy.yaml");
    const modules = [...out.matchAll(/filename: (.*)$/gm)].map(([, file]) => file);
    assert.deepEqual(modules, [join(folder, "build", "hello.wasm"), modulePath("trace")]);
  });

  it("builds anew when the library or a file beside the plugin changes", async () => {
    const folder = project("stale");
    await tidegateIn(folder, "build");
    writeFileSync(join(folder, "plugins", "hello", "word.ts"), 'export const WORD = "other";\n');
    const { out } = await tidegateIn(folder, "build");
    assert.doesNotMatch(out, /up to date/);
  });

  it("names the place of an error in its own files", async () => {
    const folder = project("broken");
    writeFileSync(join(folder, "plugins", "hello", "word.ts"), "\nexport const WORD: string = nothing;\n");
    const { exitCode, out, err } = await tidegateIn(folder, "build");
    assert.deepEqual({ exitCode, out }, { exitCode: 1, out: "" });
    assert.match(err, /^plugins\/hello\/word\.ts:2:29: error TG6001 Cannot find name 'nothing'\.\n/);
  });

  it("may not call a plugin as one of tidegate's is called", async () => {
    const folder = project("twice");
    mkdirSync(join(folder, "plugins", "trace"));
    writeFileSync(join(folder, "plugins", "trace", "schema.json"), "{}");
    const { exitCode, err } = await tidegateIn(folder, "validate", "-f", "-");
    assert.equal(exitCode, 3);
    assert.match(err, /plugins\/trace: a plugin of tidegate's own is called trace; rename the folder\n$/);
  });

  it("is told of a schema that is none", async () => {
    const folder = project("schema");
    mkdirSync(join(folder, "plugins", "odd"));
    writeFileSync(join(folder, "plugins", "odd", "schema.json"), '{"type": "objct"}');
    const { exitCode, err } = await tidegateIn(folder, "validate", "-f", "-");
    assert.equal(exitCode, 3);
    assert.match(err, /^tidegate: \S+plugins\/odd\/schema\.json: schema is invalid: data\/type must be equal to .*\n$/);
  });

  it("does not build tidegate's own", async () => {
    const { exitCode, err } = await tidegateIn(project("own"), "build", "canary");
    assert.deepEqual([exitCode, err], [2, "tidegate: canary: comes with tidegate, built already\n"]);
  });

  it("checks a module that was built elsewhere", async () => {
    const folder = project("elsewhere");
    mkdirSync(join(folder, "plugins", "rust"));
    writeFileSync(join(folder, "plugins", "rust", "plugin.wasm"), "no module");
    const { exitCode, err } = await tidegateIn(folder, "build", "rust");
    assert.equal(exitCode, 1);
    assert.match(
      err,
      /^plugins\/rust\/plugin\.wasm:1:1: error TG9401 this is no WebAssembly module\. Build the plugin anew\.\n/,
    );
  });
});
