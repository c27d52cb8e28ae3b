import { type Canary, canaryOf } from "../canary/config.js";
import type { Fault, Path } from "../policy/fault.js";
import { type ArmRoute, directionOf, type PolicyDocument, type Routes } from "../policy/model.js";
import { nearest } from "../policy/suggest.js";
import { fallbackName, kindOf, subsetName } from "./arms.js";
import { envoyRouteFaults, whenFaults } from "./rules-envoy.js";
import { routesFault } from "./target.js";

const ROUTES: Path = ["spec", "routes"];

/** Whether whatever canary may decide is served: arms without a route, and routes that cannot be as they are written. */
export function routeFaults(policy: PolicyDocument): Fault[] {
  const { routes } = policy.spec;
  const canary = canaryOf(policy);
  if (!routes) return canary ? whenFaults(policy, canary) : [];
  if (!canary)
    return [routesFault("routes need the plugin canary, which decides", "Add it to plugins, or remove routes")];
  return [
    ...directionFaults(policy),
    ...fallbackFaults(routes, canary),
    ...unserved(routes, canary),
    ...repeated(routes, canary),
    ...destinationFaults(routes, canary),
    ...envoyRouteFaults(policy, routes, canary),
  ];
}

/** An inbound request has one destination. */
function directionFaults({ spec }: PolicyDocument): Fault[] {
  if (directionOf(spec) !== "inbound") return [];
  const message = "requests that come into a workload have one destination, so canary's decision comes too late there";
  const remedy = "Name the workload that sends them, with attach: { direction: outbound }, or a gateway";
  return [{ code: "TG3107", path: ROUTES, at: "key", message, remedy }];
}

function fallbackFaults(routes: Routes, canary: Canary): Fault[] {
  const name = fallbackName(routes, canary);
  if (name === undefined) {
    const message = "nothing says which arm serves requests without a decision";
    return [routesFault(message, "Add fallback, or default to the configuration of canary")];
  }
  // An unserved default is told where canary names it.
  if (routes.fallback === undefined || routes.arms.some((arm) => arm.name === name)) return [];
  const message = `no route serves the arm ${name}`;
  return [{ code: "TG3101", path: [...ROUTES, "fallback"], message, remedy: remedyFor(name, routes, canary) }];
}

/** Each name once, where canary first gives it. */
function unserved(routes: Routes, canary: Canary): Fault[] {
  const served = new Set(routes.arms.map(({ name }) => name));
  const missing = [...canary.given.values()].filter(({ name }) => !served.has(name));
  return missing.map((given, i) => {
    const { name, node } = given;
    const { code, kind } = kindOf(given);
    const remedy = i < MAX_SUGGESTED ? remedyFor(name, routes, canary) : addRoute(name);
    return { code, path: node.path, message: `no route serves the ${kind} ${name}`, remedy };
  });
}

/** Looking for what was meant compares each name with each route. */
const MAX_SUGGESTED = 100;

/** Of the routes only those that canary never chooses can be meant by another name. */
function remedyFor(name: string, { arms }: Routes, { given }: Canary): string {
  const idle = arms.map((arm) => arm.name).filter((other) => !given.has(other));
  const near = nearest(name, idle);
  return near === undefined ? addRoute(name) : `Did you mean "${near}"? If not, ${addRoute(name).replace("A", "a")}`;
}

function addRoute(name: string): string {
  return `Add { name: ${name}, ... } to spec.routes.arms`;
}

/** Two arms of one name, of one value, or of one subset with other labels, would be one route. */
function repeated({ arms }: Routes, canary: Canary): Fault[] {
  const values = arms.map(({ name }) => canary.valueOf(name));
  const subsets = arms.map((arm) => (arm.service === undefined ? subsetName(arm) : undefined));
  return arms.flatMap((arm, i): Fault[] => {
    const path = [...ROUTES, "arms", i];
    const ofName = arms.findIndex(({ name }) => name === arm.name);
    if (ofName < i) return [clash([...path, "name"], `the arm ${arm.name} stands twice`, "Keep one of the two")];
    const ofValue = values.indexOf(values[i]!);
    if (ofValue < i) {
      const message = `${arms[ofValue]!.name} and ${arm.name} have the same value of the decision header`;
      return [clash([...path, "name"], message, "Give one of them another value in canary's arms")];
    }
    const ofSubset = subsets.indexOf(subsets[i]);
    if (subsets[i] === undefined || ofSubset === i || sameLabels(arms[ofSubset]!, arm)) return [];
    const message = `${arms[ofSubset]!.name} and ${arm.name} would be one subset, ${subsets[i]}`;
    return [clash(path, message, "Give one of them a subset of another name")];
  });
}

function sameLabels(one: ArmRoute, other: ArmRoute): boolean {
  const text = ({ labels = {} }: ArmRoute): string => JSON.stringify(Object.entries(labels).sort());
  return !one.labels || !other.labels || text(one) === text(other);
}

function clash(path: Path, message: string, remedy: string): Fault {
  return { code: "TG3107", path, message, remedy };
}

/** With a service its arms must be told apart; without one nothing is generated that would. */
function destinationFaults({ service, arms }: Routes, canary: Canary): Fault[] {
  return arms.flatMap((arm, i): Fault[] => {
    const path = [...ROUTES, "arms", i];
    if (arm.service !== undefined && (arm.labels ?? arm.subset) !== undefined) {
      const message = "a service of its own excludes labels and subset";
      return [{ code: "TG2008", path: [...path, "service"], at: "key", message, remedy: "Keep one of them" }];
    }
    if (arm.port !== undefined && arm.service === undefined) {
      const message = "a port without a service of its own";
      return [{ code: "TG2008", path: [...path, "port"], at: "key", message, remedy: "Add service, or remove port" }];
    }
    if (service === undefined || (arm.labels ?? arm.subset ?? arm.service) !== undefined) return [];
    const { code, kind } = kindOf(canary.given.get(arm.name));
    const message = `nothing says which part of ${service} is the ${kind} ${arm.name}`;
    return [{ code, path, message, remedy: "Add labels of its pods, subset, or service" }];
  });
}
