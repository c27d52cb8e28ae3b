import type { Difference } from "../diff/difference.js";
import type { JsonObject } from "../diff/json.js";
import { type Finding, hasErrors } from "../errors.js";
import type { Io } from "../io.js";
import { toFinding } from "../policy/fault.js";
import { policyLabel } from "../policy/model.js";
import type { CheckedPolicy } from "../validate/policies.js";
import { comparablePolicies, readLive, readPolicyTexts } from "./diff-inputs.js";
import type { DiffOptions } from "./diff.js";
import { checkModuleUrl } from "./generate.js";
import { targetOf } from "./generate-target.js";
import { withProgress } from "./report.js";

/** What `diff` has to say. */
export interface Answer {
  /** Absent when the findings are why nothing could be compared. */
  differences?: Difference[];
  findings: Finding[];
  /** Something could not be read at all. */
  unreadable?: boolean;
}

/** What changes from the policies of one place to those of another. */
export async function policiesAnswer(old: string, now: string, io: Io): Promise<Answer> {
  const { discoverPlugins } = await import("../plugins.js");
  const { policyDifferences } = await import("../diff/policies.js");
  const { orderFaults } = await import("../diff/make-before-break.js");
  const { sideOf } = await import("../diff/sides.js");
  const catalog = discoverPlugins();
  const inputs = [await readPolicyTexts([old], io), await readPolicyTexts([now], io)];
  const unread = inputs.flatMap(({ findings }) => findings);
  if (unread.length > 0) return { findings: unread, unreadable: true };
  const [one, other] = [
    await comparablePolicies(inputs[0]!.texts, catalog),
    await comparablePolicies(inputs[1]!.texts, catalog),
  ];
  const refused = [...one.findings, ...other.findings];
  if (refused.length > 0) return { findings: refused };
  const before = new Map(one.policies.map(({ policy }) => [policyLabel(policy), policy]));
  const findings = other.policies.flatMap(({ policy, document }) => {
    const earlier = before.get(policyLabel(policy));
    const faults = earlier ? orderFaults(sideOf(earlier), policy) : [];
    return faults.map((fault) => toFinding(fault, document));
  });
  const [from, to] = [one, other].map(({ policies }) => policies.map(({ policy }) => policy));
  return { differences: policyDifferences(from!, to!, catalog), findings };
}

export type LiveOptions = DiffOptions & { against: string; file: string[]; target: string };

/** How live resources differ from what is generated from policies. */
export async function livesAnswer(options: LiveOptions, io: Io): Promise<Answer> {
  const { discoverPlugins } = await import("../plugins.js");
  const { resourceDifferences } = await import("../diff/resources.js");
  const { generateFiles } = await import("./generate-files.js");
  const target = targetOf({ ...options, output: "json" });
  checkModuleUrl(options.moduleUrl);
  const live = await readLive(options.against, io);
  const policies = await readPolicyTexts(options.file, io);
  const unread = [...live.inputs.findings, ...policies.findings];
  if (unread.length > 0) return { findings: unread, unreadable: unread.some(({ code }) => UNREADABLE.includes(code)) };
  const choices = { ...options, output: "json" as const };
  const made = await withProgress(io, "checking", () => generateFiles(policies.texts, target, choices));
  if (hasErrors(made.findings)) return { findings: made.findings };
  const wanted = objectsOf(made.whole());
  const { namespace } = options;
  const objects = live.objects.filter(({ kind }) => isCompared(String(kind), options.routes));
  const compared = { wanted, live: objects, namespace };
  const { policies: checked } = await comparablePolicies(policies.texts, discoverPlugins());
  const findings = await orderFindings(checked, live.objects, options);
  return { differences: resourceDifferences(compared), findings };
}

const UNREADABLE = ["TG1001", "TG1002"];

const ROUTES = ["DestinationRule", "VirtualService", "HTTPRoute"];

/** Whether a kind of resource is compared at all. */
function isCompared(kind: string, routes: DiffOptions["routes"]): boolean {
  return routes === "with" || ROUTES.includes(kind) === (routes === "only");
}

/** What `generate` writes as JSON: one object, or a List. */
function objectsOf(text: string): JsonObject[] {
  const whole = JSON.parse(text) as JsonObject & { items?: JsonObject[] };
  return whole["kind"] === "List" ? (whole.items ?? []) : [whole];
}

/** What breaks on the way from what is live to what policies make, as far as it is applied. */
async function orderFindings(
  policies: readonly CheckedPolicy[],
  live: readonly JsonObject[],
  { namespace, routes }: DiffOptions,
): Promise<Finding[]> {
  const { orderFaults } = await import("../diff/make-before-break.js");
  const { isOurs, resourceOf } = await import("../diff/live-resources.js");
  const { liveSide } = await import("../diff/live-side.js");
  const ours = live.filter(isOurs).map((object) => resourceOf(object, namespace));
  const avoided = { with: undefined, only: "TG3301", without: "TG3302" }[routes];
  return policies.flatMap(({ policy, document }) => {
    const before = liveSide(ours, policy, namespace);
    const faults = before ? orderFaults(before, policy) : [];
    return faults.filter(({ code }) => code !== avoided).map((fault) => toFinding(fault, document));
  });
}
