// What is read from a plugin's folder, and what is said of files that are not as they should be.
import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import fc from "fast-check";
import { formatFinding, hasErrors, UserError } from "../../../tools/errors.js";
import { pluginDocuments } from "../../../tools/package/docs/documents.js";
import { iconProblem } from "../../../tools/package/docs/png.js";
import { readFacts } from "../../../tools/package/docs/read-facts.js";
import type { PluginInfo } from "../../../tools/plugins.js";
import { schemas, values } from "./random-schemas.js";
import { specFaults } from "./spec-checker.js";

const SCHEMA = {
  type: "object",
  properties: { times: { title: "Times", type: "integer" } },
  additionalProperties: false,
};

const name = fc.string({ minLength: 1, maxLength: 8 });
const example = fc.record({ title: name, config: fc.dictionary(name, values, { maxKeys: 2, noNullPrototype: true }) });

/** A plugin whose folder has these files. */
function pluginOf(files: Record<string, string | Uint8Array>, schema: Record<string, unknown> = SCHEMA): PluginInfo {
  const folder = mkdtempSync(join(tmpdir(), "tidegate-facts-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return { name: "mine", folder, schema, ownSchema: schema };
}

async function findings(files: Record<string, string | Uint8Array>): Promise<string[]> {
  return (await readFacts(pluginOf(files), "1.0.0")).findings.map(formatFinding);
}

describe("the facts of a plugin", () => {
  it("come from its schema where the folder has nothing else", async () => {
    const schema = { ...SCHEMA, title: "Mine", description: "Counts.", examples: [{ times: 1 }, true] };
    const { facts, findings: found } = await readFacts(pluginOf({}, schema), "1.0.0");
    const examples = [{ title: "", config: { times: 1 } }];
    const about = { title: "Mine", description: "Counts.", category: "custom", phase: "last", priority: 0, examples };
    assert.deepEqual([facts.about, found], [about, []]);
    assert.equal(iconProblem(facts.icon), undefined);
  });

  it("are refused at their place where plugin.json is wrong", async () => {
    const about = `{\n  "titel": "Mine",\n  "category": "traffic",\n  "priority": "high"\n}`;
    assert.deepEqual(
      await findings({ "plugin.json": about }),
      [
        'plugins/mine/plugin.json:2:3: error TG2001 unknown key "titel". Did you mean "title"?',
        'plugins/mine/plugin.json:3:15: error TG2004 "traffic" is not allowed here. Allowed here: auth, security, protocol, flow-control, flow-monitor, custom.',
        'plugins/mine/plugin.json:4:15: error TG2003 the string "high" where an integer belongs. Write a whole number.',
      ].map((line) => line),
    );
  });

  it("are refused for an example that the plugin's schema refuses", async () => {
    const about = JSON.stringify({ examples: [{ title: "Often", config: { times: "twice" } }] });
    const [found, ...more] = await findings({ "plugin.json": about });
    assert.match(found!, /^plugins\/mine\/plugin\.json:1:49: error TG2003 /);
    assert.deepEqual(more, []);
  });

  it("warn of texts without Chinese, and of Chinese without a text", async () => {
    assert.deepEqual(await findings({ "zh-CN.json": `{ "mine": "我的",\n  "Time": "次数" }` }), [
      'plugins/mine/zh-CN.json:1:1: warning TG9131 no Chinese for "Times". Add it, or people read it in English.',
      "plugins/mine/zh-CN.json:2:3: warning TG9131 the plugin has no such text. Correct it to the text that the plugin has, or remove it.",
    ]);
  });

  it("are refused for an icon that marketplaces do not show", async () => {
    assert.deepEqual(await findings({ "icon.png": "<svg/>" }), [
      "plugins/mine/icon.png:1:1: error TG9130 this is no PNG. Write a square PNG, such as 128 x 128.",
    ]);
    const header = (width: number, height: number, bytes = 64): Uint8Array => {
      const icon = Buffer.alloc(bytes);
      Buffer.from("89504e470d0a1a0a0000000d49484452", "hex").copy(icon);
      icon.writeUInt32BE(width, 16);
      icon.writeUInt32BE(height, 20);
      return icon;
    };
    assert.equal(iconProblem(header(64, 64)), undefined);
    assert.match(iconProblem(header(64, 32))!, /64 x 32/);
    assert.match(iconProblem(header(1024, 1024))!, /1024 x 1024/);
    assert.match(iconProblem(header(64, 64, 70_000))!, /70000 bytes/);
  });

  it("cannot be had of a plugin whose schema is none", async () => {
    const facts = readFacts(pluginOf({}, { type: "objekt" }), "1.0.0");
    await assert.rejects(
      facts,
      (error) => error instanceof UserError && /schema\.json: this is no JSON Schema: /.test(error.message),
    );
  });

  it("make documents, or findings, of whatever the files hold", async () => {
    const about = fc.record({ title: name, priority: fc.nat(), examples: fc.array(example) }, { requiredKeys: [] });
    const inputs = fc.record({
      schema: schemas,
      examples: fc.array(values, { maxLength: 2 }),
      about: fc.oneof({ weight: 4, arbitrary: about.map((one) => JSON.stringify(one)) }, fc.string(), fc.json()),
      chinese: fc.oneof(
        { weight: 4, arbitrary: fc.dictionary(name, name).map((one) => JSON.stringify(one)) },
        fc.json(),
      ),
    });
    let made = 0;
    const check = async (input: {
      schema: object;
      examples: unknown[];
      about: string;
      chinese: string;
    }): Promise<void> => {
      const files = { "plugin.json": input.about, "zh-CN.json": input.chinese };
      const plugin = pluginOf(files, { ...input.schema, examples: input.examples });
      const { facts, findings: found } = await readFacts(plugin, "1.0.0");
      if (hasErrors(found)) return;
      const documents = pluginDocuments(plugin, facts);
      assert.deepEqual(specFaults(documents.spec), []);
      assert.ok(documents.readmeEn.startsWith("# ") && documents.readmeZh.startsWith("# "));
      made++;
    };
    await fc.assert(fc.asyncProperty(inputs, check), { numRuns: 40, seed: 8 });
    assert.ok(made > 10, `${made} made`);
  });
});
