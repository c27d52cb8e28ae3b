import type { Difference } from "../diff/difference.js";
import type { JsonObject } from "../diff/json.js";
import { isOurs, resourceOf } from "../diff/live-resources.js";
import { liveSide } from "../diff/live-side.js";
import { orderFaults } from "../diff/make-before-break.js";
import { policyDifferences } from "../diff/policies.js";
import { resourceDifferences } from "../diff/resources.js";
import { sideOf } from "../diff/sides.js";
import { type Finding, hasErrors, UserError } from "../errors.js";
import type { Io } from "../io.js";
import { targetOf } from "../output/choose-target.js";
import { generateFiles } from "../output/generate-files.js";
import { checkModuleUrl } from "../output/module-url.js";
import { discoverPlugins } from "../plugins.js";
import { toFinding } from "../policy/fault.js";
import { policyLabel } from "../policy/model.js";
import type { CheckedPolicy } from "../validate/policies.js";
import { comparablePolicies, readLive, readPolicyTexts } from "./diff-inputs.js";
import type { DiffOptions } from "./diff.js";
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
export async function policiesAnswer(old: string, now: string, io: Io, namespace?: string): Promise<Answer> {
  const catalog = discoverPlugins();
  const [one, other] = [await readPolicyTexts([old], io), await readPolicyTexts([now], io)];
  const unread = [...one.findings, ...other.findings];
  if (unread.length > 0) return { findings: unread, unreadable: true };
  const [before, after] = [
    await comparablePolicies(one.texts, catalog, namespace),
    await comparablePolicies(other.texts, catalog, namespace),
  ];
  const refused = [...before.findings, ...after.findings];
  if (refused.length > 0) return { findings: refused };
  const [from, to] = [before, after].map(({ policies }) => policies.map(({ policy }) => policy));
  const differences = policyDifferences(from!, to!, catalog);
  return { differences, findings: versionFindings(before.policies, after.policies) };
}

/** What breaks on the way from one version of each policy to the other. */
function versionFindings(before: readonly CheckedPolicy[], after: readonly CheckedPolicy[]): Finding[] {
  const known = new Map(before.map(({ policy }) => [policyLabel(policy), policy]));
  return after.flatMap(({ policy, document }) => {
    const earlier = known.get(policyLabel(policy));
    const faults = earlier ? orderFaults(sideOf(earlier), policy) : [];
    return faults.map((fault) => toFinding(fault, document));
  });
}

export type LiveOptions = DiffOptions & { against: string; file: string[]; target: string };

const UNREADABLE = ["TG1001", "TG1002"];

/** How live resources differ from what is generated from policies. */
export async function livesAnswer(options: LiveOptions, io: Io): Promise<Answer> {
  const { namespace = "default", routes } = options;
  const choices = { ...options, output: "json" as const };
  const target = targetOf(choices);
  checkModuleUrl(options.moduleUrl);
  const live = await readLive(options.against, io);
  const { texts, findings } = await readPolicyTexts(options.file, io);
  const unread = [...live.inputs.findings, ...findings];
  if (unread.length > 0) return { findings: unread, unreadable: unread.some(({ code }) => UNREADABLE.includes(code)) };
  if (texts.length === 0) throw new UserError(`${options.file.join(", ")}: there is no policy`, 3);
  const made = await withProgress(io, "checking", () => generateFiles(texts, target, choices));
  if (hasErrors(made.findings)) return { findings: made.findings };
  const compared = live.objects.filter(({ kind }) => isCompared(String(kind), routes));
  const differences = resourceDifferences({ wanted: objectsOf(made.whole()), live: compared, namespace });
  const { policies } = await comparablePolicies(texts, discoverPlugins(), options.namespace);
  return { differences, findings: liveFindings(policies, live.objects, options) };
}

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
function liveFindings(
  policies: readonly CheckedPolicy[],
  live: readonly JsonObject[],
  { namespace = "default", routes }: DiffOptions,
): Finding[] {
  const ours = live.filter(isOurs).map((object) => resourceOf(object, namespace));
  const avoided = { with: undefined, only: "TG3301", without: "TG3302" }[routes];
  return policies.flatMap(({ policy, document }) => {
    const before = liveSide(ours, policy, namespace);
    const faults = before ? orderFaults(before, policy) : [];
    return faults.filter(({ code }) => code !== avoided).map((fault) => toFinding(fault, document));
  });
}
