import type { Code } from "./codes.js";
import type { Fault } from "./fault.js";
import { directionOf, type PolicyDocument } from "./model.js";
import type { Node } from "./node.js";

/** A setting of a plugin that remembers at a workload's inbound side what it gives back at the outbound one. */
export interface TwoSided {
  code: Code;
  /** What `mode: inbound` and `mode: outbound` come to on another side. */
  does: { inbound: string; outbound: string };
  /** What to do at a gateway, which has no sides. */
  atGateway: string;
}

/** That a setting's `mode` is not the side that the policy is attached to. */
export function wrongSide(policy: PolicyDocument, mode: Node, { code, does, atGateway }: TwoSided): Fault[] {
  const direction = directionOf(policy.spec);
  if (mode.text === direction || (mode.text !== "inbound" && mode.text !== "outbound")) return [];
  const isGateway = direction === "gateway";
  const message = `the policy is attached ${isGateway ? "to a gateway" : direction}, where ${does[mode.text]}`;
  const remedy = isGateway ? atGateway : `Write mode: ${direction}, or another attach.direction`;
  return [{ code, path: mode.path, message, remedy }];
}
