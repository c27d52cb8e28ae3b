import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Change, Cluster, Resource } from "./cluster.js";
import { kindOf } from "./kinds.js";

const PATH =
  /^\/(?:api\/(?<core>v1)|apis\/(?<group>[^/]+)\/(?<version>[^/]+))(?:\/namespaces\/(?<namespace>[^/]+)(?=\/[^/]+))?\/(?<plural>[^/]+)(?:\/(?<name>[^/]+))?/;

/** What a request asks for. */
interface Query {
  collection: string;
  apiVersion: string;
  namespace: string | undefined;
  name: string | undefined;
  isMetadataOnly: boolean;
  params: URLSearchParams;
}

/**
 * As much of the Kubernetes API as istiod's informers use, on a port of 127.0.0.1: list, watch and get, without
 * authentication. What is written to it is accepted and forgotten.
 */
export class KubeApi {
  private constructor(
    private readonly cluster: Cluster,
    private readonly server: Server,
  ) {}

  static async start(cluster: Cluster): Promise<KubeApi> {
    const api = new KubeApi(
      cluster,
      createServer((request, response) => api.answer(request, response)),
    );
    api.server.listen(0, "127.0.0.1");
    await once(api.server, "listening");
    return api;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    request.resume();
    const url = new URL(request.url ?? "/", "http://cluster");
    const version = { major: "1", minor: "34", gitVersion: "v1.34.0", platform: "linux/amd64" };
    if (url.pathname === "/version") return send(response, version);
    const query = queryOf(url, request);
    if (request.method !== "GET") return send(response, { kind: "Status", apiVersion: "v1", status: "Success" });
    if (!query) return notFound(response);
    if (query.params.get("watch") === "true" || query.params.get("watch") === "1") return this.watch(query, response);
    const found = this.cluster.list(query.collection).filter((resource) => isAsked(resource, query));
    if (query.name === undefined) return send(response, listOf(found, query, this.cluster.resourceVersion));
    return found[0] ? send(response, shown(found[0], query)) : notFound(response);
  }

  private watch(query: Query, response: ServerResponse): void {
    const write = (type: string, object: object): void => void response.write(`${JSON.stringify({ type, object })}\n`);
    const hear = ({ type, collection, resource }: Change): void => {
      if (collection === query.collection && isAsked(resource, query)) write(type, shown(resource, query));
    };
    response.writeHead(200, { "content-type": "application/json" });
    response.flushHeaders();
    if (query.params.get("sendInitialEvents") === "true") {
      for (const resource of this.cluster.list(query.collection)) {
        hear({ type: "ADDED", collection: query.collection, resource });
      }
      const annotations = { "k8s.io/initial-events-end": "true" };
      const metadata = { name: "", resourceVersion: this.cluster.resourceVersion, annotations };
      write("BOOKMARK", { apiVersion: query.apiVersion, kind: kindOf(query.collection), metadata });
    }
    response.once("close", this.cluster.watch(hear));
  }
}

function queryOf(url: URL, { headers }: IncomingMessage): Query | undefined {
  const parts = PATH.exec(url.pathname)?.groups;
  if (!parts) return undefined;
  const { core, group = "", version, namespace, plural, name } = parts;
  const apiVersion = core ?? `${group}/${version}`;
  const isMetadataOnly = headers.accept?.includes("PartialObjectMetadata") ?? false;
  return { collection: `${group}/${plural}`, apiVersion, namespace, name, isMetadataOnly, params: url.searchParams };
}

function isAsked({ metadata }: Resource, { namespace, name, params }: Query): boolean {
  const named = name ?? /metadata\.name=([^,]+)/.exec(params.get("fieldSelector") ?? "")?.[1];
  if (namespace !== undefined && metadata.namespace !== namespace) return false;
  if (named !== undefined && metadata.name !== named) return false;
  // No resource of these tests has a label that istiod asks for.
  const labels = params.get("labelSelector") ?? "";
  return !labels.includes("=") || labels.includes("!=");
}

function shown(resource: Resource, { apiVersion, isMetadataOnly }: Query): object {
  if (!isMetadataOnly) return { ...resource, apiVersion };
  return { apiVersion: "meta.k8s.io/v1", kind: "PartialObjectMetadata", metadata: resource.metadata };
}

function listOf(resources: Resource[], query: Query, resourceVersion: string): object {
  const apiVersion = query.isMetadataOnly ? "meta.k8s.io/v1" : query.apiVersion;
  const kind = `${query.isMetadataOnly ? "PartialObjectMetadata" : kindOf(query.collection)}List`;
  return { apiVersion, kind, metadata: { resourceVersion }, items: resources.map((one) => shown(one, query)) };
}

function notFound(response: ServerResponse): void {
  const status = { kind: "Status", apiVersion: "v1", status: "Failure", code: 404, reason: "NotFound" };
  send(response, { ...status, message: "not found" }, 404);
}

function send(response: ServerResponse, body: object, status = 200): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
