import type { EnvoyProcess } from "../../../tools/envoy/process.js";
import { freePorts } from "../../../tools/ports.js";
import type { Answer, HeaderList } from "../../../tools/rig/exchange.js";
import { httpSend } from "../../../tools/rig/http-send.js";
import { startUpstream, type Upstream } from "../../../tools/upstream.js";
import { untilThere } from "../until.js";
import { Cluster, type Resource } from "./cluster.js";
import { Istiod } from "./istiod.js";
import { KubeApi } from "./kube-api.js";
import { HOST, type MeshPorts, meshResources } from "./mesh.js";
import { type Role, startProxy } from "./proxy.js";

const PATIENCE_MS = 20_000;

export type Way = "inbound" | "outbound" | "gateway";

/** A mesh on one machine: resources as a cluster has them, istiod, a sidecar, a gateway, an application behind both. */
export class Lab {
  private constructor(
    readonly cluster: Cluster,
    readonly istiod: Istiod,
    readonly ports: MeshPorts,
    private readonly api: KubeApi,
    private readonly application: Upstream,
    private readonly proxies: Record<Role, EnvoyProcess>,
  ) {}

  /** @param resources that are there before istiod is. */
  static async start(resources: Resource[] = []): Promise<Lab> {
    const application = await startUpstream({ name: "application" });
    const [inbound, outbound, gateway] = (await freePorts(3)) as [number, number, number];
    const ports = { inbound, outbound, gateway, application: application.port };
    const cluster = new Cluster();
    for (const resource of [...meshResources(ports), ...resources]) cluster.put(resource);
    const api = await KubeApi.start(cluster);
    const istiod = await Istiod.start(api.port);
    const [sidecar, edge] = await Promise.all([
      startProxy("sidecar", istiod.xdsPort),
      startProxy("gateway", istiod.xdsPort),
    ]);
    return new Lab(cluster, istiod, ports, api, application, { sidecar, gateway: edge });
  }

  /** The Envoy that a way leads through. */
  proxy(way: Way): EnvoyProcess {
    return this.proxies[way === "gateway" ? "gateway" : "sidecar"];
  }

  apply(...resources: Resource[]): void {
    for (const resource of resources) this.cluster.put(resource);
  }

  /** A GET of / through one of the listeners. Fails when it is not there. */
  async send(way: Way, headers: HeaderList = []): Promise<Answer> {
    const client = httpSend(this.ports[way], HOST);
    try {
      return await client.send({ path: "/", headers });
    } finally {
      client.close();
    }
  }

  /** Asks until the answer is what is wanted, or fails after 20 s. */
  expect(way: Way, what: string, isWanted: (answer: Answer) => boolean, headers?: HeaderList): Promise<Answer> {
    let last: unknown;
    return untilThere(
      () => `${way}: ${what}, but ${JSON.stringify(last)}`,
      PATIENCE_MS,
      async () => {
        const answer = await this.send(way, headers).catch((error: unknown) => void (last = String(error)));
        if (answer && isWanted(answer)) return answer;
        last = answer ?? last;
        return undefined;
      },
    );
  }

  async stop(): Promise<void> {
    await Promise.all(Object.values(this.proxies).map((proxy) => proxy.stop()));
    await this.istiod.stop();
    this.api.stop();
    await this.application.close();
  }
}
