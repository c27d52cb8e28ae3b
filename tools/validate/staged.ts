import { stage } from "../rollout/stage.js";
import type { CheckedPolicy } from "./policies.js";

/** A policy as generators need it: each plugin's part of a rollout in its configuration. Its document knows the places. */
export function stageChecked({ policy, document, faults }: CheckedPolicy): CheckedPolicy {
  const staged = stage(policy);
  return { policy: staged.policy, document: document.movedBy(staged.origin), faults };
}
