import { isIP } from "node:net";
import { join } from "node:path";
import { repoRoot } from "../root.js";
import { type PolicyDocument, type SocketAddress, socketsOf, type Upstream } from "../policy/model.js";
import { wasmHttpFilter } from "./wasm-filter.js";

export interface BootstrapOptions {
  /** Absolute path of a plugin's module; by default this package's own build of it. */
  moduleFile?: (plugin: string) => string;
  /** Ports to use instead of the policy's, for runs that must not collide. */
  ports?: { listener?: number; admin?: number; upstreams?: Readonly<Record<string, number>> };
}

/** Labels that plugins' metrics have. */
const METRIC_LABELS = ["arm", "class", "condition", "rule"];

const HTTP_MANAGER = "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";

/** The release build of a plugin in this package. */
export function builtModule(plugin: string): string {
  return join(repoRoot, "build", `${plugin}.wasm`);
}

/**
 * A complete static Envoy configuration that runs the policy's plugins, in order, before the router.
 * Without upstreams Envoy answers 200 itself, so that the plugins can be tried alone.
 */
export function envoyBootstrap(policy: PolicyDocument, options: BootstrapOptions = {}): object {
  const upstreams = policy.spec.envoy?.upstreams ?? [];
  const { listener, admin } = socketsOf(policy.spec);
  const { ports = {} } = options;
  return {
    node: { id: "tidegate", cluster: policy.metadata.name },
    admin: { address: socketAddress(admin, ports.admin) },
    stats_config: { stats_tags: METRIC_LABELS.map(labelTag) },
    static_resources: {
      listeners: [
        {
          name: "tidegate",
          address: socketAddress(listener, ports.listener),
          filter_chains: [{ filters: [httpManager(policy, options)] }],
        },
      ],
      clusters: upstreams.map((upstream) => cluster(upstream, ports.upstreams?.[upstream.name])),
    },
  };
}

/** proxy-wasm metrics have no labels; our plugins write them into the name as Istio does: `rule=.=<value>;.;<metric>`. */
function labelTag(label: string): object {
  return { tag_name: label, regex: String.raw`(${label}=\.=(.*?);\.;)` };
}

function socketAddress(given: Required<SocketAddress>, port: number | undefined): object {
  return { socket_address: { address: given.address, port_value: port ?? given.port } };
}

/**
 * This Envoy is what clients connect to: their address is the connection's, not what they write in x-forwarded-for, and
 * paths are normalised before a plugin or a route compares them.
 */
function httpManager(policy: PolicyDocument, options: BootstrapOptions): object {
  const moduleFile = options.moduleFile ?? builtModule;
  const filters = policy.spec.plugins.map((plugin) =>
    wasmHttpFilter(policy, plugin, { local: { filename: moduleFile(plugin.name) } }),
  );
  return {
    name: "envoy.filters.network.http_connection_manager",
    typed_config: {
      "@type": `type.googleapis.com/${HTTP_MANAGER}`,
      stat_prefix: "ingress_http",
      use_remote_address: true,
      normalize_path: true,
      merge_slashes: true,
      ...(policy.spec.envoy?.accessLog ? { access_log: [stdoutAccessLog()] } : {}),
      route_config: { name: "tidegate", virtual_hosts: [virtualHost(policy.spec.envoy?.upstreams ?? [])] },
      http_filters: [...filters, router()],
    },
  };
}

/** Routes with a condition come first, as the policy orders them; the first upstream without one takes the rest. */
function virtualHost(upstreams: readonly Upstream[]): object {
  const conditional = upstreams.filter((upstream) => upstream.when);
  const fallback = upstreams.find((upstream) => !upstream.when);
  const routes = [...conditional, ...(fallback ? [fallback] : [])].map(route);
  return { name: "all", domains: ["*"], routes: upstreams.length > 0 ? routes : [ownAnswer()] };
}

function route(upstream: Upstream): object {
  const { when } = upstream;
  const headers = when ? { headers: [{ name: when.header, string_match: { exact: when.exact } }] } : {};
  return { match: { prefix: "/", ...headers }, route: { cluster: upstream.name } };
}

function ownAnswer(): object {
  return {
    match: { prefix: "/" },
    direct_response: { status: 200, body: { inline_string: "no upstream configured\n" } },
  };
}

function cluster(upstream: Upstream, port: number | undefined): object {
  const address = socketAddress(upstream, port);
  return {
    name: upstream.name,
    type: isIP(upstream.address) ? "STATIC" : "STRICT_DNS",
    connect_timeout: "1s",
    load_assignment: {
      cluster_name: upstream.name,
      endpoints: [{ lb_endpoints: [{ endpoint: { address } }] }],
    },
  };
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

function router(): object {
  return {
    name: "envoy.filters.http.router",
    typed_config: { "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router" },
  };
}
