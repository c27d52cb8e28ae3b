import type { Fault } from "./fault.js";
import { mayMeet } from "../chain/meeting.js";
import { type PolicyDocument, policyLabel } from "./model.js";
import { type Side, TRACE_HEADERS, type WrittenHeader, writtenHeaders } from "./written-headers.js";

/** Headers that a plugin must not write, since Envoy, clients or servers go by them, and two plugins' for one name. */
export function headerFaults(policy: PolicyDocument): Fault[] {
  const written = writtenHeaders(policy);
  return [...written.flatMap(needed), ...repeated(written)];
}

/** What Envoy reads or writes itself. */
const ENVOYS = ["x-request-id", "x-client-trace-id", "x-ot-span-context", "via", "forwarded", "expect", "alt-svc"];
/** What clients and servers tell each other by headers. */
const MESSAGES: Record<Side, readonly string[]> = {
  request: [
    ...["cookie", "authorization", "proxy-authorization", "user-agent", "referer", "origin", "range", "cache-control"],
    ...[
      "accept",
      "accept-encoding",
      "accept-language",
      "content-type",
      "content-encoding",
      "if-match",
      "if-none-match",
    ],
    ...[
      "if-modified-since",
      "if-unmodified-since",
      "if-range",
      "grpc-timeout",
      "grpc-encoding",
      "grpc-accept-encoding",
    ],
  ],
  response: [
    ...["content-type", "content-encoding", "cache-control", "etag", "last-modified", "expires", "location", "vary"],
    ...["set-cookie", "www-authenticate", "grpc-status", "grpc-message", "grpc-encoding", "accept-ranges", "age"],
  ],
};

function needed(header: WrittenHeader): Fault[] {
  const { name, side, node, isChosen, isOfAnswers } = header;
  const why = isChosen ? reason(name, side, isOfAnswers === true) : undefined;
  if (why === undefined) return [];
  return [
    {
      code: "TG3017",
      path: node.path,
      message: `${name} is ${why}`,
      remedy: "Choose a name that nothing else has, such as x-...",
    },
  ];
}

function reason(name: string, side: Side, isOfAnswers: boolean): string | undefined {
  if (name.startsWith("x-envoy-")) return "Envoy's own: it goes by it, or takes it away";
  if (name.startsWith("x-forwarded-") || ENVOYS.includes(name)) return "what Envoy itself writes and goes by";
  if (side === "response" && (name === "server" || name === "date"))
    return "what Envoy itself writes into every response";
  if (side === "request" && TRACE_HEADERS.has(name)) return "where a trace goes on, which would end here";
  if (isOfAnswers || !MESSAGES[side].includes(name)) return undefined;
  return `what ${side === "request" ? "clients tell servers" : "servers tell clients"}, and would be lost`;
}

/** Of two plugins the later one in the chain would have the last word, and the earlier one none. */
function repeated(written: readonly WrittenHeader[]): Fault[] {
  return written.flatMap((header, i): Fault[] => {
    const other = written.slice(0, i).find((one) => isSame(one, header));
    if (!other) return [];
    const at = header.isChosen ? header : other;
    return [twice(at, at === header ? other.plugin : header.plugin)];
  });
}

function isSame(one: WrittenHeader, other: WrittenHeader): boolean {
  return one.plugin !== other.plugin && one.name === other.name && one.side === other.side;
}

function twice({ name, side, node, plugin }: WrittenHeader, other: string): Fault {
  const message = `${plugin} and ${other} both write the ${side} header ${name}`;
  return { code: "TG3018", path: node.path, message, remedy: "Give one of them another name" };
}

/** Headers that plugins of two policies write into the same requests; what concerns a policy, at its place in the list. */
export function sharedHeaderFaults(policies: readonly PolicyDocument[]): Fault[][] {
  const faults = policies.map((): Fault[] => []);
  for (const all of writersOf(policies).values()) {
    if (new Set(all.map(({ header }) => header.plugin)).size < 2) continue;
    for (const [i, { header, place }] of all.entries()) {
      const own = policies[place]!;
      const other = all.slice(0, i).find((one) => isSame(one.header, header) && meet(policies[one.place]!, own));
      if (other) faults[place]!.push(twice(header, `${other.header.plugin} of ${policyLabel(policies[other.place]!)}`));
    }
  }
  return faults;
}

interface Writer {
  header: WrittenHeader;
  place: number;
}

function writersOf(policies: readonly PolicyDocument[]): Map<string, Writer[]> {
  const writers = new Map<string, Writer[]>();
  for (const [place, policy] of policies.entries()) {
    for (const header of writtenHeaders(policy)) {
      const key = `${header.side} ${header.name}`;
      const own = writers.get(key) ?? [];
      own.push({ header, place });
      writers.set(key, own);
    }
  }
  return writers;
}

/** Whether two policies, and not two views of one, may be met by one request. */
function meet(one: PolicyDocument, other: PolicyDocument): boolean {
  return one.metadata !== other.metadata && mayMeet(one, other);
}
