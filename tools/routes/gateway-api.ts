import { resourceMetadata } from "../generate/istio-resource.js";
import type { Fault } from "../policy/fault.js";
import type { ArmRoute, PolicyDocument, Routes } from "../policy/model.js";
import { type RoutedArm, routePlan, type RoutePlan } from "./arms.js";
import { noFallback, type RouteTarget, routesFault } from "./target.js";

/** The most rules that one HTTPRoute may have. */
const MAX_RULES = 16;

/**
 * HTTPRoutes of the Gateway API. Of two rules the one that matches more headers counts, in whichever HTTPRoute it is, so
 * the one without a condition stays in the first, whose name stays the same however many there are.
 */
export const gatewayApi: RouteTarget = { faults, generate };

function faults({ spec }: PolicyDocument): Fault[] {
  const { routes } = spec;
  if (!routes) return [];
  const found: Fault[] = [];
  if (routes.port === undefined && routes.arms.some(({ port }) => port === undefined))
    found.push(routesFault("the Gateway API routes to a port", "Add port, that of the services"));
  if (!routes.gateways && spec.gateway?.name === undefined) {
    const remedy = "Add gateways: [...], or gateway: { name: ... } to spec";
    found.push(routesFault("nothing says which gateway the routes belong to", remedy));
  }
  found.push(...routes.arms.flatMap(serviceFaults), ...hostFaults(routes));
  if (routes.missing === "fallback") found.push(noFallback("the Gateway API"));
  return found;
}

function serviceFaults({ name, service }: ArmRoute, i: number): Fault[] {
  const path = ["spec", "routes", "arms", i];
  if (service === undefined) {
    const message = `the Gateway API knows no subsets, so ${name} needs a service of its own`;
    const remedy = "Add service, a Kubernetes service that selects the pods of this version only";
    return [{ code: "TG3107", path, message, remedy }];
  }
  const [, , domain = "svc"] = service.split(".");
  if (domain === "svc") return [];
  const message = `the Gateway API routes to Kubernetes services, and ${service} is the host of none`;
  const remedy = "Write its name, name.namespace, or name.namespace.svc.cluster.local";
  return [{ code: "TG3107", path: [...path, "service"], message, remedy }];
}

/** Every host is meant when there are none. */
function hostFaults({ hosts = [] }: Routes): Fault[] {
  return hosts.flatMap((host, i): Fault[] => {
    if (host !== "*") return [];
    const message = "the Gateway API knows no host *";
    return [{ code: "TG3107", path: ["spec", "routes", "hosts", i], message, remedy: "Leave hosts out for all hosts" }];
  });
}

function generate(policy: PolicyDocument): object[] {
  const plan = routePlan(policy);
  if (!plan) return [];
  const decided = plan.arms.filter((arm) => arm !== plan.fallback).map((arm) => rule(arm, plan, plan.header));
  const first = [...decided.slice(0, MAX_RULES - 1), rule(plan.fallback, plan)];
  const others = decided.slice(MAX_RULES - 1);
  return Array.from({ length: 1 + Math.ceil(others.length / MAX_RULES) }, (_, i) => {
    if (i === 0) return httpRoute(policy, plan, policy.metadata.name, first);
    const name = `${policy.metadata.name}.${i + 1}`; // no policy has a dot in its name
    return httpRoute(policy, plan, name, others.slice((i - 1) * MAX_RULES, i * MAX_RULES));
  });
}

function httpRoute(policy: PolicyDocument, { routes }: RoutePlan, name: string, rules: object[]): object {
  const gateways = routes.gateways ?? [policy.spec.gateway?.name ?? ""];
  return {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRoute",
    metadata: resourceMetadata(policy, name),
    spec: { parentRefs: gateways.map(parentRef), ...(routes.hosts ? { hostnames: routes.hosts } : {}), rules },
  };
}

function parentRef(gateway: string): object {
  const [name, namespace] = gateway.split("/").reverse();
  return { name, ...(namespace === undefined ? {} : { namespace }) };
}

function rule(arm: RoutedArm, { routes }: RoutePlan, header?: string): object {
  const matches = header === undefined ? {} : { matches: [{ headers: [{ name: header, value: arm.value }] }] };
  const [name, namespace] = serviceName(arm.service ?? "");
  const backend = { name, ...(namespace === undefined ? {} : { namespace }), port: arm.port ?? routes.port };
  return { ...matches, backendRefs: [backend] };
}

/** `reviews.shop.svc.cluster.local` is the service `reviews` of the namespace `shop`. */
function serviceName(host: string): string[] {
  return host.split(".").slice(0, 2);
}
