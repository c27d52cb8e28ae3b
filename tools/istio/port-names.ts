import type { Fault } from "../policy/fault.js";
import type { Node } from "../policy/node.js";
import { quote } from "../validate/words.js";
import type { Attachment } from "./attachment.js";
import { type Resource, textsOf, warning } from "./resource.js";

/** Protocols by the prefix of a port's name, as Istio reads it (istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection). */
const HTTP = new Set(["http", "http2", "grpc", "grpc-web", "http_proxy", "kubernetes.io/h2c", "kubernetes.io/ws"]);
const OTHERS = new Set(["tcp", "udp", "tls", "https", "mongo", "mysql", "redis", "kubernetes.io/wss"]);
/** Ports on which Istio does not look at what is said. */
const SERVER_FIRST = new Set([25, 53, 3306, 27017]);

/** What Istio takes a port's traffic for. */
export type Protocol = "http" | "other" | "unsaid";

/** A port of a Service or ServiceEntry. */
export interface NamedPort {
  number: number;
  /** The port of the pods, where it is a number: what a sidecar's inbound side knows. */
  target: number;
  protocol: Protocol;
  /** What says so: the name of the port, or its protocol. */
  said: string;
  node: Node;
}

/** The ports of a Service or ServiceEntry that have a number; UDP has no HTTP filters. */
export function portsOf({ spec, kind }: Resource): NamedPort[] {
  return (spec.at("ports")?.items() ?? []).flatMap((node): NamedPort[] => {
    const number = node.at(kind === "Service" ? "port" : "number")?.number;
    if (number === undefined) return [];
    const { name = "", protocol = "", appProtocol } = textsOf(node);
    const said = kind === "Service" ? (appProtocol ?? name) : protocol;
    const at =
      appProtocol !== undefined && kind === "Service" ? "appProtocol" : kind === "Service" ? "name" : "protocol";
    const target = node.at("targetPort")?.number ?? number;
    const isUdp = protocol.toLowerCase() === "udp";
    return [{ number, target, said, protocol: isUdp ? "other" : protocolOf(said, number), node: node.at(at) ?? node }];
  });
}

/** By the prefix before the first hyphen, capitals not counting. */
function protocolOf(said: string, port: number): Protocol {
  const lower = said.toLowerCase();
  if (lower.startsWith("grpc-web") || HTTP.has(lower)) return "http";
  const prefix = OTHERS.has(lower) ? lower : (lower.split("-")[0] ?? "");
  if (HTTP.has(prefix)) return "http";
  if (OTHERS.has(prefix)) return "other";
  return SERVER_FIRST.has(port) ? "other" : "unsaid";
}

/**
 * What is wrong with the ports of Services whose pods have the plugins, or of what those pods ask: where Istio sees no
 * HTTP no HTTP filter runs, and where nothing is said it guesses.
 */
export function portNameFaults(service: Resource, attachments: readonly Attachment[]): Fault[] {
  const attached = attachments.filter((one) => one.isInbound && selects(service, one));
  const asking = attachments.filter(({ isOutbound }) => isOutbound);
  return portsOf(service).flatMap((port): Fault[] => {
    if (port.protocol === "http") return [];
    const asker = asking.find(({ ports }) => ports?.includes(port.number));
    if (port.protocol === "other" && asker) return [warning(noHttp(port, asker.who))];
    const asked = attached.find(({ ports }) => ports?.some((one) => one === port.target || one === port.number));
    const open = attached.find(({ ports }) => ports === undefined);
    if (port.protocol === "other") return asked ? [noHttp(port, asked.who)] : [];
    return asked || open ? [guessed(port, (asked ?? open)!.who)] : [];
  });
}

/** Whether pods of the Service can be among those that the labels select. */
function selects({ namespace, spec, kind }: Resource, attachment: Attachment): boolean {
  if (kind !== "Service" || (namespace ?? "") !== (attachment.namespace ?? "")) return false;
  const selector = textsOf(spec.at("selector"));
  const shared = Object.entries(attachment.labels).filter(([key]) => Object.hasOwn(selector, key));
  if (Object.keys(selector).length === 0) return false;
  const isAny = Object.keys(attachment.labels).length === 0;
  return isAny || (shared.length > 0 && shared.every(([key, value]) => selector[key] === value));
}

const NAME_IT = "Name the port http-..., http2-... or grpc-..., or set appProtocol";

function noHttp({ said, number, node }: NamedPort, who: string): Fault {
  const message = `${quote(said)} is no HTTP to Istio, so on port ${number} no plugin of ${who} ever runs`;
  const remedy = node.path.at(-1) === "protocol" ? "Write protocol: HTTP, HTTP2 or GRPC" : NAME_IT;
  return { code: "TG3016", path: node.path, message, remedy };
}

function guessed({ said, number, node }: NamedPort, who: string): Fault {
  const name = said === "" ? "without a name" : `named ${said}`;
  const message = `port ${number} ${name} tells Istio no protocol: it guesses by the first bytes, and without HTTP no plugin of ${who} runs`;
  return warning({ code: "TG3016", path: node.path, message, remedy: NAME_IT });
}
