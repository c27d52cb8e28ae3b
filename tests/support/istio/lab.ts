import { freePorts } from "../../../tools/ports.js";
import type { Answer, HeaderList } from "../../../tools/rig/exchange.js";
import { httpSend } from "../../../tools/rig/http-send.js";
import { startUpstream } from "../../../tools/upstream.js";
import { untilThere } from "../until.js";
import { Cluster, type Resource } from "./cluster.js";
import { Istiod } from "./istiod.js";
import { KubeApi } from "./kube-api.js";
import { HOST, type MeshPorts, meshResources } from "./mesh.js";
import { type Proxy, type Role, startProxy } from "./proxy.js";

type Stop = () => unknown;

const PATIENCE_MS = 20_000;

export type Way = "inbound" | "outbound" | "gateway";

/** Where a request goes: to / of the backend where nothing else is said. */
export interface To {
  host?: string;
  path?: string;
}

/** What may be otherwise than usual. */
export interface LabOptions {
  /** What plays the sidecar; a stock Envoy when absent. */
  startSidecar?: (xdsPort: number) => Promise<Proxy>;
  /** More of the mesh's configuration. */
  mesh?: (ports: MeshPorts) => object;
}

/** A mesh on one machine: resources as a cluster has them, istiod, a sidecar, a gateway, an application behind both. */
export class Lab {
  private constructor(
    readonly cluster: Cluster,
    readonly istiod: Istiod,
    readonly ports: MeshPorts,
    private readonly proxies: Record<Role, Proxy>,
    /** Of its parts, the newest first. */
    private readonly stops: readonly Stop[],
  ) {}

  static async start({ startSidecar, mesh }: LabOptions = {}): Promise<Lab> {
    const stops: Stop[] = [];
    const started = async <T extends { stop: Stop }>(starting: Promise<T>): Promise<T> => {
      const part = await starting;
      stops.unshift(() => part.stop());
      return part;
    };
    try {
      const application = await startUpstream({ name: "application" });
      stops.unshift(() => application.close());
      const [inbound, outbound, gateway] = (await freePorts(3)) as [number, number, number];
      const ports = { inbound, outbound, gateway, application: application.port };
      const cluster = new Cluster();
      for (const resource of meshResources(ports)) cluster.put(resource);
      const api = await started(KubeApi.start(cluster));
      const istiod = await started(Istiod.start(api.port, mesh?.(ports)));
      const sidecar = await started((startSidecar ?? stockSidecar)(istiod.xdsPort));
      const edge = await started(startProxy("gateway", istiod.xdsPort));
      return new Lab(cluster, istiod, ports, { sidecar, gateway: edge }, stops);
    } catch (error) {
      for (const stop of stops) await stop();
      throw error;
    }
  }

  /** The Envoy that a way leads through. */
  proxy(way: Way): Proxy {
    return this.proxies[way === "gateway" ? "gateway" : "sidecar"];
  }

  apply(...resources: Resource[]): void {
    for (const resource of resources) this.cluster.put(resource);
  }

  /** A GET through one of the listeners. Fails when it is not there. */
  async send(way: Way, headers: HeaderList = [], { host = HOST, path = "/" }: To = {}): Promise<Answer> {
    const client = httpSend(this.ports[way], host);
    try {
      return await client.send({ path, headers });
    } finally {
      client.close();
    }
  }

  /** Asks until the answer is what is wanted, or fails after 20 s. */
  expect(
    way: Way,
    what: string,
    isWanted: (answer: Answer) => boolean,
    headers?: HeaderList,
    to?: To,
  ): Promise<Answer> {
    let last: unknown;
    return untilThere(
      () => `${way}: ${what}, but ${JSON.stringify(last)}`,
      PATIENCE_MS,
      async () => {
        const answer = await this.send(way, headers, to).catch((error: unknown) => void (last = String(error)));
        if (answer && isWanted(answer)) return answer;
        last = answer ?? last;
        return undefined;
      },
    );
  }

  async stop(): Promise<void> {
    for (const stop of this.stops) await stop();
  }
}

function stockSidecar(xdsPort: number): Promise<Proxy> {
  return startProxy("sidecar", xdsPort);
}
