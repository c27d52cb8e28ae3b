import type { Finding } from "../errors.js";
import { checkResources } from "../istio/check.js";
import type { Attachment } from "../istio/attachment.js";
import { isResource } from "../istio/resource.js";
import { directionOf, type PolicyDocument, policyLabel } from "../policy/model.js";
import { selectedLabels } from "../policy/selection.js";
import { inOrder } from "./order.js";
import type { CheckedPolicy, PolicyText } from "./policies.js";
import { type ValidateOptions, validatePolicies } from "./validate.js";

export interface ValidateFilesOptions extends ValidateOptions {
  /** Whether modules that resources load from files must be on this machine. */
  localFiles?: boolean;
}

export interface ValidatedFiles {
  policies: CheckedPolicy[];
  /** How many resources there are of the kinds that are looked into. */
  resources: number;
  findings: Finding[];
}

/** All checks of policies, and of the resources of Istio and Kubernetes that stand beside them. */
export async function validateFiles(
  texts: readonly PolicyText[],
  options: ValidateFilesOptions,
): Promise<ValidatedFiles> {
  const { policies, findings, others } = await validatePolicies(texts, { ...options, isOther: isResource });
  const attachments = policies.flatMap(({ policy }) => attachmentOf(policy) ?? []);
  const resources = await checkResources(others, { ...options, attachments });
  const all = [...findings, ...resources.findings];
  return { policies, resources: resources.count, findings: inOrder(all, texts) };
}

/** Which Services' ports matter to a policy: of its workload, or of what that asks; a gateway has its own. */
function attachmentOf(policy: PolicyDocument): Attachment | undefined {
  const { spec, metadata } = policy;
  const direction = directionOf(spec);
  if (direction === "gateway") return undefined;
  const labels = selectedLabels(policy) ?? {};
  const sides = { isInbound: direction === "inbound", isOutbound: direction === "outbound" };
  return { who: policyLabel(policy), namespace: metadata.namespace, labels, ports: spec.attach?.ports, ...sides };
}
