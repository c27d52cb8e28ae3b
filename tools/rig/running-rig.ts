import type { LocatedEnvoy } from "../envoy/locate.js";
import { type EnvoyOptions, type EnvoyProcess, startEnvoy } from "../envoy/process.js";
import { modulesIn } from "../generate/built-modules.js";
import { envoyBootstrap } from "../generate/envoy-bootstrap.js";
import type { PolicyDocument } from "../policy/model.js";
import { startUpstream, type Upstream } from "../upstream.js";
import { choosePorts, type RigPorts } from "./rig-ports.js";

export interface RigOptions extends Pick<EnvoyOptions, "concurrency" | "logLevel" | "args" | "onLine"> {
  envoy: LocatedEnvoy;
  /** Whether to keep to the policy's ports, as far as they are free, or to take free ones throughout. */
  ports: "policy" | "auto";
  /** Gives up a start under way and closes what had started. */
  signal: AbortSignal;
  /** Receives a line for each port of the policy that was taken. */
  report?: (line: string) => void;
}

/** Envoy and the upstreams of a policy, running. */
export interface RunningRig {
  envoy: EnvoyProcess;
  ports: RigPorts;
  /** Those of the policy's upstreams that are on this machine, played by an echo server. */
  upstreams: Upstream[];
  /** Ends all of it. */
  close(): Promise<void>;
}

/** Starts the policy's local upstreams and then Envoy before them, all on 127.0.0.1. Fails with nothing left running. */
export async function startRig(policy: PolicyDocument, options: RigOptions): Promise<RunningRig> {
  const ports = await choosePorts(policy, options.ports, options.report);
  const upstreams: Upstream[] = [];
  const closeUpstreams = async (): Promise<void> => void (await Promise.all(upstreams.map((one) => one.close())));
  try {
    for (const [name, port] of Object.entries(ports.upstreams)) upstreams.push(await startUpstream({ name, port }));
    const { envoy: binary, ...rest } = options;
    const config = envoyBootstrap(policy, { ports, module: modulesIn(), envoyVersion: binary.version });
    const envoy = await startEnvoy({ envoy: binary, ...rest, config });
    const close = async (): Promise<void> => void (await Promise.all([envoy.stop(), closeUpstreams()]));
    return { envoy, ports, upstreams, close };
  } catch (error) {
    await closeUpstreams();
    throw error;
  }
}
