import { configRows } from "../../docs/config-rows.js";
import { yamlText } from "../../generate/text.js";
import type { PluginInfo } from "../../plugins.js";
import type { PackageFacts } from "./facts.js";
import { markdownTable, readmeTable, type Say } from "./readme-table.js";
import { WHOLE_CONFIGURATIONS } from "./spec.js";
import { policyText, usages } from "./usage.js";
import type { Words } from "./words.js";

/** A README of the plugin in one language, from what its schema says. */
export function readmeOf(plugin: PluginInfo, facts: PackageFacts, words: Words): string {
  const say: Say = (english) => (words.isChinese ? facts.chinese.get(english) : undefined) ?? english;
  const { title, description } = facts.about;
  const parts = [
    `# ${say(title)}`,
    ...(description === "" ? [] : [say(description)]),
    `${words.about(plugin.name, facts.version)} ${words.other}`,
    `## ${words.attributes}`,
    attributes(facts, words),
    `## ${words.configuration}`,
    ...configuration(plugin, words, say),
    ...examples(facts, words, say),
    `## ${words.use}`,
    ...use(plugin, facts, words),
  ];
  return `${parts.join("\n\n")}\n`;
}

function attributes({ about }: PackageFacts, words: Words): string {
  const { phase, priority, category, minHigressVersion } = about;
  const rows = [
    [words.phase, words.phaseOf[phase]],
    [words.priority, words.priorityOf(priority)],
    [words.category, words.categoryOf[category]],
    ...(minHigressVersion === undefined ? [] : [[words.minHigress, words.orNewer(minHigressVersion)]]),
  ];
  return markdownTable([words.attribute, words.value], rows);
}

function configuration({ schema, ownSchema }: PluginInfo, words: Words, say: Say): string[] {
  const rows = configRows(schema, WHOLE_CONFIGURATIONS);
  if (rows.length === 0) return [words.unknown];
  const own = Object.keys((ownSchema["properties"] ?? {}) as object);
  const isOwn = ({ key }: { key: string }): boolean => own.includes(/^[^.[]+/.exec(key)?.[0] ?? key);
  const shared = rows.filter((row) => !isOwn(row));
  const parts = [words.anObject, readmeTable(rows.filter(isOwn), schema, words, say)];
  if (shared.length > 0) parts.push(`### ${words.ofEveryPlugin}`, readmeTable(shared, schema, words, say));
  return parts;
}

function examples({ about }: PackageFacts, words: Words, say: Say): string[] {
  if (about.examples.length === 0) return [];
  const each = about.examples.flatMap(({ title, config }, i) => [
    `### ${title === "" ? words.example(i + 1) : say(title)}`,
    fenced(yamlText([config], undefined)),
  ]);
  return [`## ${words.examples}`, ...each];
}

function use(plugin: PluginInfo, facts: PackageFacts, words: Words): string[] {
  const commands = "```\ntidegate generate -t istio-wasmplugin -f policy.yaml | kubectl apply -f -\n```";
  return [
    words.useOf,
    `### ${words.withTidegate}`,
    fenced(policyText(plugin, facts)),
    commands,
    ...usages(plugin, facts).flatMap(({ heading, yaml }) => [`### ${heading}`, fenced(yaml)]),
  ];
}

function fenced(yaml: string): string {
  return `\`\`\`yaml\n${yaml}\`\`\``;
}
