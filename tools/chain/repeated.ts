import { canaryOf } from "../canary/config.js";
import type { Fault, Path } from "../policy/fault.js";
import { type PolicyDocument, policyLabel } from "../policy/model.js";
import { sidesOf } from "../policy/sides.js";
import { putsTraceIntoRouter } from "../trace/same-router.js";
import { earlierMeetings, surelyMeet } from "./meeting.js";
import { MAX_RANKS } from "./place.js";

/** A policy with the place in its file, which messages about others name: `file:line`. */
export interface PlacedPolicy {
  policy: PolicyDocument;
  place: (path: readonly (string | number)[]) => string;
}

/** What is wrong between policies whose plugins run in one chain; what concerns a policy, at its place in the list. */
export function chainFaults(placed: readonly PlacedPolicy[]): Fault[][] {
  const meetings = earlierMeetings(placed.map(({ policy }) => policy));
  return placed.map(({ policy }, i) => {
    // Two of one name are refused as such.
    const others = meetings[i]!.map((j) => placed[j]!).filter((met) => policyLabel(met.policy) !== policyLabel(policy));
    const met = others.flatMap(({ policy: other, place }) => sides(other).map((side) => ({ ...side, place })));
    const told = new Set<string>();
    const repeated = sides(policy).flatMap((side) =>
      side.policy.spec.plugins.flatMap(({ name }, index) => {
        const found = told.has(name) ? [] : repeatedPlugin(side, index, met);
        if (found.length > 0) told.add(name);
        return found;
      }),
    );
    return [...repeated, ...crowded(policy)];
  });
}

/** A policy as the proxies of one side of its rollout have it, and where its plugins stand in its file. */
interface OneSide {
  policy: PolicyDocument;
  path: Path;
}

function sides(policy: PolicyDocument): OneSide[] {
  const { spec } = policy;
  return sidesOf(policy).map(({ plugins, path }) => ({
    policy: plugins === spec.plugins ? policy : { ...policy, spec: { ...spec, plugins: [...plugins] } },
    path,
  }));
}

/** Istio merges nothing: a plugin that two policies put into a chain runs twice. One of the others is told of. */
function repeatedPlugin({ policy, path }: OneSide, index: number, met: readonly (OneSide & PlacedPolicy)[]): Fault[] {
  const { name } = policy.spec.plugins[index]!;
  const found = met.flatMap(({ policy: earlier, path: plugins, place }) => {
    const first = earlier.spec.plugins.findIndex((plugin) => plugin.name === name);
    const effect = first >= 0 ? runsTwice(name, policy, earlier) : undefined;
    const other = (): string => `${policyLabel(earlier)} at ${place([...plugins, first])}`;
    return effect ? [{ effect, other, isCertain: surelyMeet(policy, earlier) }] : [];
  });
  const told = found.find(({ isCertain }) => isCertain) ?? found[0];
  if (!told) return [];
  const { effect, other, isCertain } = told;
  const pass = isCertain ? "requests pass" : "requests may pass";
  const severity = isCertain && effect.isWrong ? {} : { severity: "warning" as const };
  const message = `${pass} ${name} twice, in ${other()} too: ${effect.words}`;
  return [{ code: "TG3601", ...severity, path: [...path, index], message, remedy: effect.remedy }];
}

interface Effect {
  words: string;
  /** Whether nobody can mean it. */
  isWrong: boolean;
  remedy: string;
}

const APART = "give the two labels with different values, or other ports";

/** What running twice comes to; undefined where it does no harm, or where another rule says so. */
function runsTwice(name: string, policy: PolicyDocument, earlier: PolicyDocument): Effect | undefined {
  if (name === "canary") {
    const [one, other] = [canaryOf(policy)?.header, canaryOf(earlier)?.header];
    if (one !== other) return undefined;
    const words = `the later one replaces what the earlier one writes into ${one}`;
    return { words, isWrong: true, remedy: `${JOIN}, or one of them another decision_header` };
  }
  if (name === "trace") {
    if (putsTraceIntoRouter(policy) && putsTraceIntoRouter(earlier) && surelyMeet(policy, earlier)) return undefined;
    return { words: "each takes what the other writes for the caller's", isWrong: true, remedy: JOIN };
  }
  const words = name === "ratelimit" ? "they must be within the limits of both" : "Istio does not merge the two";
  return { words, isWrong: false, remedy: `If only one is meant, ${lower(JOIN)}` };
}

const JOIN = `Join the two in one policy, or ${APART}`;

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** More policies in one another's way than there are priorities between two orders. */
function crowded({ rank = 0 }: PolicyDocument): Fault[] {
  if (rank < MAX_RANKS - 1) return [];
  const message = `${rank} policies that may run in the same proxies stand before this one`;
  const remedy = "Give some of them another attach.order, or put their plugins into fewer policies";
  return [{ code: "TG3602", path: ["metadata", "name"], message, remedy }];
}
