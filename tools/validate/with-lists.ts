import { dirname, resolve } from "node:path";
import type { Finding } from "../errors.js";
import { resolveLists } from "../lists/resolve.js";
import type { PluginCatalog } from "../plugins.js";
import type { CheckedPolicy, PolicyText } from "./policies.js";

export interface WithLists {
  policies: CheckedPolicy[];
  /** What is wrong in the files of lists. */
  findings: Finding[];
}

/** Puts the ids of list files and long lists into the policies; what is wrong with the lists joins the policies' faults. */
export async function withLists(
  policies: readonly CheckedPolicy[],
  texts: readonly PolicyText[],
  catalog: PluginCatalog,
): Promise<WithLists> {
  const folders = new Map(texts.map(({ file, folder }) => [file, folder ?? dirname(resolve(file))]));
  const resolved: WithLists = { policies: [], findings: [] };
  for (const { policy, document, faults } of policies) {
    const { file } = document;
    const lists = await resolveLists({ policy, file, folder: folders.get(file) ?? ".", faults }, catalog);
    resolved.policies.push({ policy: lists.policy, document, faults: [...faults, ...lists.faults] });
    resolved.findings.push(...lists.findings);
  }
  return resolved;
}
