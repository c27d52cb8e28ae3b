import type { Fault } from "../policy/fault.js";
import type { PolicyDocument } from "../policy/model.js";
import { type TwoSided, wrongSide } from "../policy/wrong-side.js";
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
  return wrongSide(policy, mode, LABELS);
}

const LABELS: TwoSided = {
  code: "TG3108",
  does: {
    inbound: "remembering a label is of no use",
    outbound: "no label is remembered that could be added",
  },
  atGateway: "Write mode: edge",
};
