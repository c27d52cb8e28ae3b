import { Document, isScalar } from "yaml";
import type { Entry } from "./propose.js";
import type { Workload } from "./workload.js";

/** Istio's Sidecar, with what this tool says of one. */
export interface Sidecar {
  apiVersion: "networking.istio.io/v1";
  kind: "Sidecar";
  metadata: { name: string; namespace: string };
  spec: {
    workloadSelector?: { labels: Record<string, string> };
    egress: { hosts: string[] }[];
    outboundTrafficPolicy?: { mode: "ALLOW_ANY" };
  };
}

/** @param passesOn whether traffic to hosts that the mesh does not know must go on passing. */
export function sidecar({ name, namespace, labels }: Workload, entries: readonly Entry[], passesOn: boolean): Sidecar {
  return {
    apiVersion: "networking.istio.io/v1",
    kind: "Sidecar",
    metadata: { name, namespace },
    spec: {
      ...(labels ? { workloadSelector: { labels } } : {}),
      egress: [{ hosts: entries.map(({ host }) => host) }],
      ...(passesOn ? { outboundTrafficPolicy: { mode: "ALLOW_ANY" } } : {}),
    },
  };
}

/** The Sidecar as YAML 1.1, which Kubernetes reads, with the reason beside each host. */
export function sidecarYaml(resource: Sidecar, entries: readonly Entry[]): string {
  const document = new Document(resource, { version: "1.1", aliasDuplicateObjects: false });
  for (const [i, { comment }] of entries.entries()) {
    const node = document.getIn(["spec", "egress", 0, "hosts", i], true);
    if (isScalar(node)) node.comment = ` ${comment}`;
  }
  return `# ${HEAD}\n${document.toString({ lineWidth: 0 })}`;
}

const HEAD = "Proposed by `tidegate scope` from what was seen: what the workload calls seldom may be missing.";
