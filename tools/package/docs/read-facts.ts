import { existsSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Finding, messageOf, UserError } from "../../errors.js";
import type { PluginInfo } from "../../plugins.js";
import type { Fault } from "../../policy/fault.js";
import { repoRoot } from "../../root.js";
import type { JsonSchema } from "../../schema/policy-schema.js";
import { SchemaChecker } from "../../validate/schema-checker.js";
import { aboutOf, aboutSchema, exampleFaults } from "./about.js";
import { CHINESE_SCHEMA, chineseFaults } from "./chinese.js";
import type { About, PackageFacts } from "./facts.js";
import { readJson } from "./json-file.js";
import { iconProblem } from "./png.js";
import { aboutTexts, schemaTexts } from "./texts.js";

/** Facts, and what is wrong with the files that they were read from: with an error nothing is to be made of them. */
export interface ReadFacts {
  facts: PackageFacts;
  findings: Finding[];
}

/** English texts, and their Chinese. */
type Chinese = Record<string, string>;

const DEFAULT_ICON = join(repoRoot, "tools", "package", "docs", "icon.png");
const SHARED_CHINESE = join(repoRoot, "assembly", "plugin", "zh-CN.json");

/**
 * Reads what a plugin's folder says of it: plugin.json, zh-CN.json, icon.png, and README.md where there is no schema. Of
 * what is not there, that is said which is true of any plugin.
 * @param version of the package. Fails with a `UserError` when the plugin's schema is no JSON Schema.
 */
export async function readFacts(plugin: PluginInfo, version: string): Promise<ReadFacts> {
  const { name, folder } = plugin;
  const checker = checkerOf(plugin);
  const json = <Value extends object>(file: string, ...rest: [schema: JsonSchema, rules: (value: Value) => Fault[]]) =>
    readJson<Value>(`plugins/${name}/${file}`, join(folder, file), ...rest);
  const said = await json<Partial<About>>("plugin.json", aboutSchema(), (value) => exampleFaults(value, checker));
  const about = aboutOf(plugin, said.value);
  const texts = new Set([...schemaTexts(plugin.ownSchema), ...aboutTexts(about)]);
  const own = await json<Chinese>("zh-CN.json", CHINESE_SCHEMA, (value) => chineseFaults(value, texts));
  const icon = await readIcon(plugin);
  const readme = await readReadme(plugin);
  const chinese = new Map([...sharedChinese(), ...Object.entries(own.value)]) as Map<string, string>;
  return {
    facts: { version, about, chinese, icon: icon.bytes, ...(readme === undefined ? {} : { readme }) },
    findings: [...said.findings, ...own.findings, ...icon.findings],
  };
}

function checkerOf({ folder, schema }: PluginInfo): SchemaChecker {
  try {
    return SchemaChecker.of(schema);
  } catch (error) {
    throw new UserError(`${join(folder, "schema.json")}: this is no JSON Schema: ${messageOf(error)}`, 3);
  }
}

function sharedChinese(): [english: string, chinese: string][] {
  return Object.entries(JSON.parse(readFileSync(SHARED_CHINESE, "utf8")) as Chinese);
}

/** The plugin's own icon, or one for all that have none. */
async function readIcon({ name, folder }: PluginInfo): Promise<{ bytes: Uint8Array; findings: Finding[] }> {
  const own = join(folder, "icon.png");
  const bytes = new Uint8Array(await readFile(existsSync(own) ? own : DEFAULT_ICON));
  const message = iconProblem(bytes);
  if (message === undefined) return { bytes, findings: [] };
  const place = { file: `plugins/${name}/icon.png`, line: 1, column: 1 };
  const remedy = "Write a square PNG, such as 128 x 128";
  return { bytes, findings: [{ code: "TG9130", severity: "error", ...place, message, remedy }] };
}

/** The README of a plugin whose schema names no keys; of others it is made from the schema. */
async function readReadme({ folder, ownSchema }: PluginInfo): Promise<string | undefined> {
  const file = join(folder, "README.md");
  return ownSchema["properties"] === undefined && existsSync(file) ? await readFile(file, "utf8") : undefined;
}
