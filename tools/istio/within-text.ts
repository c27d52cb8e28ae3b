import type { Finding } from "../errors.js";
import { type Fault, type Path, toFinding } from "../policy/fault.js";
import { Node } from "../policy/node.js";
import type { SourceDocument } from "../policy/source-document.js";
import { parseYaml } from "../policy/yaml-documents.js";

/** A fault of a value that may be a text of JSON. */
export interface FaultWithin extends Fault {
  /** Where in the JSON it is; absent: in the value itself. */
  within?: Path;
}

/** The same as of any fault; within a text that is written over several lines, after |, at the line in it. */
export function findingWithin({ within, ...fault }: FaultWithin, document: SourceDocument): Finding {
  if (!within) return toFinding(fault, document);
  const finding = toFinding({ ...fault, at: "value" }, document);
  const block = document.blockAt(fault.path);
  const { text } = fault.path.reduce((node, step) => stepInto(node, step), new Node(document.value, []));
  const [json] = block && text !== undefined ? parseYaml(document.file, text).documents : [];
  if (!block || !json) return finding;
  const { line, column } = json.locate(within, fault.at);
  return { ...finding, line: block.line + line - 1, column: block.column + column - 1 };
}

function stepInto(node: Node, step: string | number): Node {
  return node.at(String(step)) ?? node.items()[Number(step)] ?? new Node(undefined, []);
}
