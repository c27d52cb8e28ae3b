import type { PluginCatalog } from "../plugins.js";
import type { Fault, Path } from "../policy/fault.js";
import type { PolicyDocument } from "../policy/model.js";
import { policySchema } from "../schema/policy-schema.js";
import { PluginTrial } from "../validate/plugin-trial.js";
import { PolicyChecker } from "../validate/policies.js";
import { SchemaChecker } from "../validate/schema-checker.js";
import { type Draft, policyOf } from "./draft.js";
import { metadataOf, policyNames } from "./metadata.js";
import { type ImportedPolicy, policyText } from "./policy-text.js";

const MAX_ROUNDS = 4;

/**
 * Turns drafts into policies that `tidegate validate` takes. What it refuses in one is left out, a rule or a label, and
 * reported where it came from in the words of whoever refused; a policy that cannot be mended so is left out as a whole.
 */
export class Settler {
  private readonly schema = SchemaChecker.of(policySchema());
  private readonly checker: PolicyChecker;

  /** @param trial asks the plugins themselves; without it their schemas and the rules have the last word. */
  constructor(
    catalog: PluginCatalog,
    private readonly trial?: PluginTrial,
  ) {
    this.checker = new PolicyChecker(catalog);
  }

  async settle(drafts: readonly Draft[]): Promise<ImportedPolicy[]> {
    const names = policyNames(drafts);
    const policies: ImportedPolicy[] = [];
    for (const [i, draft] of drafts.entries()) {
      const metadata = metadataOf(draft.source);
      const policy = await this.mend(draft, () => policyOf(draft, names[i]!, metadata));
      if (policy) policies.push({ policy, draft });
    }
    return policies;
  }

  private async mend(draft: Draft, build: () => PolicyDocument): Promise<PolicyDocument | undefined> {
    let policy = build();
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const faults = await this.errors(policy);
      if (faults.length === 0) return policy;
      if (!faults.every((fault) => leaveOut(fault, draft, policy))) break;
      const left = draft.rules.filter(({ rule }) => !rule["refused"]);
      if (left.length === 0) break;
      draft.rules = left;
      policy = { ...build(), metadata: policy.metadata };
    }
    const [first] = await this.errors(policy);
    const why = draft.rules.every(({ rule }) => rule["refused"])
      ? "no rule is left"
      : (first?.message ?? "it is refused");
    draft.source.report({
      code: "TG8109",
      path: draft.from.path,
      message: `${draft.source.label}: no policy comes of it: ${why}`,
    });
    return undefined;
  }

  private async errors(policy: PolicyDocument): Promise<Fault[]> {
    const shape = this.schema.check(policy);
    if (shape.length > 0) return shape;
    const checked = this.checker.check([{ file: "policy", text: policyText([{ policy }]) }]);
    const known = checked.policies[0]?.faults ?? [];
    const all = known.some(isError) || !this.trial ? known : await this.trial.faults(policy, known);
    return all.filter((fault) => isError(fault) && fault.code !== "TG4003");
  }
}

function isError({ severity }: Fault): boolean {
  return severity !== "warning";
}

/** Takes what is refused out of a draft or its policy, and reports it. @returns false when that is not possible. */
function leaveOut({ path, message, remedy }: Fault, draft: Draft, policy: PolicyDocument): boolean {
  const [first, second, ...rest] = path;
  const words = `it is left out: ${message}`;
  if (first === "metadata" && (second === "labels" || second === "annotations")) {
    const at: Path = [...draft.source.base, "metadata", second, ...rest.slice(0, 1)];
    draft.source.report({ code: "TG8102", path: at, message: words });
    const kept = Object.entries(policy.metadata[second] ?? {}).filter(
      ([key]) => rest[0] !== undefined && key !== String(rest[0]),
    );
    policy.metadata[second] = Object.fromEntries(kept);
    return true;
  }
  const [, , , , part, index] = path.map(String);
  if (part === "rules" && index !== undefined) {
    const entry = draft.rules[Number(index)];
    if (!entry) return false;
    if (!entry.rule["refused"])
      entry.from.source.report({
        code: "TG8104",
        path: entry.from.path,
        message: `the rule is left out: ${message}`,
        ...(remedy ? { remedy } : {}),
      });
    entry.rule["refused"] = true;
    return true;
  }
  if (part !== "response") return false;
  draft.source.report({
    code: "TG8102",
    path: draft.from.path,
    message: `the response is left as it is by default: ${message}`,
  });
  delete draft.config["response"];
  return true;
}
