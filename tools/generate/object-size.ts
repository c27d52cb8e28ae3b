import type { Fault, Path } from "../policy/fault.js";
import type { PolicyDocument } from "../policy/model.js";

/**
 * etcd takes requests of up to 1.5 MiB (--max-request-bytes, etcd.io/docs/latest/dev-guide/limit); some of that is for
 * what Kubernetes itself adds to an object.
 */
export const MAX_OBJECT_BYTES = 1_500_000;
/** Of the annotation in which `kubectl apply` keeps a copy of the object (kubernetes/kubectl#712). */
export const MAX_APPLIED_BYTES = 262_144;

/** Kinds that are made from spec.routes. */
const ROUTES = ["DestinationRule", "VirtualService", "HTTPRoute"];

/** What of a policy's generated objects is too large for Kubernetes, or for some ways of bringing it there. */
export function sizeFaults(policy: PolicyDocument, objects: readonly object[]): Fault[] {
  return objects.flatMap((object): Fault[] => {
    const { kind = "", metadata = {} } = object as { kind?: string; metadata?: { name?: string } };
    const bytes = Buffer.byteLength(JSON.stringify(object));
    if (bytes <= MAX_APPLIED_BYTES) return [];
    const isRoute = ROUTES.includes(kind);
    const path = isRoute ? ["spec", "routes", "arms"] : longestText(policy);
    const message = `the ${kind} ${metadata.name ?? ""} has ${bytes} bytes`;
    if (bytes > MAX_OBJECT_BYTES) {
      const remedy = isRoute ? FEWER : FETCH;
      return [{ code: "TG7005", path, message: `${message}, and Kubernetes keeps objects of up to 1.5 MiB`, remedy }];
    }
    const remedy = kind === "EnvoyFilter" ? `${APPLY}. ${REPEATED}` : APPLY;
    return [
      { code: "TG7006", severity: "warning", path, message: `${message}, too many for kubectl apply alone`, remedy },
    ];
  });
}

const FETCH = "Let the proxies fetch the list: write fetch in the place of file, with the cluster that serves it";
const FEWER = "Give the arms fewer labels, or fewer arms a route";
const APPLY = "Use kubectl apply --server-side, or kubectl replace";
/** istio/istio#55820: the agent's gRPC client takes messages of 4 MiB. */
const REPEATED =
  "Prefer istio-wasmplugin: Istio puts an EnvoyFilter's filter into each filter chain of a listener, and agents take 4 MiB a message";

/** Where the longest text of the plugins' configurations stands: what makes an object large. */
function longestText({ spec }: PolicyDocument): Path {
  let longest: { path: Path; length: number } = { path: ["spec", "plugins"], length: 0 };
  const visit = (value: unknown, path: Path): void => {
    if (typeof value === "string" && value.length > longest.length) longest = { path, length: value.length };
    if (typeof value !== "object" || value === null) return;
    for (const [key, inner] of Object.entries(value)) visit(inner, [...path, key]);
  };
  for (const [i, { config }] of spec.plugins.entries()) visit(config, ["spec", "plugins", i, "config"]);
  return longest.path;
}
