import type { Routes } from "../policy/model.js";
import type { Draft } from "./draft.js";
import type { Field } from "./field.js";
import type { Reading } from "./import.js";
import { annotation, canaryRules } from "./nginx-rules.js";
import { gatewayOf } from "./placement.js";
import type { Source } from "./source.js";
import { decisionHeader } from "./virtual-service.js";

/** A host and path of an Ingress, with the service behind it. */
export interface IngressPath {
  host: string;
  path: string;
  type: string;
  service: string;
  port?: number;
  from: Field;
}

/** Whether an Ingress is a canary beside another one. */
export function isCanaryIngress({ root }: Source): boolean {
  return ["true", true].includes(annotation(root, "canary")?.value as string | boolean);
}

/** An Ingress that ingress-nginx takes for a canary: rules by its annotations, for the hosts and paths that it names. */
export function importCanaryIngress(source: Source, reading: Reading): Draft[] {
  const { root } = source;
  annotation(root, "canary")?.settle();
  const paths = ingressPaths(root);
  const [first] = paths;
  if (!first) return [];
  const others = paths.filter(({ service, port }) => service !== first.service || port !== first.port);
  for (const { from } of others)
    from.report("TG8104", "another service than that of the first path: a policy has one canary");
  const mine = paths.filter((path) => !others.includes(path));
  const main = reading.mainPath(source, first);
  const stable = main?.service ?? "stable";
  const canary = first.service === stable ? `${first.service}-canary` : first.service;
  const salt = `${source.namespace ?? "default"}/${source.name}`;
  const rules = canaryRules(root, { canary, stable, within: within(mine), salt }, reading.options);
  const name = root.down("spec", "ingressClassName")?.text() ?? "nginx";
  if (rules.length === 0) return [];
  const routes = routesOf(source, mine, main, canary, reading);
  return [
    {
      source,
      from: root,
      plugin: "canary",
      rules,
      config: { decision_header: decisionHeader(source), default: stable },
      suffix: "",
      where: gatewayOf(source, undefined, reading.options, { name }),
      ...(routes ? { routes } : {}),
    },
  ];
}

/** The paths of an Ingress. */
export function ingressPaths(root: Field): IngressPath[] {
  return (root.down("spec", "rules")?.items ?? []).flatMap((rule) =>
    (rule.down("http", "paths")?.items ?? []).flatMap((from): IngressPath[] => {
      const service = from.down("backend", "service") ?? from.at("backend");
      const name = (service?.at("name") ?? service?.at("serviceName"))?.text();
      const port = (service?.down("port", "number") ?? service?.at("servicePort"))?.settle().value;
      if (name === undefined) return [];
      const host = rule.at("host")?.text() ?? "*";
      const path = from.at("path")?.text() ?? "/";
      const type = from.at("pathType")?.text() ?? "ImplementationSpecific";
      return [{ host, path, type, service: name, ...(typeof port === "number" ? { port } : {}), from }];
    }),
  );
}

/** What of a request an Ingress is for, as far as it is not all of it. */
function within(paths: IngressPath[]): Record<string, unknown>[] {
  const conditions = paths.map(({ host, path, type }) => {
    const one = [...hostCondition(host), ...pathCondition(path, type)];
    return one.length === 1 ? one[0]! : one.length === 0 ? undefined : { all: one };
  });
  if (conditions.includes(undefined)) return [];
  return conditions.length === 1 ? [conditions[0]!] : [{ any: conditions }];
}

function hostCondition(host: string): Record<string, unknown>[] {
  if (host === "*" || host === "") return [];
  const plain = host.toLowerCase();
  return [{ authority: plain.startsWith("*") ? { suffix: plain.slice(1) } : { exact: plain } }];
}

/** A path of type Prefix stands for whole segments. */
function pathCondition(path: string, type: string): Record<string, unknown>[] {
  if (type === "Exact") return [{ path: { exact: path } }];
  if (path === "/" || path === "") return [];
  if (type !== "Prefix") return [{ path: { prefix: path } }];
  const plain = path.replace(/\/+$/, "");
  return [{ any: [{ path: { exact: plain } }, { path: { prefix: `${plain}/` } }] }];
}

/** Routes to the two services, if the hosts have no other path that would need a route of its own. */
function routesOf(
  source: Source,
  paths: IngressPath[],
  main: IngressPath | undefined,
  canary: string,
  reading: Reading,
): Routes | undefined {
  const [first] = paths as [IngressPath];
  const path = [...source.base, "spec", "rules"];
  if (!main) {
    const message =
      "the Ingress that this is the canary of is not among the files, so its service is called stable, without routes";
    source.report({ code: "TG8107", path, at: "key", message, remedy: "Import both together" });
    return undefined;
  }
  const hosts = [...new Set(paths.map(({ host }) => host))];
  const isWhole = hosts.every((host) =>
    reading.pathsOfHost(source.namespace, host).every((other) => other.path === "/"),
  );
  if (!isWhole) {
    const message = "the host has other paths, too, which routes by arms do not know; none are written";
    source.report({ code: "TG8104", path, at: "key", message, remedy: "Match the decision header in your routes" });
    return undefined;
  }
  const portOf = ({ port }: IngressPath): { port?: number } => (port === undefined ? {} : { port });
  return {
    ...(hosts.includes("*") ? {} : { hosts }),
    arms: [
      { name: main.service, service: main.service, ...portOf(main) },
      { name: canary, service: first.service, ...portOf(first) },
    ],
  };
}
