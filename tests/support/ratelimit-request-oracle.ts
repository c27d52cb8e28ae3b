import type { HeaderList } from "../../tools/host/index.js";

// What the README says rules see of a request, in the plainest way. Values are byte strings.

/** Conditions as the schema describes them. */
export interface Match {
  otherwise?: true;
  path?: Comparison & { template?: string };
  methods?: string[];
  authority?: Comparison;
  headers?: (Comparison & { name: string })[];
  query?: (Comparison & { name: string })[];
}

export interface Comparison {
  exact?: string;
  prefix?: string;
  suffix?: string;
  in?: string[];
  present?: boolean;
  not?: boolean;
}

/** A key's part as the schema describes it. */
export type Source = Partial<{
  header: string;
  cookie: string;
  query: string;
  path: true;
  path_segment: number;
  path_parameter: string;
  method: true;
  authority: true;
  client_address: true | { trusted_hops?: number; ipv4_prefix?: number; ipv6_prefix?: number };
  source_identity: true;
  grpc_method: true;
  constant: string;
}>;

export type Cost = { constant: number } | { header: string; default?: number; max?: number };

/** What is known of a request: its headers, and what Envoy tells of the connection. */
export interface Sent {
  headers: HeaderList;
  address?: string;
  identity?: string;
}

export function matches(match: Match, sent: Sent): boolean {
  const { path, methods, authority, headers = [], query = [] } = match;
  if (path && !compares(path, pathOf(sent))) return false;
  if (path?.template !== undefined && !fits(path.template, pathOf(sent))) return false;
  if (methods && !methods.includes(header(sent, ":method") ?? "")) return false;
  if (authority && !compares(authority, hostOf(sent))) return false;
  return (
    headers.every((condition) => compares(condition, header(sent, condition.name))) &&
    query.every((condition) => compares(condition, parameter(sent, condition.name)))
  );
}

function compares(condition: Comparison, value: string | undefined): boolean {
  const { exact, prefix, suffix, in: list, present, not = false } = condition;
  let holds = value !== undefined;
  if (value !== undefined) {
    if (exact !== undefined) holds = value === exact;
    if (prefix !== undefined) holds = value.startsWith(prefix);
    if (suffix !== undefined) holds = value.endsWith(suffix);
    if (list !== undefined) holds = list.includes(value);
  }
  return (present === false ? !holds : holds) !== not;
}

/** Whether a path, in its normal form, is as a template says. */
export function fits(template: string, path: string): boolean {
  const pattern = template
    .replace(/[.+^$()|[\]\\?]/g, "\\$&")
    .replace(/\{[^}]*\}/g, "[^/]+")
    .replace(/\/\*\*$/, "(/.*)?");
  return path.startsWith("/") && new RegExp(`^${pattern.replace(/\/$/, "")}/?$`, "s").test(path);
}

/** The value of one part of a key, "" when there is none; of an address what stands for its group. */
export function valueOf(source: Source, sent: Sent, template = ""): string {
  return foundIn(source, sent, template) ?? "";
}

/** As `valueOf`, undefined when there is none. */
export function foundIn(source: Source, sent: Sent, template = ""): string | undefined {
  if (source.header !== undefined) return header(sent, source.header);
  if (source.cookie !== undefined) return cookie(sent, source.cookie);
  if (source.query !== undefined) return parameter(sent, source.query);
  if (source.path) return pathOf(sent) || undefined;
  if (source.path_segment !== undefined) return segments(sent)[source.path_segment - 1] || undefined;
  if (source.path_parameter !== undefined) {
    return segments(sent)[template.slice(1).split("/").indexOf(`{${source.path_parameter}}`)];
  }
  if (source.method) return header(sent, ":method");
  if (source.authority) return hostOf(sent);
  if (source.client_address !== undefined) return addressOf(source.client_address, sent) || undefined;
  if (source.source_identity) return sent.identity;
  if (source.grpc_method)
    return header(sent, "content-type")?.startsWith("application/grpc") ? pathOf(sent) : undefined;
  return source.constant;
}

/** What a request costs. @param burst the least of the rule and its overrides. */
export function costOf(cost: Cost | undefined, sent: Sent, burst: number): number {
  if (!cost) return 1;
  if ("constant" in cost) return cost.constant;
  const said = header(sent, cost.header) ?? "";
  if (!/^0*[1-9][0-9]*$/.test(said)) return cost.default ?? 1;
  return Number(BigInt(said) < 1_000_000n ? said : 1_000_000) > (cost.max ?? burst)
    ? (cost.max ?? burst)
    : Number(said);
}

