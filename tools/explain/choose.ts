import { UserError } from "../errors.js";
import { type PolicyDocument, policyLabel } from "../policy/model.js";
import { suggestion } from "../policy/suggest.js";

/** Plugins that can say why they decide as they do. */
const EXPLAINED: readonly string[] = ["canary"];

/** Refuses plugins that cannot be explained. @param known all plugins that there are. */
export function refuseUnexplained(plugin: string, known: readonly string[]): void {
  if (EXPLAINED.includes(plugin)) return;
  if (known.includes(plugin)) {
    throw new UserError(`there is no explanation of ${plugin}; there is one of ${EXPLAINED.join(", ")}`);
  }
  throw new UserError(sentences(`there is no plugin "${plugin}"`, suggestion(plugin, EXPLAINED)));
}

/**
 * The policy that is meant, of those that use the plugin.
 * @param wanted its name, or namespace/name; not needed when there is only one.
 */
export function choosePolicy(
  policies: readonly PolicyDocument[],
  plugin: string,
  wanted: string | undefined,
): PolicyDocument {
  const using = policies.filter(({ spec }) => spec.plugins.some(({ name }) => name === plugin));
  const labels = using.map(policyLabel);
  if (labels.length === 0) throw new UserError(`no policy here uses ${plugin}`);
  const meant = using.filter((policy) => wanted === undefined || isCalled(policy, wanted));
  if (meant.length === 1) return meant[0]!;
  if (meant.length === 0) {
    throw new UserError(sentences(`--policy: no policy ${wanted} uses ${plugin}`, suggestion(wanted!, labels)));
  }
  throw new UserError(`several policies use ${plugin}: choose one by --policy: ${meant.map(policyLabel).join(", ")}`);
}

function isCalled(policy: PolicyDocument, name: string): boolean {
  return policyLabel(policy) === name || policy.metadata.name === name;
}

function sentences(first: string, second: string | undefined): string {
  return second === undefined ? first : `${first}. ${second}`;
}
