import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { locateEnvoy } from "../../tools/envoy/locate.js";
import { type EnvoyProcess, startEnvoy } from "../../tools/envoy/process.js";
import { envoyBootstrap } from "../../tools/generate/envoy-bootstrap.js";
import type { PolicyDocument } from "../../tools/policy/model.js";
import { freePorts } from "../../tools/ports.js";
import type { ArmServer } from "./arm-server.js";
import type { CanaryConfig } from "./canary.js";

const POLL_MS = 50;
export const WORKERS = 2;

/** The parts of a bootstrap that tests change. */
export interface Bootstrap {
  dynamic_resources?: object;
  static_resources: {
    listeners: {
      connection_balance_config?: object;
      filter_chains: { filters: { typed_config: HttpManager }[] }[];
    }[];
    clusters: object[];
  };
}

export interface HttpManager {
  access_log?: object[];
  http_filters: { name: string; typed_config?: object; config_discovery?: object }[];
  route_config: { validate_clusters?: boolean; virtual_hosts: { routes: object[] }[] };
}

export interface CanaryEnvoyOptions {
  config: CanaryConfig;
  /** Arms that have a server; requests of others, and without an arm, go to the first. */
  servers: ArmServer[];
  /** Changes the generated bootstrap. */
  adjust?: (bootstrap: Bootstrap, manager: HttpManager) => void | Promise<void>;
}

/** A policy of one canary plugin whose arms have routes. */
export function canaryPolicy(config: CanaryConfig, servers: ArmServer[]): PolicyDocument {
  const upstreams = servers.map(({ name, port }) => ({ name, address: "127.0.0.1", port }));
  return {
    apiVersion: "tidegate.dev/v1alpha1",
    kind: "PluginPolicy",
    metadata: { name: "canary-e2e" },
    spec: {
      workload: { labels: { app: "client" } },
      attach: { direction: "outbound" },
      plugins: [{ name: "canary", config: { ...config } }],
      routes: { arms: servers.map(({ name }) => ({ name })) },
      envoy: { upstreams },
    },
  };
}

/** The release canary plugin in an Envoy with two workers, which get connections in turn, before servers of its arms. */
export class CanaryEnvoy {
  private constructor(
    readonly process: EnvoyProcess,
    readonly port: number,
  ) {}

  /** The module is to be built before. */
  static async start({ config, servers, adjust }: CanaryEnvoyOptions): Promise<CanaryEnvoy> {
    const [listener] = (await freePorts(1)) as [number];
    const bootstrap = envoyBootstrap(canaryPolicy(config, servers), { ports: { listener, admin: 0 } }) as Bootstrap;
    const [only] = bootstrap.static_resources.listeners;
    only!.connection_balance_config = { exact_balance: {} };
    await adjust?.(bootstrap, only!.filter_chains[0]!.filters[0]!.typed_config);
    const envoy = await locateEnvoy({ allowInstall: true });
    // So that what is in an access log is soon seen.
    const args = ["--file-flush-interval-msec", "50", "--drain-time-s", "1"];
    return new CanaryEnvoy(await startEnvoy({ envoy, config: bootstrap, concurrency: WORKERS, args }), listener);
  }

  stop(): Promise<unknown> {
    return this.process.stop();
  }

  /** Lines of Envoy's log with this text. */
  lines(text: string): string[] {
    return this.process.log.split("\n").filter((line) => line.includes(text));
  }

  /** A metric as Prometheus is shown it; undefined while there is none. @param labels such as `arm="v2"`. */
  async metric(name: string, labels = ""): Promise<number | undefined> {
    const text = await this.process.admin(`/stats/prometheus?filter=${name}`);
    const line = text.split("\n").find((one) => one.includes(`${name}{${labels}} `));
    return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(" ")));
  }

  /** Connections that each worker has got. */
  connections(): Promise<number[]> {
    return Promise.all(
      Array.from({ length: WORKERS }, async (_, worker) => {
        const stats = await this.process.admin(`/stats?filter=listener.*worker_${worker}.downstream_cx_total`);
        return [...stats.matchAll(/: (\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0);
      }),
    );
  }
}

/** Asks again and again until something holds; fails, with what is seen, if it does not in time. */
export async function until(what: string, mostMs: number, holds: () => Promise<boolean> | boolean): Promise<void> {
  const end = Date.now() + mostMs;
  while (!(await holds())) {
    assert.ok(Date.now() < end, `after ${mostMs} ms it is not so that ${what}`);
    await delay(POLL_MS);
  }
}
