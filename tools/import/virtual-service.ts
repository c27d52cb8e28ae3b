import type { ArmRoute, Routes } from "../policy/model.js";
import { type Draft, type DraftRule, plainName, RuleNames } from "./draft.js";
import type { Field } from "./field.js";
import type { Reading } from "./import.js";
import { gatewayOf } from "./placement.js";
import { shareRules, type Weighted } from "./shares.js";
import type { Source } from "./source.js";
import { Destinations } from "./virtual-service-arms.js";
import { readMatch } from "./virtual-service-match.js";

/** Istio's VirtualService with a canary: rules for matches and weights, and routes to the arms that they choose. */
export function importVirtualService(source: Source, reading: Reading): Draft[] {
  const spec = source.root.at("spec");
  const arms = new Destinations(source);
  const names = new RuleNames();
  const routes = (spec?.at("http")?.items ?? []).map((route) => ({ route, weights: arms.read(route) }));
  const rules: DraftRule[] = [];
  let standard: string | undefined;
  for (const { route, weights } of routes) {
    const match = standard === undefined && weights.length > 0 ? readMatch(route) : "none";
    if (match === "none") skip(route, standard);
    else standard = addRoute(route, weights, match, { source, rules, names, reading });
  }
  if (rules.length === 0 || arms.count < 2) return [];
  const fallback = standard ?? fallbackOf(routes, spec);
  if (fallback === undefined) return [];
  const draft = placed(source, reading);
  const config = { decision_header: decisionHeader(source), default: fallback };
  return [{ ...draft, rules, config, routes: routesOf(spec, arms, reading) }];
}

interface Context {
  source: Source;
  rules: DraftRule[];
  names: RuleNames;
  reading: Reading;
}

/** @returns the arm of all requests that come so far, if the route takes all. */
function addRoute(route: Field, weights: Weighted[], match: object | "all", context: Context): string | undefined {
  const { source, rules, names, reading } = context;
  const name = route.at("name")?.text() ?? weights[0]!.arm;
  const salt = `${source.namespace ?? "default"}/${source.name}`;
  const condition = match === "all" ? {} : { match };
  const shared = shareRules(
    weights,
    { name: `${name} share`, ...condition, salt },
    route.at("route")!,
    names,
    reading.options,
  );
  rules.push(...shared.rules);
  if (match === "all") return shared.rest;
  rules.push({ rule: { name: names.take(name), match, arm: shared.rest }, from: route });
  return undefined;
}

/** A route after one that takes all requests gets none; one without a destination is none of canary's. */
function skip(route: Field, standard: string | undefined): void {
  if (standard !== undefined) return route.report("TG8104", "a route before it takes all requests");
  if (!route.at("route"))
    return route.report("TG8104", "a policy routes to services, and does nothing else with a request");
  route.source.report({
    code: "TG8104",
    path: route.path,
    message: "the route is left out, so the next ones get its requests",
  });
  route.settle();
}

/** Istio answers 404 where no route matches; a policy has an arm for all. */
function fallbackOf(routes: { route: Field; weights: Weighted[] }[], spec: Field | undefined): string | undefined {
  const last = routes.findLast(({ weights }) => weights.length > 0);
  const http = spec?.at("http");
  if (!last || !http) return undefined;
  const { arm } = last.weights[0]!;
  const message = `requests that no route matches get a 404 from Istio, and ${arm} here`;
  http.source.report({ code: "TG8105", path: http.path, at: "key", message });
  return arm;
}

/** Another header for each policy, so that those of several services do not write over each other's decision. */
export function decisionHeader(source: Source): string {
  return `x-canary-${plainName(source.name)}`.replace(/-$/, "");
}

/** Sidecars of the mesh decide for their own requests, gateways for what comes through them. */
function placed(
  source: Source,
  reading: Reading,
): Pick<Draft, "source" | "from" | "plugin" | "suffix" | "where" | "attach"> {
  const base = { source, from: source.root, plugin: "canary" as const, suffix: "" };
  const gateways = source.root.down("spec", "gateways");
  const named = (gateways?.items ?? []).map((gateway) => gateway.text() ?? "").filter((name) => name !== "mesh");
  if (named.length > 0) {
    if (gateways!.items.length > named.length)
      gateways!.report(
        "TG8105",
        "the gateway decides; sidecars of the mesh, whose routes this is as well, do not",
        "Write a second policy for them",
      );
    const labels = reading.gatewayLabels(named[0]!, source.namespace);
    return { ...base, where: gatewayOf(source, labels, reading.options, { labels: { istio: "ingressgateway" } }) };
  }
  const { workload } = reading.options;
  if (!workload) {
    const message = "a VirtualService is for every sidecar of the mesh; the policy is for those of its namespace";
    source.report({
      code: "TG8107",
      path: source.namePath,
      message,
      remedy: "Name who sends the requests with --workload app=...",
    });
  }
  return {
    ...base,
    where: workload ? { workload: { labels: workload } } : { allowNamespaceWide: true },
    attach: { direction: "outbound" },
  };
}

function routesOf(spec: Field | undefined, destinations: Destinations, reading: Reading): Routes {
  const hosts = (spec?.at("hosts")?.items ?? []).flatMap((host) => host.text() ?? []);
  const gateways = (spec?.at("gateways")?.items ?? []).flatMap((gateway) => gateway.text() ?? []);
  const { service, port, arms } = destinations.routes((host, subset) =>
    reading.subsetLabels(host, subset, destinations.source.namespace),
  );
  const ownHosts = service !== undefined && hosts.length === 1 && hosts[0] === service ? [] : hosts;
  return {
    ...(service === undefined ? {} : { service }),
    ...(port === undefined ? {} : { port }),
    ...(ownHosts.length > 0 ? { hosts: ownHosts } : {}),
    ...(gateways.length > 0 ? { gateways } : {}),
    arms: arms as ArmRoute[],
  };
}
