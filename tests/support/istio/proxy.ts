import { startEnvoy } from "../../../tools/envoy/process.js";
import { locateEnvoy } from "../../../tools/envoy/locate.js";

export type Role = "sidecar" | "gateway";

/** What tests ask of a proxy, however it was started. */
export interface Proxy {
  /** What Envoy's admin interface answers to a GET. */
  admin(path: string): Promise<string>;
  /** Of the admin interface, with its port. */
  adminAddress(): Promise<string>;
  stop(): Promise<unknown>;
}

const NODES = {
  sidecar: { id: "sidecar~127.0.0.1~app.default~default.svc.cluster.local", labels: { app: "app", version: "v1" } },
  gateway: { id: "router~127.0.0.1~gateway.default~default.svc.cluster.local", labels: { istio: "ingressgateway" } },
};

/** A stock Envoy that takes its configuration from istiod, as Istio's proxy does. */
export async function startProxy(role: Role, xdsPort: number): Promise<Proxy> {
  return startEnvoy({ envoy: await locateEnvoy({ allowInstall: true }), config: bootstrap(role, xdsPort) });
}

function bootstrap(role: Role, xdsPort: number): object {
  const { id, labels } = NODES[role];
  const ads = { ads: {}, initial_fetch_timeout: "0s", resource_api_version: "V3" };
  return {
    node: {
      id,
      cluster: `${role}.default`,
      metadata: {
        NAMESPACE: "default",
        CLUSTER_ID: "Kubernetes",
        ISTIO_VERSION: "1.31.0",
        MESH_ID: "cluster.local",
        ...(role === "sidecar" ? { INTERCEPTION_MODE: "NONE" } : {}),
        LABELS: labels,
        STATIC_LABELS: labels, // where no Pod has any
        PROXY_CONFIG: {},
      },
    },
    admin: { address: { socket_address: { address: "127.0.0.1", port_value: 0 } } },
    dynamic_resources: {
      lds_config: ads,
      cds_config: ads,
      ads_config: {
        api_type: "GRPC",
        transport_api_version: "V3",
        set_node_on_first_message_only: true,
        grpc_services: [{ envoy_grpc: { cluster_name: "xds-grpc" } }],
      },
    },
    static_resources: { clusters: [xdsCluster(xdsPort)] },
    // A tracer reports after some spans or seconds; here after one.
    layered_runtime: {
      layers: [{ name: "at-once", static_layer: { "tracing.opentelemetry.min_flush_spans": 1 } }],
    },
  };
}

function xdsCluster(port: number): object {
  const options = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
  const address = { socket_address: { address: "127.0.0.1", port_value: port } };
  return {
    name: "xds-grpc",
    type: "STATIC",
    connect_timeout: "1s",
    typed_extension_protocol_options: {
      [options]: {
        "@type": `type.googleapis.com/${options}`,
        explicit_http_config: { http2_protocol_options: {} },
      },
    },
    load_assignment: { cluster_name: "xds-grpc", endpoints: [{ lb_endpoints: [{ endpoint: { address } }] }] },
  };
}
