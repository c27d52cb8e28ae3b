import { dirname, resolve } from "node:path";
import { isMap, type YAMLMap } from "yaml";
import type { Finding } from "../errors.js";
import type { Path } from "../policy/fault.js";
import type { Place } from "../policy/source-document.js";
import { parseYaml } from "../policy/yaml-documents.js";
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

/** The path of the value, or else of the key, that a finding in a policy's own text is about; undefined for none. */
export function pathAt(text: string, { line, column }: Pick<Finding, "line" | "column">): Path | undefined {
  const [document] = parseYaml("", text).documents;
  if (!document) return undefined;
  const stands = (path: Path, at: "key" | "value"): boolean => {
    const place = document.locate(path, at);
    return place.line === line && place.column === column;
  };
  const paths = pathsIn(document.value, []);
  return paths.find((path) => stands(path, "value")) ?? paths.find((path) => stands(path, "key"));
}

/** Where the name stands in a policy's own text. */
export function placeOfName(file: string, text: string): Place {
  const [document] = parseYaml(file, text).documents;
  return document?.locate(["metadata", "name"]) ?? { line: 1, column: 1 };
}

/** All paths into a value, those of outer values first. */
function pathsIn(value: unknown, path: Path): Path[] {
  if (typeof value !== "object" || value === null) return [];
  const isList = Array.isArray(value);
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = [...path, isList ? Number(key) : key];
    return [here, ...pathsIn(inner, here)];
  });
}
