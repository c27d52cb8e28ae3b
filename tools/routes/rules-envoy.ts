import type { Canary } from "../canary/config.js";
import type { Fault, Path } from "../policy/fault.js";
import type { PolicyDocument, Routes, Upstream } from "../policy/model.js";
import { kindOf, restUpstream, routePlan, serves } from "./arms.js";
import { envoyRouting } from "./envoy-routing.js";
import { plainUpstreams } from "./side-upstreams.js";

const UPSTREAMS: Path = ["spec", "envoy", "upstreams"];

/** What plain Envoy needs of routes; nothing when the policy has no upstreams, and so is not for plain Envoy. */
export function envoyRouteFaults(policy: PolicyDocument, routes: Routes, canary: Canary): Fault[] {
  const upstreams = policy.spec.envoy?.upstreams ?? [];
  if (upstreams.length === 0) return [];
  const found = [...withoutUpstream(routes, upstreams), ...idle(policy, routes)];
  const routing = policy.spec.envoy?.routing;
  if (routing === "weighted") found.push(...notPlaces(routes, canary));
  if (routing === "metadata") found.push(...mixedProtocols(routes, upstreams));
  return found.some(({ code }) => code !== "TG3009") ? found : [...found, ...sameClusters(policy)];
}

function withoutUpstream({ arms }: Routes, upstreams: readonly Upstream[]): Fault[] {
  return arms.flatMap((arm, i): Fault[] => {
    const upstream = upstreams.find((one) => serves(one, arm));
    if (upstream) return [];
    const message = `no upstream serves the arm ${arm.name} in plain Envoy`;
    const remedy = `Add an upstream named ${arm.upstream ?? arm.name} to spec.envoy, or upstream to the arm`;
    const step = arm.upstream === undefined ? "name" : "upstream";
    return [{ code: "TG3101", path: ["spec", "routes", "arms", i, step], message, remedy }];
  });
}

/** An upstream without a condition that is no arm's, and that nothing else speaks to. */
function idle(policy: PolicyDocument, { arms }: Routes): Fault[] {
  const found = plainUpstreams(policy).filter((upstream) => !arms.some((arm) => serves(upstream, arm)));
  return found.map((upstream): Fault => {
    const path = [...UPSTREAMS, policy.spec.envoy!.upstreams!.indexOf(upstream)];
    const message = `no request reaches the upstream ${upstream.name}: no arm of spec.routes is served by it`;
    return { code: "TG3009", path, message, remedy: "Name it in an arm, or remove it" };
  });
}

/** Envoy takes the value modulo the number of clusters, so it must be the place of the arm. */
function notPlaces({ arms }: Routes, canary: Canary): Fault[] {
  return arms.flatMap(({ name }, i): Fault[] => {
    const value = canary.valueOf(name);
    if (value === String(i)) return [];
    const message = `with routing: weighted the value of ${name} is its place among the arms, ${i}, not ${value}`;
    const remedy = `Add { name: ${name}, value: "${i}" } to canary's arms`;
    return [{ code: "TG3107", path: ["spec", "routes", "arms", i, "name"], message, remedy }];
  });
}

/** The endpoints of one cluster speak one protocol. */
function mixedProtocols({ arms }: Routes, upstreams: readonly Upstream[]): Fault[] {
  const used = upstreams.flatMap((upstream, i) => (arms.some((arm) => serves(upstream, arm)) ? [{ upstream, i }] : []));
  const other = used.find(({ upstream }) => !upstream.http2 !== !used[0]?.upstream.http2);
  if (!other) return [];
  const message = "with routing: metadata all arms are in one cluster, which speaks either HTTP/1 or HTTP/2";
  const remedy = "Give all upstreams of arms the same http2, or choose another routing";
  return [{ code: "TG3107", path: [...UPSTREAMS, other.i], message, remedy }];
}

/** Values that name clusters may meet names of upstreams, which are clusters, too. */
function sameClusters(policy: PolicyDocument): Fault[] {
  if (!routePlan(policy)) return [];
  const names = envoyRouting(policy).clusters.map((cluster) => (cluster as { name: string }).name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return [];
  const message = `two clusters would be called ${twice}`;
  return [{ code: "TG3107", path: UPSTREAMS, at: "key", message, remedy: "Rename an upstream" }];
}

/**
 * Arms of a policy without spec.routes whose upstreams have conditions on the decision: an arm that none of them takes
 * goes to the upstream without a condition, which must be meant: by its name, or because it is canary's default.
 */
export function whenFaults(policy: PolicyDocument, canary: Canary): Fault[] {
  const upstreams = policy.spec.envoy?.upstreams ?? [];
  const taken = upstreams.flatMap(({ when }) => (when?.header === canary.header ? when.exact : []));
  if (taken.length === 0) return [];
  const rest = restUpstream(policy)?.name;
  const isServed = (name: string): boolean =>
    taken.includes(canary.valueOf(name)) || name === rest || name === canary.standard;
  return [...canary.given.values()].flatMap((given): Fault[] => {
    const { name, node } = given;
    if (isServed(name)) return [];
    const { code, kind } = kindOf(given);
    const message = `no upstream is for the ${kind} ${name}, so ${rest ?? "none"} would get its requests`;
    const remedy = `Add an upstream with when: { header: ${canary.header}, exact: "${canary.valueOf(name)}" }`;
    return [{ code, path: node.path, message, remedy }];
  });
}
