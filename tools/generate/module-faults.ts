import type { Fault, Path } from "../policy/fault.js";
import type { PolicyDocument } from "../policy/model.js";
import { type ModuleOptions, moduleSource, type ModuleSource, urlProblem } from "./module-source.js";

/** Every plugin needs a place that its module comes from. */
export function sourceFaults(policy: PolicyDocument, options: ModuleOptions): Fault[] {
  return policy.spec.plugins.flatMap((plugin, i): Fault[] => {
    const path = ["spec", "plugins", i];
    const source = moduleSource(policy, plugin, options);
    const problem = source && urlProblem(source.url);
    if (problem) return [{ code: "TG3008", path, message: problem, remedy: "Correct moduleUrl" }];
    if (source) return [];
    const message = `nothing says where proxies get the module of ${plugin.name}`;
    const remedy =
      "Add moduleUrl to spec, such as oci://registry.example/tidegate/{plugin}:0.1.0, or give --module-url";
    return [{ code: "TG3008", path, message, remedy }];
  });
}

/**
 * Those, and what else keeps a target from taking modules.
 * @param inline of modules in the configuration. @param unusable of a source; asked only when all sources are good.
 */
export function codeFaults(
  policy: PolicyDocument,
  options: ModuleOptions,
  inline: readonly Fault[],
  unusable: (source: ModuleSource, path: Path) => Fault[],
): Fault[] {
  const faults = [...sourceFaults(policy, options), ...inline];
  if (faults.length > 0) return faults;
  return policy.spec.plugins.flatMap((plugin, i) => {
    const source = moduleSource(policy, plugin, options);
    return source ? unusable(source, ["spec", "plugins", i]) : [];
  });
}
