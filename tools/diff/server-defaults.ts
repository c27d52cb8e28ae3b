import { keysOf, type Step } from "./deltas.js";
import { isSame } from "./json.js";

/** Values that the API server adds to an HTTPRoute where none is given (the defaults in the Gateway API's schemas). */
const HTTP_ROUTE: Record<string, unknown> = {
  "spec.parentRefs.group": "gateway.networking.k8s.io",
  "spec.parentRefs.kind": "Gateway",
  "spec.rules.backendRefs.group": "",
  "spec.rules.backendRefs.kind": "Service",
  "spec.rules.backendRefs.weight": 1,
  "spec.rules.matches": [{ path: { type: "PathPrefix", value: "/" } }],
  "spec.rules.matches.path": { type: "PathPrefix", value: "/" },
  "spec.rules.matches.headers.type": "Exact",
};

/** Whether a value that nobody wrote is what the API server adds. Istio's own kinds have no such defaults. */
export function isServerDefault(kind: string, path: readonly Step[], value: unknown): boolean {
  const key = keysOf(path).join(".");
  return kind === "HTTPRoute" && Object.hasOwn(HTTP_ROUTE, key) && isSame(HTTP_ROUTE[key], value);
}
