import { posix } from "node:path";
import type { YAMLMap } from "yaml";
import { type Finding, hasErrors } from "../errors.js";
import { generateFiles } from "../output/generate-files.js";
import { markLocal, fileOf, ownerOf, place } from "./annotations.js";
import { readFunctionConfig } from "./function-config.js";
import { nameOf, placeOfName, policiesIn, type PolicyItem } from "./policy-items.js";
import { itemsIn, ResourceList, textAt } from "./resource-list.js";
import { resultsOf } from "./results.js";

/** What a function has to say. */
export interface FunctionRun {
  /** The ResourceList for standard output; absent when standard input was none. */
  text?: string;
  findings: Finding[];
}

/**
 * One run of the KRM function: what policies among the items become takes the place of what an earlier run made.
 * With errors the items are those that came, and the results say why.
 * @param cwd where the orchestrator's paths start from.
 */
export async function runFunction(input: string, cwd: string): Promise<FunctionRun> {
  const list = ResourceList.read("<stdin>", input);
  if (!(list instanceof ResourceList)) return { findings: [list] };
  const { functionConfig } = list;
  const policies = policiesIn(list.items.items, cwd);
  const asked = readFunctionConfig(functionConfig);
  if (Array.isArray(asked)) return answer(asked, list.items.items);
  const { target, choices } = asked;
  const made = policies.length === 0 ? undefined : await generateFiles(policies, target, choices);
  const findings = made?.findings ?? [];
  if (hasErrors(findings)) return answer(findings, list.items.items);
  const others = list.items.items.filter((item) => ownerOf(item as YAMLMap) === undefined) as YAMLMap[];
  const generated = made ? itemsIn(made.whole()) : [];
  const taken = takenNames(generated, others, policies, choices.namespace);
  if (taken.length > 0) return answer([...findings, ...taken], list.items.items);
  for (const { item } of policies) markLocal(item);
  placeAll(generated, policies, target.name, choices.namespace);
  return answer(findings, [...others, ...generated]);

  function answer(found: Finding[], items: readonly unknown[]): FunctionRun {
    return { text: (list as ResourceList).text(items, resultsOf(found, policies, functionConfig)), findings: found };
  }
}

/** Items that are not ours, and have the names of what policies become. */
function takenNames(
  generated: readonly YAMLMap[],
  others: readonly YAMLMap[],
  policies: readonly PolicyItem[],
  namespace: string | undefined,
): Finding[] {
  const known = new Set(others.map(identity));
  return generated
    .filter((item) => known.has(identity(item)))
    .map((item) => {
      const { file, text } = policyOf(item, policies, namespace)!;
      const kind = textAt(item, "kind") ?? "";
      const message = `there is a ${kind} ${nameOf(item)} among the items already, which no policy made`;
      const remedy = "Take it out, or give the policy another name";
      return { code: "TG3805", severity: "error", file, ...placeOfName(file, text), message, remedy };
    });
}

function identity(item: YAMLMap): string {
  const group = (textAt(item, "apiVersion") ?? "").split("/").slice(0, -1).join("/");
  return [group, textAt(item, "kind"), nameOf(item)].join("|");
}

function policyOf(item: YAMLMap, policies: readonly PolicyItem[], namespace?: string): PolicyItem | undefined {
  const owner = ownerOf(item);
  return policies.find(({ item: policy }) => {
    const name = nameOf(policy);
    return owner === name || owner === `${namespace}/${name}`;
  });
}

/** One file a policy, in its folder, called as `tidegate generate --out` calls it. */
function placeAll(
  generated: readonly YAMLMap[],
  policies: readonly PolicyItem[],
  target: string,
  namespace: string | undefined,
): void {
  const numbers = new Map<PolicyItem, number>();
  for (const item of generated) {
    const policy = policyOf(item, policies, namespace);
    const file = policy && fileOf(policy.item);
    if (!policy || !file) continue;
    const index = numbers.get(policy) ?? 0;
    numbers.set(policy, index + 1);
    const name = `${(ownerOf(item) ?? "").replace("/", ".")}.${target}.yaml`;
    place(item, policy.item, { path: posix.join(posix.dirname(file.path), name), index });
  }
}
