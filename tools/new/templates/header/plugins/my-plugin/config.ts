import { ConfigNode } from "../../assembly/core/config-reader";
import { headerNameProblem, headerValueProblem } from "../../assembly/core/header-name";
import { Existing } from "./policy";

// Ranges and defaults are those of schema.json.

/** By `Existing`. */
const EXISTING: string[] = ["replace", "keep", "add"];

/** A configuration, to be used only if it had no problem. */
@final
export class HeaderConfig {
  header: string = "";
  value: string = "";
  existing: Existing = Existing.Replace;
}

/** Reads a configuration; every mistake in it is put into the node's problems. Only at configure: allocates. */
export function parseConfig(root: ConfigNode): HeaderConfig {
  const config = new HeaderConfig();
  root.refuseUnknown(["header", "value", "existing"]);
  config.header = root.requiredString("header");
  if (config.header.length > 0) refuseUnlessGood(root, "header", headerNameProblem(config.header, true));
  config.value = root.requiredString("value");
  refuseUnlessGood(root, "value", headerValueProblem(config.value));
  config.existing = EXISTING.indexOf(root.oneOf("existing", EXISTING, "replace"));
  return config;
}

/** @param problem "" for none. */
function refuseUnlessGood(node: ConfigNode, key: string, problem: string): void {
  if (problem.length > 0) node.refuseAt(key, problem);
}
