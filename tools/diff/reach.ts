import {
  type Attach,
  directionOf,
  failureOf,
  type Failure,
  type PolicyDocument,
  type PolicySpec,
  type Tracer,
  tracerOf,
} from "../policy/model.js";
import type { Change } from "./difference.js";
import { shown } from "./shown.js";

/** Which proxies a policy is for, and which of their traffic: `app=reviews, inbound, port 9080`. */
export function reachOf({ metadata, spec }: PolicyDocument): string {
  const namespace = metadata.namespace === undefined ? "" : ` of ${metadata.namespace}`;
  return `${proxiesOf(spec)}${namespace}, ${directionOf(spec)}, ${portsOf(spec.attach)}`;
}

/** The proxies of a policy: `workloads with app=reviews`. */
export function proxiesOf({ workload, gateway }: PolicySpec): string {
  if (gateway?.httpRoute !== undefined) return `HTTPRoute ${shown(gateway.httpRoute)}`;
  if (gateway?.name !== undefined) return `Gateway ${shown(gateway.name)}`;
  const labels = labelsText(workload?.labels ?? gateway?.labels ?? {});
  if (labels === "") return gateway ? "all gateways" : "all workloads";
  return gateway ? `gateways with ${labels}` : `workloads with ${labels}`;
}

/** Labels as selectors of Kubernetes write them. */
export function labelsText(labels: Record<string, string>): string {
  const texts = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return texts.sort().join(",");
}

function portsOf({ ports }: Attach = {}): string {
  if (!ports) return "all ports";
  return `${ports.length === 1 ? "port" : "ports"} ${[...ports].sort((one, other) => one - other).join(", ")}`;
}

/** What changes for all plugins of a policy: where they run, when they cannot, and what runs beside them. */
export function reachChanges({ spec: one }: PolicyDocument, { spec: other }: PolicyDocument): Change[] {
  return [
    ...pair("workload", proxiesOf(one), proxiesOf(other), MOVED),
    ...pair(
      "attach",
      directionOf(one),
      directionOf(other),
      "the plugins now see the other side's requests",
      "direction",
    ),
    ...portChanges(one, other),
    ...pair("attach", one.attach?.phase ?? "last", other.attach?.phase ?? "last", "", "phase"),
    ...pair("failure", failureOf(one), failureOf(other), FAILURES[failureOf(other)]),
    ...pair("tracer", tracerOf(one), tracerOf(other), TRACERS[tracerOf(other)]),
  ];
}

const MOVED = "who is selected only by the first loses the plugins, who is selected only by the second gets them";

const FAILURES: Record<Failure, string> = {
  open: "requests now pass without a plugin that cannot run",
  closed: "requests now fail where a plugin cannot run",
  reload: "a plugin that cannot run is now started anew",
};

const TRACERS: Record<Tracer, string> = {
  none: "Envoy's own tracer is now said to be off",
  reports: "Envoy's own tracer now reports, and writes no header",
  propagates: "Envoy's own tracer now writes headers before trace does",
};

function pair(about: string, old: string, now: string, meaning: string, path?: string): Change[] {
  if (old === now) return [];
  const values = `${old} -> ${now}${meaning === "" ? "" : `: ${meaning}`}`;
  if (path === undefined) return [{ about, old, new: now, text: values }];
  return [{ about, path, old, new: now, text: `${path}: ${values}` }];
}

/** Which order ports stand in means nothing. */
function portChanges({ attach: one }: PolicySpec, { attach: other }: PolicySpec): Change[] {
  const [old, now] = [one, other].map(portsOf) as [string, string];
  const [before, after] = [one?.ports, other?.ports];
  if (!before || !after) return pair("attach", old, now, before ? "every port now has the plugins" : LESS, "ports");
  const gained = after.filter((port) => !before.includes(port));
  const lost = before.filter((port) => !after.includes(port));
  const words = [
    ...(gained.length > 0 ? [`${gained.join(", ")} now with the plugins`] : []),
    ...(lost.length > 0 ? [`${lost.join(", ")} no longer`] : []),
  ];
  return pair("attach", old, now, words.join(", "), "ports");
}

const LESS = "all other ports no longer have the plugins";
