/** What istiod reads of a cluster: group and plural by kind. */
export const KINDS: Record<string, readonly [group: string, plural: string]> = {
  EnvoyFilter: ["networking.istio.io", "envoyfilters"],
  Sidecar: ["networking.istio.io", "sidecars"],
  ServiceEntry: ["networking.istio.io", "serviceentries"],
  Gateway: ["networking.istio.io", "gateways"],
  VirtualService: ["networking.istio.io", "virtualservices"],
  DestinationRule: ["networking.istio.io", "destinationrules"],
  WorkloadEntry: ["networking.istio.io", "workloadentries"],
  WorkloadGroup: ["networking.istio.io", "workloadgroups"],
  ProxyConfig: ["networking.istio.io", "proxyconfigs"],
  WasmPlugin: ["extensions.istio.io", "wasmplugins"],
  TrafficExtension: ["extensions.istio.io", "trafficextensions"],
  PeerAuthentication: ["security.istio.io", "peerauthentications"],
  RequestAuthentication: ["security.istio.io", "requestauthentications"],
  AuthorizationPolicy: ["security.istio.io", "authorizationpolicies"],
  Telemetry: ["telemetry.istio.io", "telemetries"],
  Namespace: ["", "namespaces"],
  Service: ["", "services"],
  Pod: ["", "pods"],
  ConfigMap: ["", "configmaps"],
  Secret: ["", "secrets"],
  ServiceAccount: ["", "serviceaccounts"],
  Node: ["", "nodes"],
  EndpointSlice: ["discovery.k8s.io", "endpointslices"],
  Ingress: ["networking.k8s.io", "ingresses"],
  IngressClass: ["networking.k8s.io", "ingressclasses"],
  MutatingWebhookConfiguration: ["admissionregistration.k8s.io", "mutatingwebhookconfigurations"],
  ValidatingWebhookConfiguration: ["admissionregistration.k8s.io", "validatingwebhookconfigurations"],
  CustomResourceDefinition: ["apiextensions.k8s.io", "customresourcedefinitions"],
  Lease: ["coordination.k8s.io", "leases"],
};

/** Those that a cluster has only with Istio. */
export const ISTIO_KINDS = Object.entries(KINDS).filter(([, [group]]) => group.endsWith("istio.io"));

/** `group/plural`: the collection that resources of a kind are in. */
export function collectionOf(kind: string): string {
  const found = KINDS[kind];
  if (!found) throw new Error(`istiod reads no ${kind}`);
  return found.join("/");
}

export function kindOf(collection: string): string {
  return Object.keys(KINDS).find((kind) => collectionOf(kind) === collection) ?? "Unknown";
}
