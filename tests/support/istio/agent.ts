import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { locateEnvoy } from "../../../tools/envoy/locate.js";
import { freePorts } from "../../../tools/ports.js";
import { type Command, Program } from "../program.js";
import { istioFile } from "./programs.js";
import type { Proxy } from "./proxy.js";

/** In a mount namespace of its own, since the agent writes to fixed places. */
const SCRIPT = `mount -t tmpfs tmpfs /var/lib && mkdir -p /var/lib/istio/data && exec "$0" "$@"`;

/** What an agent is told. */
interface AgentOptions {
  /** Of istiod. */
  xdsPort: number;
  /** Of Envoy's admin interface, the agent's status, Envoy's status and Envoy's statistics. */
  ports: readonly number[];
  envoy: string;
  /** That it may ask without TLS, as `host:port`. */
  registries: readonly string[];
}

/**
 * The sidecar as Istio runs it: its agent fetches modules of WasmPlugins and of ECDS, and starts Envoy. Needs Linux, and to
 * be root or to be let make namespaces.
 */
export class Agent implements Proxy {
  private constructor(
    private readonly adminPort: number,
    private readonly program: Program,
  ) {}

  /** @param registries that the agent may ask without TLS, as `host:port`. */
  static async start(xdsPort: number, registries: readonly string[] = []): Promise<Agent> {
    const ports = await freePorts(4);
    const adminPort = ports[0]!;
    const envoy = (await locateEnvoy({ allowInstall: true })).path;
    const program = await Program.start({
      name: "agent",
      command: (folder) => commandOf(folder, { xdsPort, ports, envoy, registries }),
      isReady: async () => (await ask(adminPort, "/ready")).startsWith("LIVE"),
      patienceMs: 30_000,
    });
    return new Agent(adminPort, program);
  }

  admin(path: string): Promise<string> {
    return ask(this.adminPort, path);
  }

  adminAddress(): Promise<string> {
    return Promise.resolve(`127.0.0.1:${this.adminPort}`);
  }

  stop(): Promise<void> {
    return this.program.stop();
  }
}

async function ask(port: number, path: string): Promise<string> {
  return (await fetch(`http://127.0.0.1:${port}${path}`)).text();
}

function commandOf(folder: string, { xdsPort, ports, envoy, registries }: AgentOptions): Command {
  const [proxyAdminPort, statusPort, envoyStatus, prometheus] = ports;
  mkdirSync(join(folder, "proxy"));
  const proxyConfig = {
    discoveryAddress: `127.0.0.1:${xdsPort}`,
    controlPlaneAuthPolicy: "NONE",
    binaryPath: envoy,
    configPath: join(folder, "proxy"),
    proxyBootstrapTemplatePath: istioFile("envoy_bootstrap.json"),
    proxyAdminPort,
    statusPort,
    concurrency: 1,
    terminationDrainDuration: "1s",
  };
  const agent = [istioFile("pilot-agent"), "proxy", "sidecar", "--serviceCluster=app.default"];
  return {
    file: "unshare",
    args: [
      ...["--map-root-user", "--mount", "bash", "-c", SCRIPT],
      ...[...agent, "--domain=default.svc.cluster.local"],
    ],
    env: {
      ...IDENTITY,
      ENVOY_STATUS_PORT: String(envoyStatus),
      ENVOY_PROMETHEUS_PORT: String(prometheus),
      WASM_INSECURE_REGISTRIES: registries.join(","),
      PROXY_CONFIG: JSON.stringify(proxyConfig),
    },
  };
}

/** Of a pod that is not injected: no certificates, no mounted labels. */
const IDENTITY = {
  POD_NAME: "app",
  POD_NAMESPACE: "default",
  INSTANCE_IP: "127.0.0.1",
  SERVICE_ACCOUNT: "default",
  ISTIO_META_CLUSTER_ID: "Kubernetes",
  ISTIO_META_INTERCEPTION_MODE: "NONE",
  ISTIO_METAJSON_LABELS: JSON.stringify({ app: "app" }),
  ISTIO_META_APP_CONTAINERS: "app",
  FILE_MOUNTED_CERTS: "true",
};
