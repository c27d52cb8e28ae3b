import type { Fault, Path } from "./fault.js";
import { directionOf, type PolicyDocument, type PolicySpec } from "./model.js";
import { ISTIO_ROOT_NAMESPACE } from "./selection.js";
import { RESERVED_PORTS } from "./reserved-ports.js";

/** Whom a policy reaches: never more proxies or other traffic than it says. */
export function attachmentFaults({ metadata, spec }: PolicyDocument): Fault[] {
  return [
    ...selectorFaults(spec),
    ...directionFaults(spec),
    ...reservedPorts(spec),
    ...rootNamespace(metadata.namespace, spec),
  ];
}

function selectorFaults(spec: PolicySpec): Fault[] {
  if (spec.workload && spec.gateway) {
    const remedy = "Keep one of them, or write two policies";
    return [
      {
        code: "TG2008",
        path: ["spec", "gateway"],
        at: "key",
        message: "workload and gateway exclude each other",
        remedy,
      },
    ];
  }
  if (spec.workload || spec.gateway || spec.allowNamespaceWide) return [];
  return [
    {
      code: "TG3001",
      path: ["spec"],
      at: "key",
      message: "the policy names no workload, so it would reach every proxy of its namespace",
      remedy: "Add workload: { labels: { app: ... } }, or allowNamespaceWide: true if that is meant",
    },
  ];
}

function directionFaults(spec: PolicySpec): Fault[] {
  const direction = directionOf(spec);
  const path: Path = ["spec", "attach", "direction"];
  if (spec.gateway && direction !== "gateway") {
    const message = `a gateway's traffic is not ${direction}`;
    return [{ code: "TG3005", path, message, remedy: "Write direction: gateway, or leave it out" }];
  }
  if (spec.workload && direction === "gateway") {
    const remedy = "Write gateway: instead of workload:, or direction: inbound";
    return [{ code: "TG3005", path, message: "a workload's sidecar is no gateway", remedy }];
  }
  return [];
}

function reservedPorts(spec: PolicySpec): Fault[] {
  return (spec.attach?.ports ?? []).flatMap((port, i): Fault[] => {
    if (!RESERVED_PORTS.has(port)) return [];
    const path = ["spec", "attach", "ports", i];
    return [
      { code: "TG3004", path, message: `port ${port} belongs to Istio itself`, remedy: "Name the application's port" },
    ];
  });
}

function rootNamespace(namespace: string | undefined, spec: PolicySpec): Fault[] {
  if (namespace !== ISTIO_ROOT_NAMESPACE || spec.gateway) return [];
  const whom = spec.workload ? "matching workloads of every namespace" : "every proxy of the mesh";
  const message = `${namespace} is Istio's root namespace, so the policy reaches ${whom}`;
  const remedy = "Put the policy into the workload's own namespace unless this is meant";
  return [{ code: "TG3010", severity: "warning", path: ["metadata", "namespace"], message, remedy }];
}
