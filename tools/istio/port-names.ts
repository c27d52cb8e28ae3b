import type { Fault } from "../policy/fault.js";
import { Node } from "../policy/node.js";
import { quote } from "../validate/words.js";
import { down, type Resource, textsOf, warning } from "./resource.js";

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

/** Whose traffic plugins are meant to see: of a policy, or of an Istio resource that loads them. */
export interface Attachment {
  who: string;
  namespace: string | undefined;
  labels: Record<string, string>;
  /** All ports when absent. */
  ports: readonly number[] | undefined;
}

/** What is wrong with the ports of Services whose pods have the plugins: there no HTTP filter runs, or Istio guesses. */
export function portNameFaults(service: Resource, attachments: readonly Attachment[]): Fault[] {
  const attached = attachments.filter((one) => selects(service, one));
  return portsOf(service).flatMap((port): Fault[] => {
    if (port.protocol === "http") return [];
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

function noHttp({ said, number, node }: NamedPort, who: string): Fault {
  const message = `${quote(said)} is no HTTP to Istio, so on port ${number} no plugin of ${who} ever runs`;
  return {
    code: "TG3016",
    path: node.path,
    message,
    remedy: "Name the port http-..., http2-... or grpc-..., or set appProtocol",
  };
}

function guessed({ said, number, node }: NamedPort, who: string): Fault {
  const name = said === "" ? "without a name" : `named ${said}`;
  const message = `port ${number} ${name} tells Istio no protocol: it guesses by the first bytes, and without HTTP no plugin of ${who} runs`;
  return warning({
    code: "TG3016",
    path: node.path,
    message,
    remedy: "Name the port http-..., http2-... or grpc-..., or set appProtocol",
  });
}

/** What an Istio resource that loads plugins is attached to; undefined for one of gateways, or of outbound traffic alone. */
export function attachmentOf(resource: Resource, label: string): Attachment | undefined {
  const { kind, namespace, spec } = resource;
  const patches = spec.at("configPatches")?.items() ?? [];
  const isInbound =
    kind === "WasmPlugin"
      ? (spec.at("match")?.items() ?? [new Node({}, [])]).some((one) => one.at("mode")?.text !== "CLIENT")
      : patches.some((patch) => ["SIDECAR_INBOUND", "ANY", undefined].includes(down(patch, "match", "context")?.text));
  if (!isInbound || spec.at("targetRefs") !== undefined) return undefined;
  const selector =
    kind === "WasmPlugin" ? down(spec, "selector", "matchLabels") : down(spec, "workloadSelector", "labels");
  const numbers =
    kind === "WasmPlugin"
      ? (spec.at("match")?.items() ?? [])
          .flatMap((one) => one.at("ports")?.items() ?? [])
          .map((one) => one.at("number"))
      : patches.map((patch) => down(patch, "match", "listener", "portNumber"));
  const ports = numbers.flatMap((node) => node?.number ?? []);
  return { who: label, namespace, labels: textsOf(selector), ports: ports.length > 0 ? ports : undefined };
}
