import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import { buildPlugin } from "../../tools/build/build-plugin.js";
import { formatFinding } from "../../tools/errors.js";
import { discoverPlugins } from "../../tools/plugins.js";
import { repoRoot } from "../../tools/root.js";
import { readPathMessage } from "../../tools/validate/json-path.js";
import { validatePolicies, type ValidateOptions } from "../../tools/validate/validate.js";
import { pluginBytes } from "../support/wasm-bytes.js";

const catalog = discoverPlugins();

/** A policy with one plugin; its configuration begins at line 8. */
function policy(plugin: string, config: string): string {
  const indented = config.replace(/^/gm, "        ");
  return `apiVersion: tidegate.dev/v1alpha1
kind: PluginPolicy
metadata: { name: p }
spec:
  workload: { labels: { app: a } }
  plugins:
    - name: ${plugin}
      config:
${indented}
`;
}

async function lines(text: string, options: Partial<ValidateOptions> = {}): Promise<string[]> {
  const { findings } = await validatePolicies([{ file: "p", text }], { catalog, ...options });
  return findings.map((finding) => formatFinding(finding).replace(/^p:/, ""));
}

const TWO_RULES_OF_ONE_NAME = `rules:
  - { name: a, match: { header: { name: x-user, exact: "1" } }, arm: v1 }
  - { name: a, match: { header: { name: x-user, exact: "2" } }, arm: v2 }`;

describe("the plugin's own opinion", () => {
  it("is placed in the YAML", async () => {
    const found = await lines(policy("canary", TWO_RULES_OF_ONE_NAME));
    assert.equal(found.length, 1);
    assert.match(found[0]!, /^11:21: error TG4001 canary: .*"a"/);
  });

  it("is not repeated where a schema has spoken", async () => {
    const found = await lines(
      policy("canary", 'rules: [{ name: "A B", match: { header: { name: x-user, exact: "1" } }, arm: v1 }]'),
    );
    assert.equal(found.length, 1);
    assert.match(found[0]!, /^9:25: error TG2006/);
  });

  it("stays beside what a schema says of another place", async () => {
    const found = await lines(policy("canary", `defualt: v1\n${TWO_RULES_OF_ONE_NAME}`));
    assert.deepEqual(
      found.map((line) => /TG\d+/.exec(line)?.[0]),
      ["TG2001", "TG4001"],
    );
  });

  for (const name of catalog.keys()) {
    it(`is asked of ${name}: its schema's own examples are sound`, async () => {
      const { schema } = catalog.get(name)!;
      const examples = schema["examples"] as unknown[];
      assert.ok(examples.length > 0);
      for (const example of examples) assert.deepEqual(await lines(policy(name, JSON.stringify(example))), []);
    });
  }
});

describe("a module that cannot be asked", () => {
  const folder = mkdtempSync(join(tmpdir(), "tidegate-trial-"));
  after(() => rmSync(folder, { recursive: true }));
  const moduleFile = (plugin: string): string => join(folder, `${plugin}.wasm`);
  const sound = policy("trace", "trust: full");

  it("is not built", async () => {
    const found = await lines(sound, { moduleFile });
    assert.deepEqual(found, ["7:13: error TG4003 the plugin trace is not built. Run `tidegate build`."]);
    assert.match((await lines(sound, { moduleFile, unbuiltAllowed: true }))[0]!, /^7:13: warning TG4003/);
  });

  it("is no WebAssembly, or not a plugin", async () => {
    writeFileSync(moduleFile("trace"), "garbage");
    assert.match(
      (await lines(sound, { moduleFile }))[0]!,
      /^7:13: error TG9301 trace: this is no WebAssembly module: /,
    );
    writeFileSync(moduleFile("trace"), Buffer.from("0061736d01000000", "hex"));
    assert.match(
      (await lines(sound, { moduleFile }))[0]!,
      /^7:13: error TG9305 trace: this module is no plugin for Envoy/,
    );
  });

  it("imports what Envoy does not have", async () => {
    const parts = { imports: [{ module: "env", name: "proxy_lg" }], exports: [{ name: "proxy_on_tock" }] };
    writeFileSync(moduleFile("trace"), pluginBytes(parts));
    assert.deepEqual(
      (await lines(sound, { moduleFile })).map((line) => line.slice(0, 20)),
      ["7:13: error TG6002 t", "7:13: warning TG6005"],
    );
  });

  it("does not start", async () => {
    writeFileSync(moduleFile("trace"), pluginBytes({ exports: [{ name: "_initialize", traps: true }] }));
    assert.match((await lines(sound, { moduleFile }))[0]!, /^7:13: error TG4004 the module of trace does not start: /);
  });

  it("comes from a file that is here", async () => {
    const file = join(folder, "elsewhere.wasm");
    writeFileSync(file, "<!DOCTYPE html>");
    const moduleUrl = pathToFileURL(file).href;
    const built = { moduleFile: (plugin: string) => join(repoRoot, "build", `${plugin}.wasm`) };
    assert.deepEqual(await lines(sound, built), []);
    const found = await lines(sound, { ...built, moduleUrl });
    assert.equal(found.length, 1);
    assert.match(found[0]!, /^7:13: error TG9301 trace: this is no WebAssembly module: .* a page of the web\./);
    assert.deepEqual(await lines(sound, { ...built, moduleUrl: "file:///no/such/{plugin}.wasm" }), []);
  });
});

describe("a module that fails without a reason", () => {
  const folder = mkdtempSync(join(tmpdir(), "tidegate-trial-"));
  after(() => rmSync(folder, { recursive: true }));

  for (const [name, says] of [
    ["refusing", "the plugin trace refuses this configuration: it logs no reason."],
    ["trapping", "the plugin trace traps on this configuration: "],
  ] as const) {
    it(`has a finding of its own when it is ${name}`, async () => {
      const outFile = join(folder, `${name}.wasm`);
      const entry = join(repoRoot, "tests/fixtures/build", `${name}.ts`);
      const built = await buildPlugin({ entry, outFile, mode: "release" });
      assert.deepEqual(built.findings, []);
      const found = await lines(policy("trace", "trust: full"), { moduleFile: () => outFile });
      assert.equal(found.length, 1);
      assert.ok(found[0]!.startsWith(`9:9: error TG4002 ${says}`), found[0]);
    });
  }
});

describe("readPathMessage", () => {
  it("reads every form of path", () => {
    const line = 'canary: $.rules[10].match["a: \\"b"]: must start with "/": really';
    assert.deepEqual(readPathMessage(line), {
      path: ["rules", 10, "match", 'a: "b'],
      message: 'must start with "/": really',
    });
    assert.deepEqual(readPathMessage("$: not an object"), { path: [], message: "not an object" });
  });

  it("leaves other lines alone", () => {
    assert.equal(readPathMessage("costs 5$: no"), undefined);
    assert.equal(readPathMessage("configured"), undefined);
  });
});
