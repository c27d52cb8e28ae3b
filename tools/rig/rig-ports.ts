import { type PolicyDocument, socketsOf } from "../policy/model.js";
import { freePorts, isPortFree } from "../ports.js";

/** Ports of 127.0.0.1 that one run of a rig uses. */
export interface RigPorts {
  listener: number;
  admin: number;
  /** By the name of the upstream; only those that are on this machine. */
  upstreams: Record<string, number>;
}

const LOCAL = new Set(["127.0.0.1", "localhost"]);

/** Takes the policy's ports and, for "auto" and where one is taken, a free one; `report` hears of each that was taken. */
export async function choosePorts(
  policy: PolicyDocument,
  mode: "policy" | "auto",
  report?: (line: string) => void,
): Promise<RigPorts> {
  const choose = async (role: string, wanted: number): Promise<number> => {
    if (mode === "policy" && (await isPortFree(wanted))) return wanted;
    const [port] = (await freePorts(1)) as [number];
    if (mode === "policy") report?.(`port ${wanted} of the ${role} is taken; using ${port}`);
    return port;
  };
  const { listener, admin } = socketsOf(policy.spec);
  const chosen: RigPorts = {
    listener: await choose("listener", listener.port),
    admin: await choose("admin interface", admin.port),
    upstreams: {},
  };
  for (const { name, address, port } of policy.spec.envoy?.upstreams ?? []) {
    if (LOCAL.has(address)) chosen.upstreams[name] = await choose(`upstream ${name}`, port);
  }
  return chosen;
}
