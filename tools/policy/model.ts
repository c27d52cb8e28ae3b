/** The policy file's shape after policy.schema.json has accepted it; keys and defaults are described there. */
export interface PolicyDocument {
  apiVersion: "tidegate.dev/v1alpha1";
  kind: "PluginPolicy";
  metadata: PolicyMetadata;
  spec: PolicySpec;
  /** How many policies beside it come before it in the same proxies. No file says it: it is counted. */
  rank?: number;
}

export interface PolicyMetadata {
  name: string;
  namespace?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

export interface PolicySpec {
  workload?: { labels: Record<string, string> };
  gateway?: GatewaySelector;
  allowNamespaceWide?: boolean;
  attach?: Attach;
  failure?: Failure;
  reload?: Reload;
  capabilities?: Capabilities;
  moduleUrl?: string;
  /** Worker threads of each proxy, as far as it is known. */
  workers?: number;
  plugins: PluginUse[];
  rollout?: Rollout;
  tracer?: Tracer;
  routes?: Routes;
  envoy?: EnvoySettings;
}

/** Labels of an Istio gateway's pods, or the name of a Gateway API gateway, or of one of its routes, in the namespace. */
export interface GatewaySelector {
  labels?: Record<string, string>;
  name?: string;
  httpRoute?: string;
}

export interface Attach {
  direction?: Direction;
  ports?: number[];
  phase?: Phase;
  order?: number;
}

export type Direction = "inbound" | "outbound" | "gateway";
export type Phase = "authn" | "authz" | "stats" | "last";
export type Failure = "open" | "closed" | "reload";

/** What a plugin may call and be called with: only what its module names itself, or all that there is. */
export type Capabilities = "restricted" | "all";

/** How soon a plugin that failed may start anew. */
export interface Reload {
  baseInterval: string;
}

/** What Envoy's own tracer does on the listeners of a policy. */
export type Tracer = "none" | "reports" | "propagates";

/** What a plugin is configured with: keys, which it gets as JSON, or text, which it gets as it is. */
export type PluginConfig = Record<string, unknown> | string;

export interface PluginUse {
  name: string;
  /** By which name of several the plugin is started. */
  rootId?: string;
  config?: PluginConfig;
  disabledFor?: DisabledFor;
  failure?: Failure;
  reload?: Reload;
  capabilities?: Capabilities;
  moduleUrl?: string;
  sha256?: string;
}

/** A change of plugins that a share of the proxies takes; the rest keep `stable`. */
export interface Rollout {
  /** Of the proxies, 0 to 100. */
  percent: number;
  /** Deals the proxies out. */
  salt: string;
  stable: { plugins: PluginUse[] };
  /** When a proxy goes back by itself. */
  revert?: Record<string, unknown>;
}

/** Requests that a plugin is left out for, by Envoy's own routes. */
export interface DisabledFor {
  hosts?: string[];
  routes?: string[];
}

/** Where requests go by canary's decision. */
export interface Routes {
  service?: string;
  port?: number;
  hosts?: string[];
  gateways?: string[];
  fallback?: string;
  missing?: "unavailable" | "fallback";
  arms: ArmRoute[];
}

export interface ArmRoute {
  name: string;
  labels?: Record<string, string>;
  subset?: string;
  service?: string;
  port?: number;
  upstream?: string;
}

/** How plain Envoy finds the cluster of a decision. */
export type Routing = "header" | "clusterHeader" | "metadata" | "weighted";

export interface EnvoySettings {
  listener?: SocketAddress;
  admin?: SocketAddress;
  accessLog?: boolean;
  routing?: Routing;
  tracing?: EnvoyTracing;
  upstreams?: Upstream[];
}

/** The tracer of plain Envoy, and where its spans go. */
export interface EnvoyTracing {
  provider: "opentelemetry" | "zipkin";
  upstream: string;
  path?: string;
  service?: string;
  percent?: number;
}

export interface SocketAddress {
  address?: string;
  port?: number;
}

export interface Upstream {
  name: string;
  address: string;
  port: number;
  http2?: boolean;
  when?: { header: string; exact: string };
}

/** Which side of the proxy the plugins sit on; a gateway policy sits on the gateway unless it says otherwise. */
export function directionOf(spec: PolicySpec): Direction {
  return spec.attach?.direction ?? (spec.gateway ? "gateway" : "inbound");
}

/** What Envoy's tracer is said to do; with nothing said, nothing. */
export function tracerOf(spec: PolicySpec): Tracer {
  return spec.tracer ?? "none";
}

/** What becomes of requests when a plugin cannot run; of those whose plugin says nothing itself when none is given. */
export function failureOf(spec: PolicySpec, plugin?: PluginUse): Failure {
  return plugin?.failure ?? spec.failure ?? "open";
}

/**
 * Paths of a setting that a policy has for all its plugins, for those which have none of their own, or that a plugin has.
 * @param value only where it is this; absent: whatever it is.
 */
export function placesOf(spec: PolicySpec, key: "failure" | "reload" | "capabilities", value?: string): SettingPath[] {
  const isMeant = (given: unknown): boolean => given !== undefined && (value === undefined || given === value);
  const ofPlugins = spec.plugins.flatMap((plugin, i): SettingPath[] =>
    isMeant(plugin[key]) ? [["spec", "plugins", i, key]] : [],
  );
  const isUsed = isMeant(spec[key]) && spec.plugins.some((plugin) => plugin[key] === undefined);
  return isUsed ? [["spec", key], ...ofPlugins] : ofPlugins;
}

type SettingPath = (string | number)[];

/** How soon a plugin starts anew that failed; undefined where it does not, or as soon as Envoy has it. */
export function reloadOf(spec: PolicySpec, plugin: PluginUse): Reload | undefined {
  return failureOf(spec, plugin) === "reload" ? (plugin.reload ?? spec.reload) : undefined;
}

/** By which name the plugin is started: `root_id` of Envoy, `pluginName` of Istio. */
export function rootIdOf({ rootId, name }: PluginUse): string {
  return rootId ?? name;
}

/** The keys of a plugin's configuration; none for one that is text. */
export function keysOf({ config = {} }: PluginUse): Record<string, unknown> {
  return typeof config === "string" ? {} : config;
}

/** What is said of what a plugin may call; undefined when nothing is. */
export function capabilitiesOf(spec: PolicySpec, plugin: PluginUse): Capabilities | undefined {
  return plugin.capabilities ?? spec.capabilities;
}

/** `namespace/name`, or the name alone: how a policy is called in messages. */
export function policyLabel(policy: PolicyDocument): string {
  const { name, namespace } = policy.metadata;
  return namespace ? `${namespace}/${name}` : name;
}

/** The bootstrap's own sockets, defaults applied. */
export function socketsOf(spec: PolicySpec): { listener: Required<SocketAddress>; admin: Required<SocketAddress> } {
  return {
    listener: { address: "127.0.0.1", port: 10000, ...spec.envoy?.listener },
    admin: { address: "127.0.0.1", port: 9901, ...spec.envoy?.admin },
  };
}
