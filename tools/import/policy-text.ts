import { isMap, isScalar, isSeq, visit, Document, type YAMLMap, type YAMLSeq } from "yaml";
import type { PolicyDocument } from "../policy/model.js";
import type { Draft } from "./draft.js";
import { pathText } from "./path-text.js";

export interface ImportedPolicy {
  policy: PolicyDocument;
  draft: Draft;
}

/** Policies as YAML documents, with comments that name the resource, and the field that each rule comes from. */
export function policyText(policies: readonly (ImportedPolicy | { policy: PolicyDocument })[]): string {
  return policies.map((one) => documentText(one.policy, "draft" in one ? one.draft : undefined)).join("---\n");
}

function documentText(policy: PolicyDocument, draft: Draft | undefined): string {
  const document = new Document(policy, { version: "1.1", aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_, node) {
      if (isScalar(node) && typeof node.value === "string" && /^[-+.\d]/.test(node.value)) node.type = "QUOTE_DOUBLE";
    },
  });
  if (draft) commentRules(document, draft);
  return `${draft ? headComment(draft) : ""}${document.toString({ lineWidth: 0 })}`;
}

function headComment({ source, from }: Draft): string {
  const { line } = source.document.locate(from.path);
  return `#${oneLineComment(`Imported from ${source.label}, ${source.document.file}:${line}.`)}\n`;
}

function commentRules(document: Document, { source, rules }: Draft): void {
  const list = document.getIn(["spec", "plugins", 0, "config", "rules"]) as YAMLSeq | undefined;
  if (!isSeq(list)) return;
  for (const [i, item] of list.items.entries()) {
    const rule = rules[i];
    if (!rule || !isMap(item)) continue;
    const where = pathText(rule.from.path.slice(source.base.length));
    const place = rule.from.source.document.locate(rule.from.path);
    (item as YAMLMap).commentBefore = oneLineComment(`${where || source.kind}, line ${place.line}`);
  }
}

function oneLineComment(text: string): string {
  return ` ${text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, " ").slice(0, 400)}`;
}
