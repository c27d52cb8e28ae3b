import type { Fault } from "../policy/fault.js";
import type { PolicyDocument } from "../policy/model.js";
import type { RouteTarget } from "../routes/target.js";
import type { ModuleOptions } from "./module-source.js";

/** One kind of configuration that policies are turned into. Both functions are pure. */
export interface Target {
  name: string;
  /** One line for the help. */
  about: string;
  /** True when one file holds one policy's configuration and no more. */
  single?: boolean;
  /** True when the resources are objects of Kubernetes, which keeps no large ones. */
  inKubernetes?: boolean;
  /** What of a sound policy this target cannot express. */
  faults(policy: PolicyDocument, options: ModuleOptions): Fault[];
  /** The resources of one policy. Call it only when `faults` has no error. */
  generate(policy: PolicyDocument, options: ModuleOptions): object[];
  /** What spec.routes becomes beside the plugins; absent when `generate` has it in its own resource. */
  routes?: RouteTarget;
}

/** Only Istio's WasmPlugin can place a filter elsewhere than right before the router. */
export function phaseFaults(policy: PolicyDocument, target: string): Fault[] {
  const phase = policy.spec.attach?.phase ?? "last";
  if (phase === "last") return [];
  const message = `${target} puts the plugins last before the router, not before ${phase}`;
  const remedy = "Leave phase out, or generate istio-wasmplugin";
  return [{ code: "TG3011", severity: "warning", path: ["spec", "attach", "phase"], message, remedy }];
}
