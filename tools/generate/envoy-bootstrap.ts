import { modulePath } from "../plugin-folders.js";
import { directionOf, type PluginUse, type PolicyDocument, type SocketAddress, socketsOf } from "../policy/model.js";
import { type EnvoyRouting, envoyRouting } from "../routes/envoy-routing.js";
import { runsUpstream } from "../trace/plugin.js";
import { earlyRemoval, removesStrangersContext } from "../trace/strangers.js";
import type { CapabilityOptions } from "./capabilities.js";
import { routeConfig } from "./envoy-routes.js";
import { envoyTracing } from "./envoy-tracing.js";
import { HTTP_MANAGER, HTTP_MANAGER_CONFIG } from "./http-manager.js";
import { router } from "./router-filter.js";
import { INLINE } from "./module-source.js";
import { inlineCode, type WasmCode } from "./wasm-code.js";
import { type NamedFilter, wasmHttpFilter } from "./wasm-filter.js";

export interface BootstrapOptions extends CapabilityOptions {
  /** Absolute path of a plugin's module; by default the project's own build of it, or this package's. */
  moduleFile?: (plugin: string) => string;
  /** Ports to use instead of the policy's, for runs that must not collide. */
  ports?: { listener?: number; admin?: number; upstreams?: Readonly<Record<string, number>> };
}

/** Labels that plugins' metrics have. */
const METRIC_LABELS = ["arm", "class", "condition", "list", "result", "rollout", "rule", "setting"];

/**
 * A complete static Envoy configuration that runs the policy's plugins, in order, before the router.
 * Without upstreams Envoy answers 200 itself, so that the plugins can be tried alone.
 */
export function envoyBootstrap(policy: PolicyDocument, options: BootstrapOptions = {}): object {
  const { ports = {} } = options;
  const routing = envoyRouting(withPorts(policy, ports.upstreams ?? {}));
  const filters = [...pluginFilters(policy, options), ...routing.filters, lastFilter(policy, options)];
  const listeners = [envoyListener(policy, routing, filters, ports.listener)];
  return { ...withoutResources(policy, ports.admin), static_resources: { listeners, clusters: routing.clusters } };
}

/** What a bootstrap has besides listeners and clusters. @param adminPort instead of the policy's. */
export function withoutResources(policy: PolicyDocument, adminPort?: number): object {
  return {
    node: { id: "tidegate", cluster: policy.spec.envoy?.tracing?.service ?? policy.metadata.name },
    admin: { address: socketAddress(socketsOf(policy.spec).admin, adminPort) },
    stats_config: { stats_tags: METRIC_LABELS.map(labelTag) },
  };
}

/** The policy's listener. @param filters `http_filters`, the router with them. @param port instead of the policy's. */
export function envoyListener(
  policy: PolicyDocument,
  routing: EnvoyRouting,
  filters: readonly object[],
  port?: number,
): object {
  return {
    name: "tidegate",
    ...trafficDirection(policy),
    address: socketAddress(socketsOf(policy.spec).listener, port),
    filter_chains: [{ filters: [httpManager(policy, routing, filters)] }],
  };
}

/** What tells plugins, and Envoy's own tracer, which side of a workload the listener is on; a gateway's has none. */
function trafficDirection({ spec }: PolicyDocument): { traffic_direction?: string } {
  const direction = directionOf(spec);
  return direction === "gateway" ? {} : { traffic_direction: direction.toUpperCase() };
}

/** proxy-wasm metrics have no labels; our plugins write them into the name as Istio does: `rule=.=<value>;.;<metric>`. */
function labelTag(label: string): object {
  return { tag_name: label, regex: String.raw`(${label}=\.=(.*?);\.;)` };
}

/** The policy with other ports for its upstreams. */
function withPorts(policy: PolicyDocument, ports: Readonly<Record<string, number>>): PolicyDocument {
  const { envoy } = policy.spec;
  if (!envoy?.upstreams) return policy;
  const upstreams = envoy.upstreams.map((upstream) => ({ ...upstream, port: ports[upstream.name] ?? upstream.port }));
  return { ...policy, spec: { ...policy.spec, envoy: { ...envoy, upstreams } } };
}

function socketAddress(given: Required<SocketAddress>, port: number | undefined): object {
  return { socket_address: { address: given.address, port_value: port ?? given.port } };
}

/**
 * This Envoy is what clients connect to: their address is the connection's, not what they write in x-forwarded-for, and
 * paths are normalised before a plugin or a route compares them.
 */
function httpManager(policy: PolicyDocument, routing: EnvoyRouting, filters: readonly object[]): object {
  const tracing = envoyTracing(policy);
  return {
    name: HTTP_MANAGER,
    typed_config: {
      "@type": HTTP_MANAGER_CONFIG,
      stat_prefix: "ingress_http",
      use_remote_address: true,
      normalize_path: true,
      merge_slashes: true,
      ...(tracing ? { tracing } : {}),
      ...(removesStrangersContext(policy) ? { early_header_mutation_extensions: [earlyRemoval(policy)] } : {}),
      ...(policy.spec.envoy?.accessLog ? { access_log: [stdoutAccessLog()] } : {}),
      route_config: routeConfig(policy, routing.routes),
      http_filters: filters,
    },
  };
}

/** The plugins that run before the router chooses an endpoint, in order. */
export function pluginFilters(policy: PolicyDocument, options: BootstrapOptions): NamedFilter[] {
  return filtersOf(policy, options, (plugin) => !runsUpstream(policy, plugin));
}

/** The router, with those that run after. */
export function lastFilter(policy: PolicyDocument, options: BootstrapOptions): object {
  return router(filtersOf(policy, options, (plugin) => runsUpstream(policy, plugin)));
}

function filtersOf(
  policy: PolicyDocument,
  options: BootstrapOptions,
  isMeant: (plugin: PluginUse) => boolean,
): NamedFilter[] {
  const { moduleFile = modulePath, moduleUrl } = options;
  const code = (plugin: PluginUse): WasmCode =>
    moduleUrl === INLINE ? inlineCode(plugin, options) : { local: { filename: moduleFile(plugin.name) } };
  return policy.spec.plugins.filter(isMeant).map((plugin) => wasmHttpFilter(policy, plugin, code(plugin), options));
}

/** Envoy's own format leaves out the details, which say what decided about a request. */
const ACCESS_LOG_LINE = `${[
  "[%START_TIME%]",
  '"%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%"',
  "%RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS%",
  "%BYTES_RECEIVED% %BYTES_SENT% %DURATION% %DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT% %UPSTREAM_HOST%",
].join(" ")}\n`;

function stdoutAccessLog(): object {
  return {
    name: "envoy.access_loggers.stdout",
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StdoutAccessLog",
      log_format: { text_format_source: { inline_string: ACCESS_LOG_LINE } },
    },
  };
}
