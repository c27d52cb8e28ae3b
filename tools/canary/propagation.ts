import type { Fault } from "../policy/fault.js";
import { directionOf, type PolicyDocument } from "../policy/model.js";
import { canaryOf } from "./config.js";

/** Labels of lanes that are not handed on as they are meant to be. */
export function propagationFaults(policy: PolicyDocument): Fault[] {
  const canary = canaryOf(policy);
  const propagation = canary?.config.at("lane_propagation");
  const mode = propagation?.at("mode");
  if (!canary || !propagation || !mode) return [];
  if (mode.text === "edge") {
    if (canary.rules.some((rule) => rule.at("lane"))) return [];
    const message = "no rule chooses a lane, so that every label is removed";
    const remedy = 'Add a rule with "lane", or leave lane_propagation out';
    return [{ code: "TG3108", severity: "warning", path: propagation.path, at: "key", message, remedy }];
  }
  const direction = directionOf(policy.spec);
  if (mode.text === direction || (mode.text !== "inbound" && mode.text !== "outbound")) return [];
  const message = `the policy is attached ${direction === "gateway" ? "to a gateway" : direction}, where ${DOES[mode.text]}`;
  const remedy = direction === "gateway" ? "Write mode: edge" : `Write mode: ${direction}, or another attach.direction`;
  return [{ code: "TG3108", path: mode.path, message, remedy }];
}

const DOES = {
  inbound: "remembering a label is of no use",
  outbound: "no label is remembered that could be added",
};
