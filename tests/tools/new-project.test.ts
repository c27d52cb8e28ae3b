// What `tidegate new` writes is tested by doing: all examples in a project of its own, one in this repository. That the others
// find there what they import is for new.test.ts.
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { locateEnvoy } from "../../tools/envoy/locate.js";
import { PluginModule, Proxy } from "../../tools/host/index.js";
import { TEMPLATES } from "../../tools/new/templates.js";
import { repoRoot } from "../../tools/root.js";
import { NEW_CONFIGURATIONS } from "../support/new-configurations.js";
import { NPM } from "../support/npm.js";
import { copyCheckout, linkDependencies, ran } from "../support/new-project.js";

const EXAMPLES = Object.keys(TEMPLATES);
const nameOf = (example: string): string => `new-${example}`;
const NAME = "new-plugin";
const scratch = mkdtempSync(join(tmpdir(), "tidegate-new-"));
after(() => rmSync(scratch, { recursive: true, force: true }));

/** Runs a command; fails with all that it printed unless it ends well. @returns what it printed. */
async function run(command: readonly string[], cwd: string): Promise<string> {
  const envoy = await locateEnvoy({ allowInstall: true });
  const { code, output } = await ran(command, cwd, { CI: "true", TIDEGATE_ENVOY: envoy.path });
  assert.equal(code, 0, `${command.join(" ")}:\n${output}`);
  return output;
}

describe("a project with all examples", { timeout: 240_000 }, () => {
  const [first, ...others] = EXAMPLES;
  const project = join(scratch, nameOf(first!));
  const tidegate = (...args: string[]): string[] => [
    process.execPath,
    join(repoRoot, "tools", "tidegate.mjs"),
    ...args,
  ];

  it("passes its own checks: format, lint, tests at three levels", async () => {
    await run(tidegate("new", nameOf(first!), "--from", first!), scratch);
    for (const example of others) await run(tidegate("new", nameOf(example), "--from", example), project);
    linkDependencies(project);
    await run([...NPM, "run", "check"], project);
  });

  for (const [example, configurations] of Object.entries(NEW_CONFIGURATIONS)) {
    it(`has a schema that says what the plugin takes: ${example}`, async () => {
      const schema = join(project, "plugins", nameOf(example), "schema.json");
      const accepts = new Ajv2020({ strictRequired: false }).compile(
        JSON.parse(readFileSync(schema, "utf8")) as object,
      );
      const module = await PluginModule.compile(readFileSync(join(project, "build", `${nameOf(example)}.wasm`)));
      let good = 0;
      await fc.assert(
        fc.asyncProperty(configurations, async (configuration) => {
          const vm = await new Proxy().createVm(module);
          const { failure } = vm.startPlugin({ configuration: JSON.stringify(configuration) });
          assert.notEqual(failure, "trap");
          assert.equal(failure === undefined, accepts(configuration), JSON.stringify(configuration));
          if (failure === undefined) good++;
        }),
        { numRuns: 200, seed: 20261122 },
      );
      assert.ok(good > 5 && good < 195, `${good} of 200 were good`);
    });
  }
});

describe("this repository with an example", { timeout: 240_000 }, () => {
  const checkout = join(scratch, "checkout");
  const node = (file: string, ...args: string[]): Promise<string> => run([process.execPath, file, ...args], checkout);

  before(async () => {
    copyCheckout(checkout);
    const tidegate = join("dist", "tools", "bin.js");
    await node(tidegate, "new", NAME);
    await node(tidegate, "build", NAME, "--mode", "release", "--mode", "counting");
    await node(join("dist", "tools", "docs", "generate-files.js"));
  });

  it("passes its tests, in the Node host and in Envoy", async () => {
    const files = ["host", "e2e"].map((level) => join("tests", level, `${NAME}.test.`));
    // tsc has checked their types where they come from, and there is nothing in them that is TypeScript alone.
    for (const file of files) cpSync(join(checkout, `${file}ts`), join(checkout, "dist", `${file}js`));
    await node("--test", ...files.map((file) => join("dist", `${file}js`)));
  });

  it("passes the tests of what rigs and plugins are documented by", async () => {
    const levels = ["rig-files", "config-table", "configuration-schema", "readme"];
    const files = levels.map((name) => join("dist", "tests", "tools", `${name}.test.js`));
    const output = await node("--test", "--test-reporter=tap", `--test-name-pattern=${NAME}`, ...files);
    assert.ok([...output.matchAll(new RegExp(`^ *ok .*${NAME}`, "gm"))].length >= files.length, output);
  });
});
