import { canaryOf } from "../canary/config.js";
import type { Fault, Path } from "../policy/fault.js";
import type { PolicyDocument } from "../policy/model.js";
import { stage } from "../rollout/stage.js";
import { hasOwnRoutes, OTHERS, type Side, sideOf } from "./sides.js";

const ROUTES: Path = ["spec", "routes", "arms"];

/**
 * What goes wrong on the way to a policy when everything is applied at once: an arm is decided before proxies know its
 * route, or a route or subset goes while something still leads to it.
 * @param before what proxies do now. @param given what shall be applied.
 */
export function orderFaults(before: Side, given: PolicyDocument): Fault[] {
  const { policy, origin } = stage(given);
  if (!hasOwnRoutes(policy)) return []; // a bootstrap is one file
  const after = sideOf(policy);
  if (!after.routed) return []; // validate says why there are none
  const early = [...after.decided].filter(([decision, arm]) => isEarly(decision, arm, before, after));
  const late = [...before.decided].filter(([decision]) => isLate(decision, before, after));
  const remedy = orderOf(early.length > 0, late.length > 0);
  return [
    ...early.map(([, arm]) => earlyArm(arm, policy, remedy)).map((fault) => ({ ...fault, path: origin(fault.path) })),
    ...late.map(([, arm]) => lateArm(arm, remedy)),
    ...(late.length > 0 ? [] : lostSubsets(before, after)), // the order for those is one for all
  ];
}

/** Decided, and routed, but not yet: the fallback arm always is. */
function isEarly(decision: string, arm: string, before: Side, after: Side): boolean {
  if (!after.routed?.has(decision) || arm === (before.fallback ?? after.fallback)) return false;
  return !(before.routed?.has(decision) ?? before.decided.has(decision));
}

/** Routed and decided until now; the route goes. */
function isLate(decision: string, before: Side, after: Side): boolean {
  const arm = before.decided.get(decision);
  return before.routed?.has(decision) === true && !after.routed?.has(decision) && arm !== after.fallback;
}

function earlyArm(arm: string, policy: PolicyDocument, remedy: string): Fault {
  const path = canaryOf(policy)?.given.get(arm)?.node.path ?? ROUTES;
  const message = `${arm} is decided before its route is there, so until then its requests go elsewhere`;
  return { code: "TG3301", path, message, remedy };
}

function lateArm(arm: string, remedy: string): Fault {
  const message = `the route of ${arm} goes while proxies still decide it, so its requests go elsewhere or get a 503`;
  return { code: "TG3302", path: ROUTES, at: "key", message, remedy };
}

/** Subsets that requests are still led to when the new DestinationRule, which is applied first, has them no more. */
function lostSubsets(before: Side, after: Side): Fault[] {
  if (after.subsets.size === 0) return []; // no DestinationRule is applied
  const led = [...before.leadsTo].filter(([decision]) => decision === OTHERS || before.decided.has(decision));
  const lost = led.map(([, name]) => name).filter((name) => before.subsets.has(name) && !after.subsets.has(name));
  return [...new Set(lost)].map((name): Fault => {
    const message = `the subset ${name} goes while the VirtualService still leads to it, so its requests get a 503`;
    return { code: "TG3302", path: ROUTES, at: "key", message, remedy: KEEP };
  });
}

const KEEP =
  "Keep the old subset for a version that has both, as an arm that canary does not give, and remove it in the next one";
const WAIT = "wait until istioctl proxy-status says SYNCED";
const PLUGINS = "`tidegate generate --routes without` (the plugins)";
const ROUTES_ONLY = "`tidegate generate --routes only` (the routes)";

/** In which order to apply what is generated. */
function orderOf(isEarly: boolean, isLate: boolean): string {
  const withdrawn = `${ROUTES_ONLY}, the VirtualService before the DestinationRule`;
  if (isEarly && isLate) {
    return `Apply in this order: 1. the routes of a version with the arms of both, 2. ${WAIT}, 3. ${PLUGINS}, 4. wait likewise, 5. ${withdrawn}`;
  }
  if (isLate) return `Apply in this order: 1. ${PLUGINS}, 2. ${WAIT}, 3. ${withdrawn}`;
  return `Apply in this order: 1. ${ROUTES_ONLY}, 2. ${WAIT}, 3. ${PLUGINS}`;
}
