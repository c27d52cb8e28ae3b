import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { repoRoot } from "../../tools/root.js";
import { assertGolden } from "./golden-file.js";
import { tidegate } from "./memory-io.js";

const FOLDER = join(repoRoot, "tests", "tools", "import");
const EXAMPLES = readdirSync(FOLDER).filter((file) => /^[\w-]+\.yaml$/.test(file));
const KNOWN = ["--key", "header:x-user-id", "--replicas", "3", "--metric", "_base.cpu.max=load.cpu / 1%"];

function importing(file: string, ...options: string[]): ReturnType<typeof tidegate> {
  return tidegate(["import", "-f", file, ...options], { cwd: FOLDER });
}

function given(yaml: string, ...options: string[]): ReturnType<typeof tidegate> {
  return tidegate(["import", "-f", "-", ...options], { stdin: yaml });
}

describe("import", () => {
  for (const file of EXAMPLES) {
    const name = file.replace(".yaml", "");

    it(`${name}: policies and findings`, async () => {
      const { exitCode, out, err } = await importing(file, ...KNOWN);
      assert.equal(exitCode, 0, err);
      assertGolden(join(FOLDER, `${name}.out.yaml`), out);
      assertGolden(join(FOLDER, `${name}.findings.txt`), err);
    });

    for (const options of [[], KNOWN]) {
      it(`${name}: validate takes what comes ${options.length > 0 ? "with" : "without"} options`, async () => {
        const { out } = await importing(file, ...options);
        assert.notEqual(out, "");
        const checked = await tidegate(["validate", "-f", "-"], { stdin: out });
        assert.equal(checked.exitCode, 0, checked.err);
      });
    }

    it(`${name}: strict takes what is lost for errors, and writes nothing`, async () => {
      const { exitCode, out, err } = await importing(file, "--strict");
      assert.deepEqual({ exitCode, out }, { exitCode: 1, out: "" });
      assert.match(err, /: error TG81\d\d /);
      assert.doesNotMatch(err, / warning /);
    });
  }

  it("has the same policies as JSON", async () => {
    const { exitCode, out } = await importing("virtual-service.yaml", "-o", "json");
    const checked = await tidegate(["validate", "-f", "-"], {
      stdin: JSON.stringify((JSON.parse(out) as { items: object[] }).items[0]),
    });
    assert.deepEqual([exitCode, checked.exitCode], [0, 0], checked.err);
  });

  it("reads the items of a list, and tells their places", async () => {
    const item = {
      apiVersion: "networking.istio.io/v1",
      kind: "VirtualService",
      metadata: { name: "a" },
      spec: { tls: [{ x: 1 }] },
    };
    const { err } = await given(JSON.stringify({ apiVersion: "v1", kind: "List", items: [item] }, null, 1));
    assert.match(err, /^<stdin>:5:3: warning TG8109 VirtualService a: /);
  });

  it("says which kinds it reads", async () => {
    const { exitCode, out, err } = await given("kind: Deployment\napiVersion: apps/v1\nmetadata: { name: a }\n");
    assert.deepEqual({ exitCode, out }, { exitCode: 0, out: "" });
    assert.match(err, /^<stdin>:1:1: warning TG8101 Deployment a: import does not read it\. Expected SmartLimiter, /);
  });

  it("refuses a file that is no YAML", async () => {
    const { exitCode, out, err } = await given("a: [\n");
    assert.deepEqual({ exitCode, out }, { exitCode: 1, out: "" });
    assert.match(err, /error TG1003/);
  });

  for (const [option, value] of Object.entries({
    key: "x-user",
    workload: "app",
    gateway: "=",
    replicas: "0",
    metric: "cpu",
  })) {
    it(`refuses --${option} ${value}`, async () => {
      const { exitCode, err } = await given("", `--${option}`, value);
      assert.equal(exitCode, 2);
      assert.match(err, /Expected/);
    });
  }

  it("names the examples' sources and licences", () => {
    for (const file of EXAMPLES)
      assert.match(readFileSync(join(FOLDER, file), "utf8"), /^# After .*github\.com\/.*Apache-2\.0/s);
  });
});
