import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePorts } from "../../../tools/ports.js";
import { type Command, Program } from "../program.js";
import { istioFile } from "./programs.js";

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

/** Ports on 127.0.0.1 that istiod opens. */
interface Ports {
  xds: number;
  http: number;
  monitoring: number;
  control: number;
}

/** The stock istiod, fed by a Kubernetes API, speaking xDS in plain text. */
export class Istiod {
  private constructor(
    /** Of xDS. */
    readonly xdsPort: number,
    private readonly monitoringPort: number,
    private readonly program: Program,
  ) {}

  /** @param kubePort of the Kubernetes API. @param more of the mesh's configuration. The binary is to be built before. */
  static async start(kubePort: number, more: object = {}): Promise<Istiod> {
    const [xds, http, monitoring, control] = (await freePorts(4)) as [number, number, number, number];
    const program = await Program.start({
      name: "istiod",
      command: (folder) => commandOf(folder, { xds, http, monitoring, control }, kubePort, more),
      isReady: async () => (await fetch(`http://127.0.0.1:${http}/ready`)).ok,
      patienceMs: 90_000,
    });
    return new Istiod(xds, monitoring, program);
  }

  /** What it logged so far. */
  get log(): string {
    return this.program.log;
  }

  /** The sum of a metric's values over the labels that a regular expression finds in `name{labels}`. */
  async metric(name: RegExp): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${this.monitoringPort}/metrics`)).text();
    const lines = text.split("\n").filter((line) => !line.startsWith("#") && name.test(line));
    return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
  }

  stop(): Promise<void> {
    return this.program.stop();
  }
}

function commandOf(folder: string, { xds, http, monitoring, control }: Ports, kubePort: number, more: object): Command {
  const write = (name: string, content: object): string => {
    writeFileSync(join(folder, name), JSON.stringify(content));
    return join(folder, name);
  };
  const kubeconfig = write("kubeconfig.json", kubeconfigOf(kubePort));
  const mesh = write("mesh.json", { ...MESH, ...more, defaultConfig: { discoveryAddress: `127.0.0.1:${xds}` } });
  return {
    file: istioFile("pilot-discovery"),
    args: [
      ...["discovery", "--registries=Kubernetes", `--kubeconfig=${kubeconfig}`, `--meshConfig=${mesh}`],
      ...["--networksConfig=/nonexistent", "--clusterID=Kubernetes", "--httpsAddr=", "--secureGRPCAddr="],
      ...[`--grpcAddr=127.0.0.1:${xds}`, `--httpAddr=127.0.0.1:${http}`],
      ...[`--monitoringAddr=127.0.0.1:${monitoring}`, "--ctrlz_address=127.0.0.1", `--ctrlz_port=${control}`],
    ],
    env: ENVIRONMENT,
  };
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
