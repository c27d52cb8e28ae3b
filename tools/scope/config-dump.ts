import { isDeeper, itemsOf, type JsonObject, textsOf, valueAt } from "../diff/json.js";
import { isObject } from "../is-object.js";
import { outboundOf } from "./cluster-name.js";

/** Levels of nesting that are followed; Envoy's own configurations have some forty. */
const MAX_DEPTH = 200;

/** What a proxy says of itself and of its configuration, from `/config_dump?include_eds`. */
export class ConfigDump {
  readonly clusters: readonly JsonObject[];
  readonly endpoints: readonly JsonObject[];
  readonly listeners: readonly JsonObject[];
  readonly routes: readonly JsonObject[];
  readonly node: JsonObject;

  private constructor(private readonly configs: readonly JsonObject[]) {
    this.clusters = this.resources("ClustersConfigDump", ["dynamic_active_clusters"], ["cluster"]);
    this.endpoints = this.resources("EndpointsConfigDump", ["dynamic_endpoint_configs"], ["endpoint_config"]);
    this.listeners = this.resources("ListenersConfigDump", ["dynamic_listeners"], ["active_state", "listener"]);
    this.routes = this.resources("RoutesConfigDump", ["dynamic_route_configs"], ["route_config"]);
    const node = valueAt(this.section("BootstrapConfigDump"), "bootstrap", "node");
    this.node = isObject(node) ? node : {};
  }

  /** Reads a dump. Never throws: what is none is undefined. */
  static read(text: string): ConfigDump | undefined {
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      return undefined;
    }
    if (!isObject(json) || isDeeper(json, MAX_DEPTH)) return undefined;
    const configs = itemsOf(json["configs"]).filter(isObject);
    const dump = new ConfigDump(configs);
    return dump.clusters.length > 0 || Object.keys(dump.node).length > 0 ? dump : undefined;
  }

  /** Namespaces of services by host, as Istio writes them into the metadata of clusters. */
  namespaces(): Map<string, string> {
    const found = this.clusters.flatMap((cluster) =>
      itemsOf(valueAt(cluster, "metadata", "filter_metadata", "istio", "services")).map(textsOf),
    );
    return new Map(
      found.flatMap(({ host, namespace }) => (host && namespace ? [[host.toLowerCase(), namespace]] : [])),
    );
  }

  /** Hosts of the services whose routes lead to others' clusters, as a VirtualService makes them. */
  leadingTo(host: string): string[] {
    const hosts = this.virtualHosts().filter((virtualHost) => {
      const own = hostOf(virtualHost);
      return own !== host && clustersIn(virtualHost).some((cluster) => outboundOf(cluster)?.host === host);
    });
    return [...new Set(hosts.map(hostOf))].filter((own) => own !== "" && own !== "*");
  }

  virtualHosts(): JsonObject[] {
    return this.routes.flatMap((route) => itemsOf(route["virtual_hosts"]).filter(isObject));
  }

  /** Clusters that filters of listeners call by themselves: for authorization, logs, traces, modules, lists. */
  calledByFilters(): string[] {
    const outside = this.listeners.flatMap((listener) => clustersIn(withoutRouting(listener)));
    return [...new Set(outside)];
  }

  private section(type: string): JsonObject | undefined {
    return this.configs.find((config) => String(config["@type"]).endsWith(`.${type}`));
  }

  private resources(type: string, keys: readonly string[], path: readonly string[]): JsonObject[] {
    const section = this.section(type);
    return keys.flatMap((key) =>
      itemsOf(section?.[key])
        .map((item) => valueAt(item, ...path))
        .filter(isObject),
    );
  }
}

/** The host of a virtual host, whose name in Istio is `HOST:PORT`. */
export function hostOf(virtualHost: JsonObject): string {
  const { name = "" } = textsOf(virtualHost);
  return name.replace(/:\d+$/, "").toLowerCase();
}

/** Names of outbound clusters anywhere in a value. */
export function clustersIn(value: unknown): string[] {
  if (typeof value === "string") return outboundOf(value) ? [value] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(clustersIn);
}

/** A listener without what serves the requests of the application itself. */
function withoutRouting(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutRouting);
  if (!isObject(value)) return value;
  const isProxy = /TcpProxy$/.test(String(value["@type"]));
  const left = Object.entries(value).filter(([key]) => key !== "route_config" && !(isProxy && /cluster/.test(key)));
  return Object.fromEntries(left.map(([key, inner]) => [key, withoutRouting(inner)]));
}
