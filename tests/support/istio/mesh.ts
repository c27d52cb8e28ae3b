import type { Resource } from "./cluster.js";

/** Ports on 127.0.0.1 of the proxies of a mesh, and of the application that all their requests reach. */
export interface MeshPorts {
  inbound: number;
  outbound: number;
  gateway: number;
  application: number;
}

/** The host that a sidecar and a gateway send to, and another one of the same. */
export const HOST = "backend.test";
export const OTHER_HOST = "other.test";

/** A sidecar of `app: app` with one listener each way and a gateway of `istio: ingressgateway`, in plain text. */
export function meshResources({ inbound, outbound, gateway, application }: MeshPorts): Resource[] {
  const captured = { bind: "127.0.0.1", captureMode: "NONE" };
  return [
    resource("security.istio.io/v1", "PeerAuthentication", "default", { mtls: { mode: "DISABLE" } }, "istio-system"),
    resource("networking.istio.io/v1", "Sidecar", "app", {
      workloadSelector: { labels: { app: "app" } },
      ingress: [
        {
          ...captured,
          port: { number: inbound, protocol: "HTTP", name: "http" },
          defaultEndpoint: `127.0.0.1:${application}`,
        },
      ],
      egress: [{ ...captured, port: { number: outbound, protocol: "HTTP", name: "http-out" }, hosts: ["./*"] }],
    }),
    resource("networking.istio.io/v1", "ServiceEntry", "backend", {
      hosts: [HOST, OTHER_HOST],
      ports: [{ number: outbound, name: "http", protocol: "HTTP", targetPort: application }],
      location: "MESH_EXTERNAL",
      resolution: "STATIC",
      endpoints: [{ address: "127.0.0.1" }],
    }),
    resource("networking.istio.io/v1", "Gateway", "gateway", {
      selector: { istio: "ingressgateway" },
      servers: [{ port: { number: gateway, name: "http", protocol: "HTTP" }, bind: "127.0.0.1", hosts: ["*"] }],
    }),
    virtualService("gateway", ["*"], "gateway", outbound),
    virtualService("backend", [HOST], "mesh", outbound),
  ];
}

/** What begins with /named goes by a route of that name. */
function virtualService(name: string, hosts: string[], gateway: string, port: number): Resource {
  const route = [{ destination: { host: HOST, port: { number: port } } }];
  const http = [{ name: "named", match: [{ uri: { prefix: "/named" } }], route }, { route }];
  return resource("networking.istio.io/v1", "VirtualService", name, { hosts, gateways: [gateway], http });
}

function resource(apiVersion: string, kind: string, name: string, spec: object, namespace = "default"): Resource {
  return { apiVersion, kind, metadata: { name, namespace }, spec };
}
