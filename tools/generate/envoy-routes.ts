import type { Fault, Path } from "../policy/fault.js";
import type { PluginUse, PolicyDocument } from "../policy/model.js";
import { switchedOff } from "./disabled-for.js";

/** A route of plain Envoy, as far as it matters here. */
type Route = object & { name?: string };

/**
 * The route configuration of plain Envoy: one virtual host for all, and others with the same routes for hosts that plugins
 * are disabled for. Envoy takes the one of the longest domain.
 */
export function routeConfig(policy: PolicyDocument, routes: readonly object[]): object {
  const inEach = routes.map((route) => withSwitches(policy, route));
  const hosts = virtualHosts(policy, inEach);
  return {
    name: "tidegate",
    ...(hosts.length > 0 ? { ignore_port_in_host_matching: true } : {}),
    virtual_hosts: [...hosts, { name: "all", domains: ["*"], routes: inEach }],
  };
}

function withSwitches(policy: PolicyDocument, route: Route): object {
  const plugins = policy.spec.plugins.filter(({ disabledFor }) => disabledFor?.routes?.includes(route.name ?? ""));
  return plugins.length === 0 ? route : { ...route, ...switchedOff(policy, plugins) };
}

/** One for all hosts that the same plugins are disabled for. */
function virtualHosts(policy: PolicyDocument, routes: readonly object[]): object[] {
  const hosts = [...new Set(policy.spec.plugins.flatMap(({ disabledFor }) => disabledFor?.hosts ?? []))];
  const groups = new Map<string, { domains: string[]; plugins: PluginUse[] }>();
  for (const host of hosts) {
    const plugins = policy.spec.plugins.filter(({ disabledFor }) =>
      disabledFor?.hosts?.some((one) => covers(one, host)),
    );
    const key = plugins.map(({ name }) => name).join(",");
    const group = groups.get(key) ?? { domains: [], plugins };
    group.domains.push(host);
    groups.set(key, group);
  }
  return [...groups.entries()].map(([key, { domains, plugins }]) => ({
    name: `without ${key}`,
    domains,
    routes,
    ...switchedOff(policy, plugins),
  }));
}

/** Whether every host that one of `disabledFor` means is meant by another. */
export function covers(wide: string, host: string): boolean {
  return wide === host || (wide.startsWith("*.") && host.length > wide.length - 1 && host.endsWith(wide.slice(1)));
}

/** Routes of `disabledFor` that plain Envoy has not. */
export function routeNameFaults(policy: PolicyDocument, routes: readonly object[]): Fault[] {
  const names = [...new Set(routes.flatMap(({ name }: Route) => name ?? []))];
  return policy.spec.plugins.flatMap(({ disabledFor }, i) =>
    (disabledFor?.routes ?? []).flatMap((route, j): Fault[] => {
      if (names.includes(route)) return [];
      const path: Path = ["spec", "plugins", i, "disabledFor", "routes", j];
      const remedy = names.length > 0 ? `Its routes are called ${names.join(", ")}` : "Give hosts instead";
      return [{ code: "TG3605", path, message: `plain Envoy has no route that is called ${route}`, remedy }];
    }),
  );
}
