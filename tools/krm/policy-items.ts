import { dirname, resolve } from "node:path";
import { isMap, LineCounter, parseDocument, visit, type YAMLMap } from "yaml";
import type { Finding } from "../errors.js";
import type { Path } from "../policy/fault.js";
import type { PolicyText } from "../validate/policies.js";
import { fileOf, withoutTools } from "./annotations.js";
import { textAt, textOf } from "./resource-list.js";

/** A policy among the items of a list. */
export interface PolicyItem extends PolicyText {
  item: YAMLMap;
  folder: string;
}

/** Whether an item is a policy of ours. */
export function isPolicy(item: YAMLMap): boolean {
  return textAt(item, "kind") === "PluginPolicy" && /^tidegate\.dev\//.test(textAt(item, "apiVersion") ?? "");
}

/** The policies of a list, each called by its file, or by its name where there is none, and told apart. */
export function policiesIn(items: readonly unknown[], cwd: string): PolicyItem[] {
  const seen = new Map<string, number>();
  return items
    .filter((item): item is YAMLMap => isMap(item) && isPolicy(item))
    .map((item) => {
      const { path } = fileOf(item) ?? {};
      const called = path ?? `PluginPolicy ${nameOf(item)}`;
      const before = seen.get(called) ?? 0;
      seen.set(called, before + 1);
      const file = before === 0 ? called : `${called} (${before + 1})`;
      return { item, file, text: textOf(withoutTools(item)), folder: resolve(cwd, dirname(path ?? ".")) };
    });
}

/** `namespace/name`, or the name alone. */
export function nameOf(item: YAMLMap): string {
  const [namespace, name = "without a name"] = ["namespace", "name"].map((key) => textAt(item, "metadata", key));
  return namespace ? `${namespace}/${name}` : name;
}

/** The path of the value, or the key, at which a finding in a policy's own text stands; undefined when nothing does. */
export function pathAt(text: string, { line, column }: Finding): Path | undefined {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  let found: Path | undefined;
  visit(document, {
    Node(key, node, ancestors) {
      const place = lines.linePos(node.range?.[0] ?? -1);
      if (found || place.line !== line || place.col !== column || ancestors.length < 2) return;
      found = pathOf([...ancestors, node], key);
    },
  });
  return found && found.length > 0 ? found : undefined;
}

function pathOf(nodes: readonly unknown[], _key: unknown): Path {
  return nodes.flatMap((node, i): Path => {
    const parent = nodes[i - 1];
    if (isPairLike(node)) return [String((node.key as { value?: unknown } | null)?.value ?? "")];
    const items = (parent as { items?: unknown[] } | undefined)?.items;
    return Array.isArray(items) && items.includes(node) && !isPairLike(node) ? [items.indexOf(node)] : [];
  });
}

function isPairLike(node: unknown): node is { key: unknown } {
  return typeof node === "object" && node !== null && "key" in node && "value" in node;
}
