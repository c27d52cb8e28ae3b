import type { YAMLMap } from "yaml";
import type { Finding } from "../errors.js";
import { pathText } from "../import/path-text.js";
import { fileOf } from "./annotations.js";
import { CONFIG_FILE } from "./function-config.js";
import { pathAt, type PolicyItem } from "./policy-items.js";
import { textAt } from "./resource-list.js";

/** Findings as the results of a function: each with the object, the field and the file that it is about. */
export function resultsOf(
  findings: readonly Finding[],
  policies: readonly PolicyItem[],
  config: YAMLMap | undefined,
): object[] {
  const byFile = new Map(policies.map((policy) => [policy.file, policy]));
  return findings.map((finding) => {
    const policy = byFile.get(finding.file);
    const item = policy?.item ?? (finding.file === CONFIG_FILE ? config : undefined);
    const field = policy && pathAt(policy.text, finding);
    const file = item && fileOf(item);
    return {
      message: [finding.message, finding.remedy].filter((text) => text).join(". "),
      severity: finding.severity,
      ...(item ? { resourceRef: referenceTo(item) } : {}),
      ...(field ? { field: { path: pathText(field) } } : {}),
      ...(file ? { file } : {}),
      tags: { code: finding.code },
    };
  });
}

function referenceTo(item: YAMLMap): object {
  const [apiVersion = "", kind = ""] = ["apiVersion", "kind"].map((key) => textAt(item, key));
  const [namespace, name = ""] = ["namespace", "name"].map((key) => textAt(item, "metadata", key));
  return { apiVersion, kind, ...(namespace ? { namespace } : {}), name };
}
