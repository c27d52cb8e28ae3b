import { locateEnvoy } from "../../tools/envoy/locate.js";
import { type EnvoyOptions, type EnvoyProcess, startEnvoy } from "../../tools/envoy/process.js";
import { modulesIn } from "../../tools/generate/built-modules.js";
import { envoyBootstrap } from "../../tools/generate/envoy-bootstrap.js";
import type { PluginUse, PolicyDocument, PolicySpec } from "../../tools/policy/model.js";
import { freePorts } from "../../tools/ports.js";
import type { Answer, HeaderList } from "../../tools/rig/exchange.js";
import { httpSend } from "../../tools/rig/http-send.js";
import { startUpstream, type Upstream } from "../../tools/upstream.js";

/** The parts of a bootstrap that tests change. */
export interface Bootstrap {
  layered_runtime?: object;
  dynamic_resources?: object;
  static_resources: { listeners: Listener[]; clusters: object[] };
}

export interface Listener {
  traffic_direction?: string;
  connection_balance_config?: object;
  filter_chains: { filters: { typed_config: HttpManager }[] }[];
}

export interface HttpManager {
  access_log?: object[];
  tracing?: { no_context_propagation?: boolean };
  http_filters: { name: string; typed_config?: object; config_discovery?: object }[];
  route_config: { validate_clusters?: boolean; virtual_hosts: { routes: object[] }[] };
}

export interface PolicyEnvoyOptions extends Pick<EnvoyOptions, "concurrency" | "args" | "onLine"> {
  plugins: PluginUse[];
  /** Of the policy, beside its plugins. */
  spec?: Partial<PolicySpec>;
  /** Ports on 127.0.0.1 by the names of upstreams; the first takes what no condition does. None: Envoy answers. */
  upstreams?: Record<string, number>;
  /** Where plugins' modules are; their builds, which are to be there, when absent. */
  moduleFile?: (plugin: string) => string;
  /** What is to be otherwise than the generator has it. */
  adjust?: (bootstrap: Bootstrap, manager: HttpManager) => void | Promise<void>;
}

/** A policy for a workload, good for plain Envoy. */
export function policyOf({ plugins, spec = {}, upstreams = {} }: PolicyEnvoyOptions): PolicyDocument {
  const all = Object.entries(upstreams).map(([name, port]) => ({ name, address: "127.0.0.1", port }));
  const attached: Partial<PolicySpec> = spec.gateway ? {} : { workload: { labels: { app: "shop" } } };
  return {
    apiVersion: "tidegate.dev/v1alpha1",
    kind: "PluginPolicy",
    metadata: { name: "shop" },
    spec: { ...attached, ...spec, plugins, envoy: { upstreams: all, ...spec.envoy } },
  };
}

/** Starts an Envoy as the generator configures it for a policy. */
export async function startPolicyEnvoy(options: PolicyEnvoyOptions): Promise<{ envoy: EnvoyProcess; port: number }> {
  const { adjust, moduleFile, concurrency = 1, args = [], onLine } = options;
  const [port] = (await freePorts(1)) as [number];
  const found = await locateEnvoy({ allowInstall: true });
  const given = {
    ports: { listener: port, admin: 0 },
    module: modulesIn(moduleFile),
    envoyVersion: found.version,
    ...(moduleFile ? { moduleFile } : {}),
  };
  const config = envoyBootstrap(policyOf(options), given) as Bootstrap;
  await adjust?.(config, config.static_resources.listeners[0]!.filter_chains[0]!.filters[0]!.typed_config);
  const envoy = await startEnvoy({ envoy: found, config, concurrency, args, ...(onLine ? { onLine } : {}) });
  return { envoy, port };
}

/** Such an Envoy before an upstream that says what it received, with a client. */
export class EchoEnvoy {
  private constructor(
    readonly envoy: EnvoyProcess,
    readonly port: number,
    private readonly upstream: Upstream,
    private readonly client: ReturnType<typeof httpSend>,
  ) {}

  static async start(options: PolicyEnvoyOptions): Promise<EchoEnvoy> {
    const upstream = await startUpstream({ name: "echo" });
    try {
      const upstreams = { echo: upstream.port, ...options.upstreams };
      const { envoy, port } = await startPolicyEnvoy({ ...options, upstreams });
      return new EchoEnvoy(envoy, port, upstream, httpSend(port));
    } catch (error) {
      await upstream.close();
      throw error;
    }
  }

  send(headers: HeaderList): Promise<Answer> {
    return this.client.send({ path: "/", headers });
  }

  async stop(): Promise<void> {
    this.client.close();
    await Promise.all([this.envoy.stop(), this.upstream.close()]);
  }
}
