import type { Fault } from "../policy/fault.js";
import type { PolicyDocument } from "../policy/model.js";
import type { RouteTarget } from "../routes/target.js";
import type { Host } from "./host.js";
import type { ModuleOptions } from "./module-source.js";
import type { OnFailure } from "./on-failure.js";

/** One kind of configuration that policies are turned into. Both functions are pure. */
export interface Target {
  name: string;
  /** What follows -t on a command line that asks for it, when that is not the name alone. */
  command?: string;
  /** One line for the help. */
  about: string;
  /** True when one file holds one policy's configuration and no more. */
  single?: boolean;
  /** True when the resources are objects of Kubernetes, which keeps no large ones. */
  inKubernetes?: boolean;
  /** True when it is Envoy's own configuration of Wasm: `vm_id`, restriction and backoff are then the policy's. */
  ownsVm?: boolean;
  /** What the result runs in, when its release says which Envoy that is. */
  host?: Host;
  /** True when it puts policies into the phases that they name. */
  hasPhases?: boolean;
  /** What of a sound policy this target cannot express. */
  faults(policy: PolicyDocument, options: ModuleOptions): Fault[];
  /** The resources of one policy. Call it only when `faults` has no error. */
  generate(policy: PolicyDocument, options: ModuleOptions): object[];
  /** What becomes of requests when a plugin fails. */
  onFailure: OnFailure;
  /** What only one policy can have; of two that claim it, the later one is at fault. */
  claim?(policy: PolicyDocument): Claim;
  /** The resources as the files they belong in, in the order of writing them; absent when one file holds all. */
  files?(policy: PolicyDocument, options: ModuleOptions): NamedResource[];
  /** What spec.routes becomes beside the plugins; absent when `generate` has it in its own resource. */
  routes?: RouteTarget;
}

/** Something of a target that takes one policy only. */
export interface Claim {
  /** Equal for two policies that claim the same. */
  key: string;
  /** Why it cannot be shared. */
  message: string;
  remedy: string;
}

/** What one file holds; the name has no folder. */
export interface NamedResource {
  name: string;
  content: object;
}

/** Only Istio's WasmPlugin can place a filter elsewhere than right before the router. */
export function phaseFaults(policy: PolicyDocument, target: string): Fault[] {
  const phase = policy.spec.attach?.phase ?? "last";
  if (phase === "last") return [];
  const message = `${target} puts the plugins last before the router, not before ${phase}`;
  const remedy = "Leave phase out, or generate istio-wasmplugin";
  return [{ code: "TG3011", severity: "warning", path: ["spec", "attach", "phase"], message, remedy }];
}
