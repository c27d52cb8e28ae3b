import { resourceMetadata } from "../generate/istio-resource.js";
import type { Fault } from "../policy/fault.js";
import type { PolicyDocument, Routes } from "../policy/model.js";
import { type RoutedArm, routePlan, type RoutePlan, subsetName } from "./arms.js";
import { gatewayApi } from "./gateway-api.js";
import { noFallback, type RouteTarget, routesFault } from "./target.js";

const API_VERSION = "networking.istio.io/v1";

/**
 * Subsets of one DestinationRule, then a VirtualService that matches each arm's value. In this order nothing ever
 * refers to a subset that is not there yet. A gateway of the Gateway API takes routes of that API instead.
 */
export const istioRoutes: RouteTarget = {
  faults: (policy) => (policy.spec.gateway?.name ? gatewayApi.faults(policy) : faults(policy)),
  generate: (policy) => (policy.spec.gateway?.name ? gatewayApi.generate(policy) : generate(policy)),
};

function faults({ spec }: PolicyDocument): Fault[] {
  const { routes } = spec;
  if (!routes) return [];
  const found: Fault[] = [];
  if (routes.service === undefined && (!routes.hosts || routes.arms.some(({ service }) => service === undefined)))
    found.push(routesFault("nothing says which service Istio routes to", "Add service, the host of the versions"));
  if (spec.gateway?.labels && !routes.gateways) {
    const remedy = "Add gateways: [...], Istio's Gateway resources that the routes belong to";
    found.push(routesFault("routes of a gateway name no gateway", remedy));
  }
  if (routes.missing === "fallback") found.push(noFallback("Istio"));
  return [...found, ...hostFaults(routes)];
}

/** Istio refuses a VirtualService with the host * for sidecars, and one of whose hosts another has in it. */
function hostFaults({ hosts = [], gateways = ["mesh"] }: Routes): Fault[] {
  return hosts.flatMap((host, i): Fault[] => {
    const path = ["spec", "routes", "hosts", i];
    if (host === "*" && gateways.includes("mesh")) {
      const remedy = "Name the hosts, or the gateways that the routes belong to";
      return [{ code: "TG3107", path, message: "Istio takes the host * for gateways only, not for sidecars", remedy }];
    }
    const wider = hosts.find((other, j) => j !== i && covers(other, host));
    if (wider === undefined) return [];
    const message = `${wider} has ${host} in it, and Istio takes each host once`;
    return [{ code: "TG3107", path, message, remedy: "Keep one of the two" }];
  });
}

function covers(wide: string, host: string): boolean {
  return wide.startsWith("*") && host.endsWith(wide.slice(1));
}

function generate(policy: PolicyDocument): object[] {
  const plan = routePlan(policy);
  if (!plan) return [];
  const subsets = subsetsOf(plan);
  return [...(subsets.length > 0 ? [destinationRule(policy, plan, subsets)] : []), virtualService(policy, plan)];
}

/** One for each name: lanes may share one, and subsets without labels exist already. */
function subsetsOf({ arms }: RoutePlan): object[] {
  const withLabels = arms.filter((arm) => arm.labels);
  return [...new Map(withLabels.map((arm) => [subsetName(arm), arm.labels]))].map(([name, labels]) => ({
    name,
    labels,
  }));
}

function destinationRule(policy: PolicyDocument, { routes }: RoutePlan, subsets: object[]): object {
  return {
    apiVersion: API_VERSION,
    kind: "DestinationRule",
    metadata: resourceMetadata(policy, policy.metadata.name),
    spec: { host: routes.service, subsets },
  };
}

/** The last route has no condition: it takes requests without a decision, and decisions that are no arm's. */
function virtualService(policy: PolicyDocument, plan: RoutePlan): object {
  const { routes, header, arms, fallback } = plan;
  const decided = arms
    .filter((arm) => arm !== fallback)
    .map((arm) => ({
      name: arm.name,
      match: [{ headers: { [header]: { exact: arm.value } } }],
      ...destination(arm, plan),
    }));
  return {
    apiVersion: API_VERSION,
    kind: "VirtualService",
    metadata: resourceMetadata(policy, policy.metadata.name),
    spec: {
      hosts: routes.hosts ?? [routes.service],
      ...(routes.gateways ? { gateways: routes.gateways } : {}),
      http: [...decided, { name: fallback.name, ...destination(fallback, plan) }],
    },
  };
}

function destination(arm: RoutedArm, { routes }: RoutePlan): object {
  const port = arm.service === undefined ? routes.port : (arm.port ?? routes.port);
  const subset = arm.service === undefined ? { subset: subsetName(arm) } : {};
  const number = port === undefined ? {} : { port: { number: port } };
  return { route: [{ destination: { host: arm.service ?? routes.service, ...subset, ...number } }] };
}