function header(sent: Sent, name: string): string | undefined {
  return sent.headers.find(([other]) => other === name)?.[1];
}

function pathOf(sent: Sent): string {
  const path = (header(sent, ":path") ?? "").split(/[?#]/)[0]!;
  if (!path.startsWith("/")) return path;
  const plain = path.replaceAll("\\", "/").replace(/%[0-9a-fA-F]{2}/g, (escape) => {
    const byte = String.fromCharCode(parseInt(escape.slice(1), 16));
    return /[\0-\x20\x7f%/\\?#]/.test(byte) ? escape.toUpperCase() : byte;
  });
  const all = plain.split("/").slice(1);
  const kept: string[] = [];
  for (const segment of all) {
    if (segment === "..") kept.pop();
    else if (segment !== "." && segment !== "") kept.push(segment);
  }
  const endsInSlash = ["", ".", ".."].includes(all.at(-1)!) && kept.length > 0;
  return `/${kept.join("/")}${endsInSlash ? "/" : ""}`;
}

function segments(sent: Sent): string[] {
  return pathOf(sent).split("/").slice(1);
}

function hostOf(sent: Sent): string | undefined {
  const host = header(sent, ":authority");
  return host
    ?.replace(/^([^:]*|\[.*\]):[^:\]]*$/, "$1")
    .replace(/(?<=.)\.$/, "")
    .replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function parameter(sent: Sent, name: string): string | undefined {
  const query = (header(sent, ":path") ?? "").split("#")[0]!.replace(/^[^?]*\??/, "");
  for (const pair of query.split("&").filter((text) => text !== "")) {
    const [key, ...rest] = pair.split("=");
    if (decoded(key!.replaceAll("+", " ")) === name) return decoded(rest.join("=").replaceAll("+", " "));
  }
  return undefined;
}

function cookie(sent: Sent, name: string): string | undefined {
  for (const pair of (header(sent, "cookie") ?? "").split(";")) {
    const [key, ...rest] = pair.replace(/^[ \t]+/, "").split("=");
    if (key !== name || rest.length === 0) continue;
    return decoded(
      rest
        .join("=")
        .replace(/^[ \t]+$|(?<=[^ \t])[ \t]+$/, "")
        .replace(/^"(.*)"$/s, "$1"),
    );
  }
  return undefined;
}

function decoded(text: string): string {
  return text.replace(/%[0-9a-fA-F]{2}/g, (escape) => String.fromCharCode(parseInt(escape.slice(1), 16)));
}

/** Texts that are addresses, and the address that each is: of IPv4 or IPv6, as a number. */
const ADDRESSES: Record<string, [family: 4 | 6, address: bigint]> = {
  "10.0.0.1": [4, 0x0a000001n],
  "10.0.0.200:4711": [4, 0x0a0000c8n],
  "::ffff:10.0.0.1": [4, 0x0a000001n],
  "[::FFFF:a00:1]:80": [4, 0x0a000001n],
  "10.0.77.1": [4, 0x0a004d01n],
  "2001:db8::1": [6, 0x20010db8_00000000_00000000_00000001n],
  "[2001:DB8:0:0::0:1]:443": [6, 0x20010db8_00000000_00000000_00000001n],
  "2001:db8::2:0:0:1": [6, 0x20010db8_00000000_00020000_00000001n],
  "2001:db8:0:1::1": [6, 0x20010db8_00000001_00000000_00000001n],
  "::1": [6, 1n],
};

/** Entries of X-Forwarded-For: addresses and others. */
export const FORWARDED = [...Object.keys(ADDRESSES), "", "unknown", "10.0.0", "10.0.0.256", "1::2::3", "\xff"];

function addressOf(how: true | NonNullable<Exclude<Source["client_address"], true>>, sent: Sent): string {
  const { trusted_hops: hops, ipv4_prefix: four = 32, ipv6_prefix: six = 64 } = how === true ? {} : how;
  // Envoy joins repeats of this header, and an empty one adds nothing.
  const lists = sent.headers.filter(([name, value]) => name === "x-forwarded-for" && value !== "");
  const entries = lists
    .map(([, value]) => value)
    .join(",")
    .split(",");
  const entry = hops === undefined ? "" : (entries.at(-1 - hops) ?? "").trim();
  const [family, address] = ADDRESSES[entry] ?? ADDRESSES[sent.address ?? ""] ?? [];
  if (family === undefined || address === undefined) return sent.address ?? "";
  return family === 4 ? `4 ${address >> BigInt(32 - four)}` : `6 ${address >> BigInt(128 - six)}`;
}
