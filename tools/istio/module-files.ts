import { stat } from "node:fs/promises";
import type { Fault } from "../policy/fault.js";
import type { Node } from "../policy/node.js";
import { patchesOf } from "./envoy-filter.js";
import { down, moduleOf, type Resource } from "./resource.js";
import { typedIn } from "./typed-config.js";
import { isWasm } from "./wasm-config.js";
import { fieldDown } from "./wasm-message.js";

/** Modules that a resource loads from files, and that are not on this machine: for a check where proxies run. */
export async function missingModules(resource: Resource): Promise<Fault[]> {
  const faults = await Promise.all(filesOf(resource).map(async ({ node, file }) => missing(node, file)));
  return faults.flat();
}

async function missing(node: Node, file: string): Promise<Fault[]> {
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile()) return [];
  const message = found ? `${file} is no file` : `there is no file ${file} on this machine`;
  return [{ code: "TG3728", path: node.path, message, remedy: "Correct the path, or put the module there" }];
}

interface NamedFile {
  node: Node;
  file: string;
}

function filesOf(resource: Resource): NamedFile[] {
  const url = moduleOf(resource)?.at("url");
  const path = /^file:\/\/(\/.*)$/s.exec(url?.text ?? "")?.[1];
  const own = url && path !== undefined ? [{ node: url, file: path }] : [];
  const values = patchesOf(resource).map((patch) => down(patch, "patch", "value"));
  const typed = values.flatMap((value) => (value ? typedIn(value).typed : [])).filter(isWasm);
  const names = typed.map(({ message }) => fieldDown(message, "config", "vm_config", "code", "local", "filename"));
  return [...own, ...names.flatMap((node) => (node?.text?.startsWith("/") ? [{ node, file: node.text }] : []))];
}
