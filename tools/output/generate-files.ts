import { basename } from "node:path";
import { chainsInWords } from "../chain/words.js";
import { type Finding, hasErrors, oneLine } from "../errors.js";
import { modulesIn } from "../generate/built-modules.js";
import { INLINE, type ModuleOptions } from "../generate/module-source.js";
import { oldestEnvoy } from "../generate/host.js";
import { inWords } from "../generate/in-words.js";
import type { Target } from "../generate/target.js";
import { jsonText, yamlText } from "../generate/text.js";
import type { Pinner } from "../pin/pin.js";
import { pinned, withoutPinned } from "../pin/pinned.js";
import { discoverPlugins } from "../plugins.js";
import type { PolicyDocument } from "../policy/model.js";
import type { CheckedPolicy, PolicyText } from "../validate/policies.js";
import { inOrder } from "../validate/order.js";
import { stageChecked } from "../validate/staged.js";
import { validatePolicies } from "../validate/validate.js";
import { resources, targetFindings, type WhichRoutes } from "./target-findings.js";

/** One file that can be written; the name has no folder. */
export interface GeneratedFile {
  name: string;
  text: string;
}

export interface Generated {
  findings: Finding[];
  /** What the policies come to, in words. Call it only without errors among the findings. */
  words(): string;
  /** Everything as one text. Call it only without errors among the findings. */
  whole(): string;
  /** One file a policy, or the files that the target has for one policy, in the order of writing; likewise. */
  files(): GeneratedFile[];
}

export type { WhichRoutes };

export const COMMENTS = ["line", "file", "none"] as const;
export type Comments = (typeof COMMENTS)[number];

export interface Choices {
  output: "yaml" | "json";
  moduleUrl?: string;
  envoyVersion?: string;
  istioVersion?: string;
  gatewayVersion?: string;
  /** Of policies that name none. */
  namespace?: string;
  /** Absolute path of the folder of a target of several files. */
  folder?: string;
  /** Whether what spec.routes becomes is generated too, alone, or not. */
  routes?: WhichRoutes;
  /** What to delete, in that order: the reverse of applying. */
  remove?: boolean;
  /** Asks for hashes of modules, so that what is generated names each by its own. */
  pinner?: Pinner;
  /** Whether YAML says where each resource comes from, with the line (when absent) or without, or says nothing. */
  comments?: Comments;
}

/** Checks policies and generates a target's configuration from them, without writing anything. */
export async function generateFiles(
  texts: readonly PolicyText[],
  target: Target,
  choices: Choices,
): Promise<Generated> {
  const { moduleUrl, namespace, output, routes = "with" } = choices;
  const known = optionsOf(target, choices);
  const usesBuild = target.single === true && (moduleUrl === undefined || moduleUrl === INLINE);
  const { envoyVersion } = known;
  const said = Object.entries({ namespace, moduleUrl, envoyVersion }).filter(([, value]) => value !== undefined);
  const checks = { catalog: discoverPlugins(), unbuiltAllowed: !usesBuild };
  const checked = await validatePolicies(texts, { ...checks, ...Object.fromEntries(said) });
  const policies = checked.policies.map(stageChecked);
  const pinner = hasErrors(checked.findings) ? undefined : choices.pinner;
  const { options, unpinned } = await pinned(policies, known, pinner);
  const found = [...(pinner ? withoutPinned(checked.findings) : checked.findings), ...unpinned];
  const findings = [...found, ...targetFindings(policies, target, options, routes)];
  const text = (from: CheckedPolicy[]): string => {
    const applied = from.flatMap((checked) => {
      const origin = originOf(checked, target, choices);
      return resources(checked.policy, target, options, routes).map((resource) => ({ resource, origin }));
    });
    const ordered = choices.remove ? applied.reverse() : applied;
    const made = ordered.map(({ resource }) => resource);
    if (output === "json") return jsonText(made);
    const origins = ordered.map(({ origin }) => origin);
    return yamlText(made, comment(from, target, choices), origins);
  };
  return {
    findings: inOrder(findings, texts),
    words: () => explained(policies, target, options),
    whole: () => text(policies),
    files: () =>
      policies.flatMap(
        (policy) =>
          ownFiles(policy, target, options, choices) ?? [
            { name: fileName(policy, target, output), text: text([policy]) },
          ],
      ),
  };
}

/** Each policy for itself, and what they come to together. */
function explained(checked: readonly CheckedPolicy[], target: Target, options: ModuleOptions): string {
  const policies = checked.map(({ policy }) => policy);
  const placeOf = (policy: PolicyDocument, plugin: number): string => {
    const { document } = checked[policies.indexOf(policy)]!;
    return `${document.file}:${document.locate(["spec", "plugins", plugin]).line}`;
  };
  return `${inWords(policies, target, options)}\n${chainsInWords(policies, target, placeOf)}`;
}

function optionsOf(target: Target, choices: Choices): ModuleOptions {
  const { moduleUrl, istioVersion, gatewayVersion, folder } = choices;
  const envoyVersion = oldestEnvoy(target.host, choices);
  const known = { moduleUrl, envoyVersion, istioVersion, gatewayVersion, folder };
  return {
    module: modulesIn(),
    ...Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined)),
  };
}

/** The files of a target that has several for one policy; undefined for others. */
function ownFiles(
  policy: CheckedPolicy,
  target: Target,
  options: ModuleOptions,
  choices: Choices,
): GeneratedFile[] | undefined {
  const files = target.files?.(policy.policy, options);
  return files?.map(({ name, content }) => ({ name, text: yamlText([content], comment([policy], target, choices)) }));
}

/** Where a policy stands: its line moves only with what stands before it in its file. One policy's file needs none. */
function originOf({ document }: CheckedPolicy, target: Target, { comments = "line" }: Choices): string | undefined {
  if (!target.inKubernetes || comments === "none") return undefined;
  const file = oneLine(basename(document.file));
  return comments === "file" ? `from ${file}` : `from ${file}:${document.locate([]).line}`;
}

function comment(from: readonly CheckedPolicy[], target: Target, { remove, comments }: Choices): string | undefined {
  if (comments === "none") return undefined;
  const sources = oneLine([...new Set(from.map(({ document }) => basename(document.file)))].join(", "));
  const { name, command = name } = target;
  if (remove) return `What \`tidegate generate -t ${command}\` makes from ${sources}, in the order of deleting it.`;
  return `Generated by \`tidegate generate -t ${command}\` from ${sources}. Do not edit.`;
}

function fileName({ policy }: CheckedPolicy, target: Target, output: string): string {
  const { name, namespace } = policy.metadata;
  return `${[namespace, name, target.name].filter((part) => part !== undefined).join(".")}.${output}`;
}
