import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { locateEnvoy } from "../../../tools/envoy/locate.js";
import { freePorts } from "../../../tools/ports.js";
import { istioFile } from "./programs.js";
import type { Proxy } from "./proxy.js";

const READY_TIMEOUT_MS = 30_000;

/** In a mount namespace of its own, since the agent writes to fixed places. */
const SCRIPT = `mount -t tmpfs tmpfs /var/lib && mkdir -p /var/lib/istio/data && exec "$0" "$@"`;

/**
 * The sidecar as Istio runs it: its agent fetches modules of WasmPlugins and of ECDS, and starts Envoy. Needs Linux, and to
 * be root or to be let make namespaces.
 */
export class Agent implements Proxy {
  private output = "";

  private constructor(
    private readonly adminPort: number,
    private readonly child: ChildProcess,
    private readonly folder: string,
  ) {
    process.once("exit", () => child.kill("SIGKILL"));
    for (const stream of [child.stdout!, child.stderr!])
      stream.setEncoding("utf8").on("data", (text) => void (this.output += String(text)));
  }

  /** @param registries that the agent may ask without TLS, as `host:port`. */
  static async start(xdsPort: number, registries: string[] = []): Promise<Agent> {
    const [admin, status, envoyStatus, prometheus] = (await freePorts(4)) as [number, number, number, number];
    const folder = await mkdtemp(join(tmpdir(), "tidegate-agent-"));
    mkdirSync(join(folder, "proxy"));
    const proxyConfig = {
      discoveryAddress: `127.0.0.1:${xdsPort}`,
      controlPlaneAuthPolicy: "NONE",
      binaryPath: (await locateEnvoy({ allowInstall: true })).path,
      configPath: join(folder, "proxy"),
      proxyBootstrapTemplatePath: istioFile("envoy_bootstrap.json"),
      proxyAdminPort: admin,
      statusPort: status,
      concurrency: 1,
      terminationDrainDuration: "1s",
    };
    const env = {
      ...process.env,
      ...IDENTITY,
      ENVOY_STATUS_PORT: String(envoyStatus),
      ENVOY_PROMETHEUS_PORT: String(prometheus),
      WASM_INSECURE_REGISTRIES: registries.join(","),
      PROXY_CONFIG: JSON.stringify(proxyConfig),
    };
    const command = [
      "bash",
      "-c",
      SCRIPT,
      istioFile("pilot-agent"),
      "proxy",
      "sidecar",
      "--serviceCluster=app.default",
    ];
    const args = ["--map-root-user", "--mount", ...command, "--domain=default.svc.cluster.local"];
    const child = spawn("unshare", args, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
    const agent = new Agent(admin, child, folder);
    try {
      await agent.waitUntilReady();
      return agent;
    } catch (error) {
      await agent.stop();
      throw error;
    }
  }

  /** What agent and Envoy logged so far. */
  get log(): string {
    return this.output;
  }

  async admin(path: string): Promise<string> {
    return (await fetch(`http://${await this.adminAddress()}${path}`)).text();
  }

  adminAddress(): Promise<string> {
    return Promise.resolve(`127.0.0.1:${this.adminPort}`);
  }

  async stop(): Promise<void> {
    const exited = this.child.exitCode === null ? once(this.child, "exit") : undefined;
    this.child.kill("SIGTERM");
    const force = setTimeout(() => this.child.kill("SIGKILL"), 10_000);
    await exited;
    clearTimeout(force);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async waitUntilReady(): Promise<void> {
    const end = Date.now() + READY_TIMEOUT_MS;
    const isReady = (): Promise<boolean> =>
      this.admin("/ready").then(
        (text) => text.startsWith("LIVE"),
        () => false,
      );
    while (!(await isReady())) {
      if (this.child.exitCode !== null || Date.now() > end) throw new Error(`the agent does not start: ${this.output}`);
      await sleep(100);
    }
  }
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
