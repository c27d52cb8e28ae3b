// What a package says of a plugin: of one that is small, of one that nothing is known of, and of each of ours.
import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { parse, parseAllDocuments } from "yaml";
import { configRows } from "../../../tools/docs/config-rows.js";
import { type PluginDocuments, pluginDocuments } from "../../../tools/package/docs/documents.js";
import { readFacts } from "../../../tools/package/docs/read-facts.js";
import { WHOLE_CONFIGURATIONS } from "../../../tools/package/docs/spec.js";
import { discoverPlugins, type PluginInfo } from "../../../tools/plugins.js";
import { validatePolicies } from "../../../tools/validate/validate.js";
import { shippedPlugins } from "../../support/shipped.js";
import { assertGolden } from "../golden-file.js";
import { pngFaults } from "./png-checker.js";
import { factsOf, here, pluginIn, unknownPlugin } from "./some-plugins.js";
import { consoleExample, specFaults } from "./spec-checker.js";

const HAN = /\p{Script=Han}/u;

describe("the documents of a plugin", () => {
  it("are made from its schema, plugin.json and zh-CN.json", async () => {
    const plugin = pluginIn(join(here, "greeter"), "greeter");
    await assertDocuments(plugin, "greeter");
  });

  it("say what is true of any where nothing is known of it", async () => {
    const plugin = unknownPlugin(mkdtempSync(join(tmpdir(), "tidegate-other-")));
    await assertDocuments(plugin, "other");
  });

  it("hold the plugin's own README where nothing is known of its configuration", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tidegate-other-"));
    writeFileSync(join(folder, "README.md"), "# Other\n");
    const plugin = unknownPlugin(folder);
    const { readme, readmeEn, readmeZh } = pluginDocuments(plugin, await factsOf(plugin));
    assert.deepEqual([readme, readmeEn], ["# Other\n", "# Other\n"]);
    assert.match(readmeZh, HAN);
  });
});

async function assertDocuments(plugin: PluginInfo, name: string): Promise<void> {
  const documents = pluginDocuments(plugin, await factsOf(plugin));
  assert.deepEqual(specFaults(documents.spec), []);
  assert.deepEqual(pngFaults(documents.icon), []);
  assert.equal(documents.readme, documents.readmeEn);
  const golden = (file: string): string => join(here, "golden", `${name}.${file}`);
  assertGolden(golden("spec.yaml"), documents.spec);
  assertGolden(golden("README_EN.md"), documents.readmeEn);
  assertGolden(golden("README_ZH.md"), documents.readmeZh);
}

for (const plugin of shippedPlugins())
  describe(`the documents of ${plugin.name}`, async () => {
    const { facts, findings } = await readFacts(plugin, "1.2.0");
    const documents = pluginDocuments(plugin, facts);
    const rows = configRows(plugin.schema, WHOLE_CONFIGURATIONS);

    it("are made without a finding", () => assert.deepEqual(findings, []));

    it("hold a spec.yaml in which Higress's console finds the first example", () => {
      assert.deepEqual(specFaults(documents.spec), []);
      assert.deepEqual(parse(consoleExample(documents.spec)), facts.about.examples[0]!.config);
    });

    it("say in spec.yaml which keys are for one route, too", () => {
      const spec = parse(documents.spec) as { spec: { configSchema: { openAPIV3Schema: { properties: object } } } };
      const properties = Object.entries(spec.spec.configSchema.openAPIV3Schema.properties);
      const scopes = properties.map(([key, property]) => [key, (property as Record<string, unknown>)["x-scope"]]);
      const global = scopes.filter(([, scope]) => scope !== "ALL");
      assert.deepEqual(global, [
        ["settings", "GLOBAL"],
        ["rollout", "GLOBAL"],
      ]);
    });

    it("name every key in both READMEs, in Chinese in the Chinese one", () => {
      for (const readme of [documents.readmeEn, documents.readmeZh]) {
        assert.doesNotMatch(readme, /\| any \|/, "a key without a type");
        assert.deepEqual(
          rows.filter(({ key }) => !readme.includes(`\n| \`${key}\` |`)).map(({ key }) => key),
          [],
        );
      }
      const lines = documents.readmeZh
        .split("\n")
        .filter((line) => /^\| `|^#+ /.test(line) && !/^#+ (Istio|Higress|Envoy)/.test(line));
      assert.deepEqual(
        lines.filter((line) => !HAN.test(line)),
        [],
      );
      assert.ok(lines.length > rows.length);
    });

    it("show each example, and how each gateway loads the plugin", () => {
      for (const readme of [documents.readmeEn, documents.readmeZh]) {
        const blocks = yamlBlocks(readme);
        const { examples } = facts.about;
        assert.deepEqual(
          blocks.slice(0, examples.length),
          examples.map(({ config }) => config),
        );
        const [policy, istio, higress, envoyGateway, envoy, ...more] = blocks.slice(examples.length) as Record<
          string,
          unknown
        >[];
        assert.deepEqual(
          [policy, istio, higress, envoyGateway].map((one) => one!["kind"]),
          ["PluginPolicy", "WasmPlugin", "WasmPlugin", "EnvoyExtensionPolicy"],
        );
        assert.ok(Array.isArray(envoy!["http_filters"]));
        assert.deepEqual(more, []);
      }
    });

    it("show a policy that is valid for each example", async () => {
      const policy = parse(policyOf(documents)) as { spec: { plugins: { config: object }[] } };
      for (const { config } of facts.about.examples) {
        policy.spec.plugins[0]!.config = config;
        const texts = [{ file: "policy.yaml", text: JSON.stringify(policy) }];
        const { findings: faults } = await validatePolicies(texts, { catalog: discoverPlugins() });
        assert.deepEqual(faults, []);
      }
    });

    it("hold an icon of its own", async () => {
      assert.deepEqual(pngFaults(documents.icon), []);
      assert.notDeepEqual(documents.icon, (await factsOf(unknownPlugin(here))).icon);
    });
  });

/** What the blocks of YAML in a README hold, in its order. */
function yamlBlocks(readme: string): unknown[] {
  return [...readme.matchAll(/^```yaml\n([^]*?)^```$/gm)].flatMap(([, text]) =>
    parseAllDocuments(text!).map((document) => document.toJS() as unknown),
  );
}

function policyOf({ readmeEn }: PluginDocuments): string {
  return /^```yaml\n(apiVersion: tidegate[^]*?)^```$/m.exec(readmeEn)![1]!;
}
