import type { Fault } from "../policy/fault.js";
import { directionOf, type PolicyDocument } from "../policy/model.js";
import { Node } from "../policy/node.js";
import { sidesOf } from "../policy/sides.js";
import { covers } from "../generate/envoy-routes.js";
import { runsUpstream } from "../trace/plugin.js";

/** What a policy says of some of its requests, and none of them is, or none can be told apart. */
export function requestFaults(policy: PolicyDocument): Fault[] {
  return sidesOf(policy).flatMap(({ plugins, path }) =>
    plugins.flatMap((plugin, i) => {
      const node = new Node(plugin, [...path, i]);
      const settings = node.at("config")?.at("settings")?.items() ?? [];
      return [
        ...settings.flatMap((setting) => settingFaults(policy, setting)),
        ...(plugin.disabledFor ? switchFaults(policy, node, runsUpstream(policy, plugin)) : []),
      ];
    }),
  );
}

function settingFaults(policy: PolicyDocument, setting: Node): Fault[] {
  const match = setting.at("match");
  if (!match) return [];
  return [
    ...otherDirection(policy, match.at("direction")),
    ...otherPorts(policy, match.at("ports")),
    ...unroutedHosts(policy, match.at("hosts")),
    ...unknownRoutes(policy, match.at("routes")),
  ];
}

function warning(code: "TG3603" | "TG3604", { path }: Node, message: string, remedy: string): Fault {
  return { code, severity: "warning", path, message, remedy };
}

function otherDirection(policy: PolicyDocument, direction: Node | undefined): Fault[] {
  const attached = directionOf(policy.spec);
  if (!direction || (direction.text !== "inbound" && direction.text !== "outbound")) return [];
  if (direction.text === attached) return [];
  const where = attached === "gateway" ? "to a gateway, whose requests are neither" : attached;
  const message = `the policy is attached ${where}, so no request of it is ${direction.text}`;
  return [warning("TG3603", direction, message, "Remove the setting, or write another direction")];
}

function otherPorts(policy: PolicyDocument, ports: Node | undefined): Fault[] {
  const attached = policy.spec.attach?.ports;
  if (!attached) return [];
  return (ports?.items() ?? []).flatMap((port): Fault[] => {
    if (port.number === undefined || attached.includes(port.number)) return [];
    const message = `the policy is attached to ports ${attached.join(", ")}, so no request of it is for ${port.number}`;
    return [warning("TG3603", port, message, "Remove the port, or add it to attach.ports")];
  });
}

/** Only spec.routes says which hosts there are; a service stands for the hosts of requests to it. */
function unroutedHosts({ spec }: PolicyDocument, hosts: Node | undefined): Fault[] {
  const routed = spec.routes?.hosts;
  if (!routed || routed.includes("*")) return [];
  return (hosts?.items() ?? []).flatMap((node): Fault[] => {
    const host = node.text?.toLowerCase();
    if (host === undefined || routed.some((one) => covers(one, host) || covers(host, one))) return [];
    const message = `spec.routes has no route for ${host}; its hosts are ${routed.join(", ")}`;
    return [warning("TG3604", node, message, "Correct the host, or ignore this if other routes are for it")];
  });
}

function unknownRoutes(policy: PolicyDocument, routes: Node | undefined): Fault[] {
  const names = routeNames(policy);
  if (names.length === 0) return [];
  return (routes?.items() ?? []).flatMap((node): Fault[] => {
    if (node.text === undefined || names.includes(node.text)) return [];
    const message = `the policy makes no route that is called ${node.text}; its routes are ${names.join(", ")}`;
    return [warning("TG3604", node, message, "Correct the name, or ignore this if the route is made elsewhere")];
  });
}

/** Names of the routes that the policy itself makes, for whichever target. */
function routeNames({ spec }: PolicyDocument): string[] {
  const arms = spec.routes?.arms.map(({ name }) => name) ?? [];
  return [...new Set([...arms, ...(spec.envoy?.upstreams ?? []).map(({ name }) => name)])];
}

/** Envoy leaves a plugin out by the route that a request has before any plugin has seen it. */
function switchFaults({ spec }: PolicyDocument, plugin: Node, isUpstream: boolean): Fault[] {
  const node = plugin.at("disabledFor")!;
  if (isUpstream) {
    const message = "a plugin that runs after Envoy's tracer cannot be left out by hosts or routes";
    return [{ code: "TG3605", path: node.path, at: "key", message, remedy: "Remove it, or write tracer: reports" }];
  }
  return (node.at("routes")?.items() ?? []).flatMap((route): Fault[] => {
    if (!spec.routes?.arms.some(({ name }) => name === route.text)) return [];
    const message = `which requests are for the arm ${route.text} is decided after Envoy has left plugins out, so clients could choose`;
    const remedy = "Name a route that no plugin decides, or give hosts";
    return [{ code: "TG3605", path: route.path, message, remedy }];
  });
}
