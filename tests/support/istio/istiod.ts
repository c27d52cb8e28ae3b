import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePorts } from "../../../tools/ports.js";
import { istioFile } from "./programs.js";

const READY_TIMEOUT_MS = 90_000;

const ENVIRONMENT = {
  ENABLE_CA_SERVER: "false",
  PILOT_CERT_PROVIDER: "none",
  INJECT_ENABLED: "false",
  VALIDATION_WEBHOOK_CONFIG_NAME: "",
  INJECTION_WEBHOOK_CONFIG_NAME: "",
  PILOT_ENABLE_GATEWAY_API: "false",
  ENABLE_LEADER_ELECTION: "false",
  // Whether each patch of an EnvoyFilter found its place, as a metric.
  PILOT_ENVOY_FILTER_STATS: "true",
  // Filters that only Istio's own Envoy has.
  PILOT_ENABLE_METADATA_EXCHANGE: "false",
  PILOT_ENABLE_ALPN_FILTER: "false",
};

const MESH = {
  trustDomain: "cluster.local",
  rootNamespace: "istio-system",
  ingressControllerMode: "OFF",
  enableTracing: false,
};

/** The stock istiod, fed by a Kubernetes API, speaking xDS in plain text. */
export class Istiod {
  private constructor(
    /** Of xDS. */
    readonly xdsPort: number,
    private readonly monitoringPort: number,
    private readonly child: ChildProcess,
    private readonly folder: string,
    private readonly output: string[],
  ) {}

  /** @param kubePort of the Kubernetes API. @param more of the mesh's configuration. The binary is to be built before. */
  static async start(kubePort: number, more: object = {}): Promise<Istiod> {
    const [xds, http, monitoring, control] = (await freePorts(4)) as [number, number, number, number];
    const folder = await mkdtemp(join(tmpdir(), "tidegate-istiod-"));
    const write = (name: string, content: object): string => {
      writeFileSync(join(folder, name), JSON.stringify(content));
      return join(folder, name);
    };
    const kubeconfig = write("kubeconfig.json", kubeconfigOf(kubePort));
    const mesh = write("mesh.json", { ...MESH, ...more, defaultConfig: { discoveryAddress: `127.0.0.1:${xds}` } });
    const child = spawn(
      istioFile("pilot-discovery"),
      [
        ...["discovery", "--registries=Kubernetes", `--kubeconfig=${kubeconfig}`, `--meshConfig=${mesh}`],
        ...["--networksConfig=/nonexistent", "--clusterID=Kubernetes", "--httpsAddr=", "--secureGRPCAddr="],
        ...[`--grpcAddr=127.0.0.1:${xds}`, `--httpAddr=127.0.0.1:${http}`],
        ...[`--monitoringAddr=127.0.0.1:${monitoring}`, "--ctrlz_address=127.0.0.1", `--ctrlz_port=${control}`],
      ],
      { cwd: folder, env: { ...process.env, ...ENVIRONMENT }, stdio: ["ignore", "pipe", "pipe"] },
    );
    process.once("exit", () => child.kill("SIGKILL"));
    const output: string[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text) => void output.push(String(text)));
    const istiod = new Istiod(xds, monitoring, child, folder, output);
    try {
      await istiod.waitUntilReady(http);
      return istiod;
    } catch (error) {
      await istiod.stop();
      throw error;
    }
  }

  /** What it logged so far. */
  get log(): string {
    return this.output.join("");
  }

  /** The sum of a metric's values over the labels that a regular expression finds in `name{labels}`. */
  async metric(name: RegExp): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${this.monitoringPort}/metrics`)).text();
    const lines = text.split("\n").filter((line) => !line.startsWith("#") && name.test(line));
    return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
  }

  async stop(): Promise<void> {
    const exited = this.child.exitCode === null ? once(this.child, "exit") : undefined;
    this.child.kill("SIGKILL");
    await exited;
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async waitUntilReady(httpPort: number): Promise<void> {
    const end = Date.now() + READY_TIMEOUT_MS;
    const isReady = async (): Promise<boolean> =>
      fetch(`http://127.0.0.1:${httpPort}/ready`).then(
        ({ ok }) => ok,
        () => false,
      );
    while (!(await isReady())) {
      if (this.child.exitCode !== null || Date.now() > end) throw new Error(`istiod does not start: ${this.log}`);
      await sleep(100);
    }
  }
}

function kubeconfigOf(port: number): object {
  return {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "tests", cluster: { server: `http://127.0.0.1:${port}` } }],
    contexts: [{ name: "tests", context: { cluster: "tests", user: "tests" } }],
    users: [{ name: "tests", user: {} }],
    "current-context": "tests",
  };
}
