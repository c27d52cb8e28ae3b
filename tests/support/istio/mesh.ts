import type { Resource } from "./cluster.js";

/** Ports on 127.0.0.1 of the proxies of a mesh, and of the application that all their requests reach. */
export interface MeshPorts {
  inbound: number;
  outbound: number;
  gateway: number;
  application: number;
}

/** The host that a sidecar and a gateway send to. */
export const HOST = "backend.test";

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
      hosts: [HOST],
      ports: [{ number: outbound, name: "http", protocol: "HTTP", targetPort: application }],
      location: "MESH_EXTERNAL",
      resolution: "STATIC",
      endpoints: [{ address: "127.0.0.1" }],
    }),
    resource("networking.istio.io/v1", "Gateway", "gateway", {
      selector: { istio: "ingressgateway" },
      servers: [{ port: { number: gateway, name: "http", protocol: "HTTP" }, bind: "127.0.0.1", hosts: ["*"] }],
    }),
    resource("networking.istio.io/v1", "VirtualService", "gateway", {
      hosts: ["*"],
      gateways: ["gateway"],
      http: [{ route: [{ destination: { host: HOST, port: { number: outbound } } }] }],
    }),
  ];
}

function resource(apiVersion: string, kind: string, name: string, spec: object, namespace = "default"): Resource {
  return { apiVersion, kind, metadata: { name, namespace }, spec };
}
