import type { Fault, Path } from "../policy/fault.js";
import { type DisabledFor, directionOf, type PluginUse, type PolicyDocument } from "../policy/model.js";
import { CONTEXT } from "./istio-contexts.js";
import { lacking } from "./gateway-faults.js";
import { filterName } from "./wasm-filter.js";

/** `typed_per_filter_config` that keeps requests of a route, or of a virtual host, from plugins. */
export function switchedOff(policy: PolicyDocument, plugins: readonly PluginUse[]): object {
  const off = { "@type": "type.googleapis.com/envoy.config.route.v3.FilterConfig", disabled: true };
  return { typed_per_filter_config: Object.fromEntries(plugins.map((plugin) => [filterName(policy, plugin), off])) };
}

/** Patches of an EnvoyFilter that keep requests of hosts and routes from a plugin. @param portNumber all when absent. */
export function switchPatches(policy: PolicyDocument, plugin: PluginUse, portNumber: number | undefined): object[] {
  const { hosts = [], routes = [] } = plugin.disabledFor ?? {};
  const patch = (applyTo: string, vhost: object): object => ({
    applyTo,
    match: {
      context: CONTEXT[directionOf(policy.spec)],
      routeConfiguration: { ...(portNumber === undefined ? {} : { portNumber }), vhost },
    },
    patch: { operation: "MERGE", value: switchedOff(policy, [plugin]) },
  });
  return [
    ...hosts.map((domainName) => patch("VIRTUAL_HOST", { domainName })),
    ...routes.map((name) => patch("HTTP_ROUTE", { route: { name } })),
  ];
}

/** What of `disabledFor` Istio's routes cannot do. */
export function istioSwitchFaults(policy: PolicyDocument): Fault[] {
  return policy.spec.plugins.flatMap(({ disabledFor }, i): Fault[] => {
    if (!disabledFor) return [];
    const path = ["spec", "plugins", i, "disabledFor"];
    if (directionOf(policy.spec) === "inbound") {
      const message = "Istio has one route for all inbound requests of a port, whatever their host";
      return [{ code: "TG3605", path, at: "key", message, remedy: instead("envoy") }];
    }
    return [...joinedHosts(policy, disabledFor, path), ...wildcards(disabledFor, path)];
  });
}

/** A gateway of Istio has one virtual host for all hosts of the same routes, as seen in a real one. */
function joinedHosts({ spec }: PolicyDocument, { hosts }: DisabledFor, path: Path): Fault[] {
  if (!hosts || directionOf(spec) !== "gateway") return [];
  const message = "Istio's gateways join the hosts of one VirtualService, and keep the plugin from all of them";
  const remedy = "Give these hosts VirtualServices of their own, or name routes";
  return [{ code: "TG3605", severity: "warning", path: [...path, "hosts"], at: "key", message, remedy }];
}

function wildcards({ hosts = [] }: DisabledFor, path: Path): Fault[] {
  return hosts.flatMap((host, j): Fault[] => {
    if (!host.startsWith("*")) return [];
    const message = `Istio keeps the plugin from hosts whose routes are for ${host}, not from those with routes of their own`;
    const remedy = "Name the hosts as they are named in VirtualServices, or services";
    return [{ code: "TG3605", severity: "warning", path: [...path, "hosts", j], message, remedy }];
  });
}

/** `disabledFor` where a target has no routes that it could write into. @param name of the target. */
export function noSwitches({ spec }: PolicyDocument, name: string): Fault[] {
  return spec.plugins.flatMap((plugin, i) =>
    plugin.disabledFor
      ? [
          lacking(
            ["spec", "plugins", i, "disabledFor"],
            `${name} cannot keep requests of hosts or routes from a plugin`,
            instead("istio-envoyfilter for outbound requests and gateways, or envoy"),
          ),
        ]
      : [],
  );
}

function instead(target: string): string {
  return `Let the plugin itself pass them, by settings in its config with match and disabled: true; or generate ${target}`;
}
