import type { EnvoyProcess } from "../../tools/envoy/process.js";
import type { ArmServer } from "./arm-server.js";
import type { CanaryConfig } from "./canary.js";
import { connectionsOf } from "./envoy-stats.js";
import { type PolicyEnvoyOptions, startPolicyEnvoy } from "./policy-envoy.js";

export const WORKERS = 2;

export interface CanaryEnvoyOptions extends Pick<PolicyEnvoyOptions, "adjust"> {
  config: CanaryConfig;
  /** Arms that have a server; requests of others, and without an arm, go to the first. */
  servers: ArmServer[];
}

/** The release canary plugin in an Envoy with two workers, which get connections in turn, before servers of its arms. */
export class CanaryEnvoy {
  private constructor(
    readonly process: EnvoyProcess,
    readonly port: number,
  ) {}

  /** The module is to be built before. */
  static async start({ config, servers, adjust }: CanaryEnvoyOptions): Promise<CanaryEnvoy> {
    const { envoy, port } = await startPolicyEnvoy({
      plugins: [{ name: "canary", config: { ...config } }],
      spec: { attach: { direction: "outbound" }, routes: { arms: servers.map(({ name }) => ({ name })) } },
      upstreams: Object.fromEntries(servers.map(({ name, port: serverPort }) => [name, serverPort])),
      concurrency: WORKERS,
      // So that what is in an access log is soon seen.
      args: ["--file-flush-interval-msec", "50", "--drain-time-s", "1"],
      async adjust(bootstrap, manager) {
        bootstrap.static_resources.listeners[0]!.connection_balance_config = { exact_balance: {} };
        await adjust?.(bootstrap, manager);
      },
    });
    return new CanaryEnvoy(envoy, port);
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
    return connectionsOf(this.process, WORKERS);
  }
}
