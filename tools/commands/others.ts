import { parseYaml } from "../policy/yaml-documents.js";
import type { PolicyText } from "../validate/policies.js";

/** Texts taken apart: policies, on the lines where they stood, and the documents of others as they were. */
export interface Apart {
  policies: PolicyText[];
  others: string[];
}

/** Takes policies and other resources apart, such as those that Helm renders. Lists are looked into by nobody. */
export function takeApart(texts: readonly PolicyText[]): Apart {
  const apart: Apart = { policies: [], others: [] };
  for (const text of texts) {
    const documents = text.text.replace(/^\uFEFF/, "").split(/^---(?=\s|$)/m);
    const kept = documents.map((document) => ({ document, isPolicy: isPolicy(document) }));
    apart.others.push(
      ...kept.filter((one) => !one.isPolicy && hasContent(one.document)).map(({ document }) => document),
    );
    if (!kept.some((one) => one.isPolicy)) continue;
    const lines = kept.map((one, i) => (one.isPolicy ? `${i === 0 ? "" : "---"}${one.document}` : blank(one.document)));
    apart.policies.push({ ...text, text: lines.join("") });
  }
  return apart;
}

/** A document that cannot be read, and may be a policy, is one: the finding is where it should be. */
function isPolicy(document: string): boolean {
  if (!document.includes("PluginPolicy")) return false;
  const [parsed] = parseYaml("", document).documents;
  return !parsed || (parsed.value as { kind?: unknown }).kind === "PluginPolicy";
}

function hasContent(document: string): boolean {
  return document.split("\n").some((line) => line.trim() !== "" && !/^\s*#/.test(line));
}

function blank(document: string): string {
  return document.replace(/[^\n]+/g, "");
}

/** The documents of others, then what was generated. */
export function together(others: readonly string[], generated: string): string {
  const texts = others.map((document) => `${document.replace(/^[ \t]*\n/, "").trimEnd()}\n`);
  return [...texts, ...(generated === "" ? [] : [generated])].join("---\n");
}
