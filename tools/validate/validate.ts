import { type Finding, hasErrors } from "../errors.js";
import { modulesIn } from "../generate/built-modules.js";
import type { PluginCatalog } from "../plugins.js";
import { type Fault, toFinding } from "../policy/fault.js";
import type { SourceDocument } from "../policy/source-document.js";
import { type CheckedPolicy, PolicyChecker, type PolicyText } from "./policies.js";
import { envoyFaults } from "./envoy-trial.js";
import { FileModules } from "./file-modules.js";
import { inOrder } from "./order.js";
import { PluginTrial } from "./plugin-trial.js";
import { stageChecked } from "./staged.js";
import { withLists } from "./with-lists.js";

export interface ValidateOptions {
  catalog: PluginCatalog;
  /** Path of an Envoy that has the last word on policies without errors. */
  envoy?: string;
  /** A plugin that is not built is only a warning: its own opinion is left out. */
  unbuiltAllowed?: boolean;
  /** Of policies that name none; those of another are refused. Absent: each keeps its own. */
  namespace?: string;
  /** Documents that are something else than policies, and are left alone; none when absent. */
  isOther?: (value: unknown) => boolean;
  /** Where a plugin's module lies; this package's build when absent. */
  moduleFile?: (plugin: string) => string;
  /** URL of every module, which comes before what the policies say. */
  moduleUrl?: string;
  /** The oldest Envoy that gets the modules, when that is known. */
  envoyVersion?: string;
}

export interface Validated {
  policies: CheckedPolicy[];
  findings: Finding[];
  /** Documents that are something else, if such are left alone. */
  others: SourceDocument[];
}

/** All checks of policies, each only of what the ones before left in doubt: YAML, schemas, rules, lists, plugins, Envoy. */
export async function validatePolicies(texts: readonly PolicyText[], options: ValidateOptions): Promise<Validated> {
  const checked = new PolicyChecker(options.catalog, options.namespace).check(texts, options.isOther);
  const { policies, findings, others } = await withLists(checked, texts, options.catalog);
  const trial = new PluginTrial(options.moduleFile, options.envoyVersion);
  const files = new FileModules(options.moduleUrl, options.envoyVersion);
  const all = [...findings];
  for (const { policy, document, faults } of policies) {
    const said = await trial.faults(policy, faults);
    const refused = [...said, ...files.faults(policy).filter((fault) => !isAmong(said, fault))].map((fault) =>
      fault.code === "TG4003" && options.unbuiltAllowed ? { ...fault, severity: "warning" as const } : fault,
    );
    all.push(...refused.map((fault) => toFinding(fault, document)));
  }
  if (options.envoy === undefined || hasErrors(all)) return { policies, findings: inOrder(all, texts), others };
  const { moduleFile } = options;
  const module = modulesIn(moduleFile);
  for (const { policy, document } of policies.map(stageChecked)) {
    const modules = { module, ...(moduleFile ? { moduleFile } : {}) };
    const found = await envoyFaults(options.envoy, policy, modules);
    all.push(...found.map((fault) => toFinding(fault, document)));
  }
  return { policies, findings: inOrder(all, texts), others };
}

/** The file may be the very module that is built here. */
function isAmong(faults: readonly Fault[], { code, message }: Fault): boolean {
  return faults.some((other) => other.code === code && other.message === message);
}
