import { dirname, resolve } from "node:path";
import { ListFiles } from "../lists/list-files.js";
import { resolveLists } from "../lists/resolve.js";
import type { PluginCatalog } from "../plugins.js";
import type { CheckedPolicies, CheckedPolicy, PolicyText } from "./policies.js";

/**
 * Puts the ids of list files and long lists into the policies. What is wrong with the lists joins the policies' faults,
 * what is wrong in their files the findings.
 */
export async function withLists(
  checked: CheckedPolicies,
  texts: readonly PolicyText[],
  catalog: PluginCatalog,
): Promise<CheckedPolicies> {
  const folders = new Map(texts.map(({ file, folder }) => [file, folder ?? dirname(resolve(file))]));
  const files = new ListFiles();
  const policies: CheckedPolicy[] = [];
  const findings = [...checked.findings];
  for (const { policy, document, faults } of checked.policies) {
    const { file } = document;
    const lists = await resolveLists({ policy, file, folder: folders.get(file) ?? ".", faults }, catalog, files);
    policies.push({ policy: lists.policy, document, faults: [...faults, ...lists.faults] });
    findings.push(...lists.findings);
  }
  return { ...checked, policies, findings };
}
