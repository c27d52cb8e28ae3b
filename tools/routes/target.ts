import type { Fault } from "../policy/fault.js";
import type { PolicyDocument } from "../policy/model.js";

/** How a target of `generate` writes routes. Both functions are pure. */
export interface RouteTarget {
  /** What of sound routes it cannot express. */
  faults(policy: PolicyDocument): Fault[];
  /** The resources, in the order of applying them: what others refer to comes first. None without spec.routes. */
  generate(policy: PolicyDocument): object[];
}

/** One fault of spec.routes. */
export function routesFault(message: string, remedy: string): Fault {
  return { code: "TG3107", path: ["spec", "routes"], at: "key", message, remedy };
}

/** Only plain Envoy, of what is generated, can send requests for one arm to another when it has no endpoint. */
export function noFallback(target: string): Fault {
  const message = `${target} cannot fall back: requests for an arm without endpoints get a 503`;
  const remedy = "Leave missing out, and take an arm out of canary's rules before its pods go";
  return { code: "TG3011", severity: "warning", path: ["spec", "routes", "missing"], message, remedy };
}
