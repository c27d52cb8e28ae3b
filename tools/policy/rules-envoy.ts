import { canaryOf } from "../canary/config.js";
import { plainUpstreams } from "../routes/side-upstreams.js";
import type { Fault, Path } from "./fault.js";
import { type PolicyDocument, socketsOf, type Upstream } from "./model.js";

/** Faults of the bootstrap's settings: every upstream must be reachable, every request must have one. */
export function envoyFaults(policy: PolicyDocument): Fault[] {
  const upstreams = policy.spec.envoy?.upstreams ?? [];
  return [
    ...repeatedNames(upstreams),
    ...routing(policy, upstreams),
    ...sockets(policy),
    ...lostLists(policy, upstreams),
  ];
}

const UPSTREAMS: Path = ["spec", "envoy", "upstreams"];

function repeatedNames(upstreams: Upstream[]): Fault[] {
  const names = upstreams.map((upstream) => upstream.name);
  return names.flatMap((name, i): Fault[] => {
    if (names.indexOf(name) === i) return [];
    const message = `the upstream name ${name} stands twice`;
    return [{ code: "TG3009", path: [...UPSTREAMS, i, "name"], message, remedy: "Give each upstream its own name" }];
  });
}

/** Upstreams without a condition take the rest, but for those of arms. */
function routing(policy: PolicyDocument, all: Upstream[]): Fault[] {
  const { routes } = policy.spec;
  const plain = routes ? [] : plainUpstreams(policy);
  const upstreams = all.filter((one) => one.when ?? plain.includes(one));
  const conditions = upstreams.map(({ when }) => JSON.stringify(when ? [when.header, when.exact] : []));
  if (all.length > 0 && !routes && plain.length === 0) {
    const message = "no upstream takes requests that meet no condition, so they would get 404";
    return [{ code: "TG3009", path: UPSTREAMS, at: "key", message, remedy: "Add one without `when`" }];
  }
  return conditions.flatMap((condition, i): Fault[] => {
    const first = conditions.indexOf(condition);
    if (first === i) return [];
    const message = `no request reaches this upstream: ${upstreams[first]?.name} takes the same ones before it`;
    const path = [...UPSTREAMS, all.indexOf(upstreams[i]!)];
    return [{ code: "TG3009", path, message, remedy: "Give it another condition, or remove it" }];
  });
}

/** Lists whose cluster is none of plain Envoy's; Istio's names of clusters, which have bars, are not meant for it. */
function lostLists(policy: PolicyDocument, upstreams: readonly Upstream[]): Fault[] {
  if (upstreams.length === 0) return [];
  const lists = canaryOf(policy)?.config.at("lists")?.members() ?? [];
  return lists.flatMap(([name, list]): Fault[] => {
    const cluster = list.at("fetch")?.at("cluster");
    if (cluster?.text === undefined || cluster.text.includes("|")) return [];
    if (upstreams.some((upstream) => upstream.name === cluster.text)) return [];
    const message = `the list ${name} is fetched from ${cluster.text}, which plain Envoy has not, so it stays empty there`;
    const remedy = `Add an upstream named ${cluster.text} to spec.envoy`;
    return [{ code: "TG3109", severity: "warning", path: cluster.path, message, remedy }];
  });
}

function sockets(policy: PolicyDocument): Fault[] {
  const { listener, admin } = socketsOf(policy.spec);
  const isOwn = (address: string, port: number): boolean => address === listener.address && port === listener.port;
  const faults: Fault[] = [];
  if (isOwn(admin.address, admin.port)) {
    const message = `listener and admin both use ${admin.address}, port ${admin.port}`;
    faults.push({
      code: "TG3012",
      path: ["spec", "envoy", "admin", "port"],
      message,
      remedy: "Give one of them another port",
    });
  }
  for (const [i, { name, address, port }] of (policy.spec.envoy?.upstreams ?? []).entries()) {
    if (!isOwn(address, port)) continue;
    const message = `the upstream ${name} is Envoy's own listener, so requests would go round for ever`;
    faults.push({ code: "TG3012", path: [...UPSTREAMS, i, "port"], message, remedy: "Name the upstream's port" });
  }
  return faults;
}
