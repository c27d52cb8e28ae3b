import { Node } from "../policy/node.js";
import { patchesOf } from "./envoy-filter.js";
import { down, labelOf, type Resource, selectorOf, textsOf } from "./resource.js";

/** Whose traffic plugins are meant to see: those of a policy, or of an Istio resource. */
export interface Attachment {
  /** What messages call it. */
  who: string;
  namespace: string | undefined;
  labels: Record<string, string>;
  /** All ports when absent. */
  ports: readonly number[] | undefined;
  /** Whether requests to its workloads pass the plugins. */
  isInbound: boolean;
  /** Whether requests that its workloads send do. */
  isOutbound: boolean;
}

/** What a resource that loads plugins is attached to; undefined for one that is for gateways alone. */
export function attachmentOf(resource: Resource): Attachment | undefined {
  const { kind, namespace, spec } = resource;
  const { inbound, outbound, ports } = kind === "EnvoyFilter" ? ofPatches(patchesOf(resource)) : ofPlugin(spec);
  if (spec.at("targetRefs") !== undefined || !(inbound || outbound)) return undefined;
  const labels = textsOf(selectorOf(resource)?.at(kind === "EnvoyFilter" ? "labels" : "matchLabels"));
  const numbers = ports.flatMap((node) => node?.number ?? []);
  return {
    who: labelOf(resource),
    namespace,
    labels,
    ports: numbers.length > 0 ? numbers : undefined,
    isInbound: inbound,
    isOutbound: outbound,
  };
}

interface Sides {
  inbound: boolean;
  outbound: boolean;
  ports: (Node | undefined)[];
}

function ofPlugin(spec: Node): Sides {
  const match = spec.at("match")?.items() ?? [new Node({}, [])];
  const modes = match.map((one) => one.at("mode")?.text);
  const ports = match.flatMap((one) => one.at("ports")?.items() ?? []).map((one) => one.at("number"));
  return { inbound: modes.some((mode) => mode !== "CLIENT"), outbound: modes.some((mode) => mode !== "SERVER"), ports };
}

function ofPatches(patches: readonly Node[]): Sides {
  const contexts = patches.map((patch) => down(patch, "match", "context")?.text ?? "ANY");
  const has = (context: string): boolean => contexts.includes(context) || contexts.includes("ANY");
  const ports = patches.map((patch) => down(patch, "match", "listener", "portNumber"));
  return { inbound: has("SIDECAR_INBOUND"), outbound: has("SIDECAR_OUTBOUND"), ports };
}
