import { resourceMetadata } from "../generate/istio-resource.js";
import type { Fault } from "../policy/fault.js";
import type { PolicyDocument } from "../policy/model.js";
import { type RoutedArm, routePlan, type RoutePlan } from "./arms.js";
import { noFallback, type RouteTarget, routesFault } from "./target.js";

/** The most rules that one HTTPRoute may have. */
const MAX_RULES = 16;

/**
 * HTTPRoutes of the Gateway API. The one without a condition comes last; it may be applied first as well, since of two
 * routes the one that matches more headers counts.
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
  for (const [i, { name, service }] of routes.arms.entries()) {
    if (service !== undefined) continue;
    const message = `the Gateway API knows no subsets, so ${name} needs a service of its own`;
    const remedy = "Add service, a Kubernetes service that selects the pods of this version only";
    found.push({ code: "TG3107", path: ["spec", "routes", "arms", i], message, remedy });
  }
  if (routes.missing === "fallback") found.push(noFallback("the Gateway API"));
  return found;
}

function generate(policy: PolicyDocument): object[] {
  const plan = routePlan(policy);
  if (!plan) return [];
  const decided = plan.arms.filter((arm) => arm !== plan.fallback).map((arm) => rule(arm, plan, plan.header));
  const rules = [...decided, rule(plan.fallback, plan)];
  const names = Math.ceil(rules.length / MAX_RULES);
  return Array.from({ length: names }, (_, i) => {
    const name = names === 1 ? policy.metadata.name : `${policy.metadata.name}-${i + 1}`;
    return httpRoute(policy, plan, name, rules.slice(i * MAX_RULES, (i + 1) * MAX_RULES));
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
