import type { Finding } from "../errors.js";
import { ageFaults } from "../generate/host.js";
import type { ModuleOptions } from "../generate/module-source.js";
import { sizeFaults } from "../generate/object-size.js";
import { vmFaults } from "../generate/shared-vm.js";
import type { Target } from "../generate/target.js";
import { type Fault, toFinding } from "../policy/fault.js";
import { type PolicyDocument, policyLabel } from "../policy/model.js";
import type { CheckedPolicy } from "../validate/policies.js";

/** What of spec.routes is generated beside the plugins. */
export type WhichRoutes = "with" | "only" | "without";

const NAME = ["metadata", "name"];

/** What the target finds in sound policies, in each and between them. */
export function targetFindings(
  policies: readonly CheckedPolicy[],
  target: Target,
  options: ModuleOptions,
  routes: WhichRoutes,
): Finding[] {
  return [
    ...policies.flatMap((policy) => findingsOfOne(policy, target, options, routes)),
    ...(routes === "only" ? noRoutes(policies) : claimedTwice(policies, target)),
    ...(target.single ? surplus(policies, target) : []),
    ...(routes === "only" ? [] : sharedUnequally(policies, target, options)),
  ];
}

function sharedUnequally(checked: readonly CheckedPolicy[], target: Target, options: ModuleOptions): Finding[] {
  const documents = new Map(checked.map(({ policy, document }) => [policy, document]));
  const found = vmFaults([...documents.keys()], target, options);
  return found.map(({ policy, fault }) => toFinding(fault, documents.get(policy)!));
}

function findingsOfOne(
  { policy, document, faults }: CheckedPolicy,
  target: Target,
  options: ModuleOptions,
  routes: WhichRoutes,
): Finding[] {
  if (faults.some(({ severity }) => severity !== "warning")) return [];
  const ofPlugins = routes === "only" ? [] : [...ageFaults(target.host, options), ...target.faults(policy, options)];
  const ofRoutes = routes === "without" ? [] : (target.routes?.faults(policy) ?? []);
  const found = [...ofPlugins, ...ofRoutes];
  const isGenerated = found.every(({ severity }) => severity === "warning");
  if (target.inKubernetes && isGenerated) found.push(...sizeFaults(policy, resources(policy, target, options, routes)));
  return found.map((fault) => toFinding(fault, document));
}

function noRoutes(policies: readonly CheckedPolicy[]): Finding[] {
  if (policies.some(({ policy }) => policy.spec.routes)) return [];
  const message = "the policy has no routes to generate";
  const remedy = "Add routes to spec, or leave --routes out";
  return policies.map(({ document }) =>
    toFinding({ code: "TG3107", path: ["spec"], at: "key", message, remedy }, document),
  );
}

function surplus(policies: readonly CheckedPolicy[], target: Target): Finding[] {
  const message = `the target ${target.name} makes one file from one policy`;
  const fault: Fault = {
    code: "TG3013",
    path: ["metadata", "name"],
    message,
    remedy: "Keep each policy in a file of its own",
  };
  return policies.slice(1).map(({ document }) => toFinding(fault, document));
}

/** Policies after the first that claim what only one can have. */
function claimedTwice(policies: readonly CheckedPolicy[], target: Target): Finding[] {
  const first = new Map<string, CheckedPolicy>();
  return policies.flatMap((checked) => {
    const claim = target.claim?.(checked.policy);
    const other = claim && first.get(claim.key);
    if (claim && !other) first.set(claim.key, checked);
    if (!claim || !other) return [];
    const { file, line } = toFinding({ code: "TG3015", path: NAME, message: "" }, other.document);
    const message = `${claim.message}, and ${policyLabel(other.policy)} at ${file}:${line} is one already`;
    return [toFinding({ code: "TG3015", path: NAME, message, remedy: claim.remedy }, checked.document)];
  });
}

/** Routes come first: when a plugin begins to decide, what it decides for must be there. */
export function resources(
  policy: PolicyDocument,
  target: Target,
  options: ModuleOptions,
  routes: WhichRoutes,
): object[] {
  return [
    ...(routes === "without" ? [] : (target.routes?.generate(policy) ?? [])),
    ...(routes === "only" ? [] : target.generate(policy, options)),
  ];
}
