import type { Fault, Path } from "../policy/fault.js";
import { type PolicyDocument, placesOf, tracerOf } from "../policy/model.js";
import { runsUpstream } from "../trace/plugin.js";

/** A setting that a target cannot honour. */
export function lacking(path: Path, message: string, remedy: string): Fault {
  return { code: "TG3011", path, at: "key", message, remedy };
}

/** What of a policy a gateway of its own kind lacks, beside Istio's. @param name what the gateway is called. */
export function gatewayFaults(policy: PolicyDocument, name: string): Fault[] {
  const { spec } = policy;
  const faults = [...sidecarFaults(policy, name), ...tracerFaults(policy, name)];
  if (spec.attach?.ports) {
    const remedy = "Leave ports out, or generate istio-wasmplugin";
    faults.push(lacking(["spec", "attach", "ports"], `${name} runs plugins on all ports`, remedy));
  }
  for (const path of placesOf(spec, "failure", "reload")) {
    const remedy = "Write failure: open or closed, or generate istio-wasmplugin";
    faults.push(lacking(path, `${name} cannot start a plugin anew`, remedy));
  }
  return faults;
}

function sidecarFaults({ spec }: PolicyDocument, name: string): Fault[] {
  if (spec.gateway) return [];
  const path = ["spec", ...(spec.workload ? ["workload"] : [])];
  return [lacking(path, `${name} has no sidecars`, "Write gateway instead, or generate istio-wasmplugin")];
}

/** Its tracer writes its headers in the router, after all plugins. */
function tracerFaults(policy: PolicyDocument, name: string): Fault[] {
  const { spec } = policy;
  if (!spec.plugins.some((plugin) => plugin.name === "trace") || tracerOf(spec) === "none") return [];
  const cannot = spec.plugins.some((plugin) => runsUpstream(policy, plugin))
    ? "run trace after its tracer"
    : "have its tracer write no headers";
  const remedy = `Turn its tracing off and write tracer: none, or generate istio-envoyfilter`;
  return [{ code: "TG3201", path: ["spec", "tracer"], message: `${name} cannot ${cannot}`, remedy }];
}

/** Where plugins run in whole gateways, or in all that a gateway's labels select. @param name of the target. */
export function oneRouteFaults({ spec }: PolicyDocument, name: string): Fault[] {
  if (spec.gateway?.httpRoute === undefined) return [];
  const remedy = "Name the gateway instead, or generate envoy-gateway";
  return [lacking(["spec", "gateway", "httpRoute"], `${name} cannot run plugins for one HTTPRoute`, remedy)];
}
