import { headersMatch, queryMatch } from "./envoy-headers.js";
import type { Field } from "./field.js";
import { matchOf } from "./limits.js";

/** What an entry of a descriptor asks for by way of the action that writes it. */
export interface EntryPart {
  match?: Record<string, unknown>;
  /** Requests that the limit is not for. */
  exempt?: Record<string, unknown>;
  /** A part of the key, for an entry that stands for any value; with `only` for one value of it alone. */
  key?: Record<string, unknown>;
  only?: string;
}

interface Entry {
  key: string;
  /** Absent: any value has a bucket of its own. */
  value: string | undefined;
}

/** An action writes no such entry; or it does, and a rule cannot say when. */
export type NoPart = "other" | "cannot";

const ADDRESS = { client_address: { ipv6_prefix: 128 } };
const IDENTITY = "connection.uri_san_peer_certificate";

/** How an action writes an entry of a descriptor. */
export function partOf(action: Field, entry: Entry): EntryPart | NoPart {
  const [kind, settings] = action.members[0] ?? [];
  const reader = kind === undefined ? undefined : READERS[snakeCase(kind)];
  return reader && settings ? reader(settings, entry) : "cannot";
}

const READERS: Record<string, (settings: Field, entry: Entry) => EntryPart | NoPart> = {
  generic_key: (settings, entry) => (writes(settings, entry, "generic_key") ? {} : "other"),
  header_value_match: (settings, entry) =>
    writes(settings, entry, "header_match")
      ? expected(settings, headersMatch(settings.at("headers")?.items ?? []))
      : "other",
  query_parameter_value_match: (settings, entry) =>
    writes(settings, entry, "query_match")
      ? expected(settings, queryMatch(settings.at("query_parameters")?.items ?? []))
      : "other",
  request_headers: requestHeader,
  query_parameters: queryParameter,
  remote_address: (_, entry) => (entry.key === "remote_address" ? { key: ADDRESS, ...only(entry) } : "other"),
  masked_remote_address: maskedAddress,
  extension: peerIdentity,
};

/** Whether an action with a value of its own writes the entry. */
function writes(settings: Field, { key, value }: Entry, standardKey: string): boolean {
  const written = settings.at("descriptor_value")?.text() ?? settings.at("default_value")?.text() ?? "";
  const ownKey = settings.at("descriptor_key")?.text() || standardKey;
  return ownKey === key && (value === undefined || written === value);
}

function expected(settings: Field, match: Record<string, unknown> | undefined): EntryPart | NoPart {
  if (!match) return "cannot";
  return settings.at("expect_match")?.flag() === false ? { exempt: match } : { match };
}

/** Without the header there is no entry, whatever skip_if_absent says: descriptors must match as a whole. */
function requestHeader(settings: Field, entry: Entry): EntryPart | NoPart {
  settings.at("skip_if_absent")?.settle();
  const name = settings.at("header_name")?.text()?.toLowerCase() ?? "";
  if (settings.at("descriptor_key")?.text() !== entry.key) return "other";
  if (entry.value === undefined) {
    if (name === ":path") return { key: { path: true } };
    if (name === ":method") return { key: { method: true } };
    if (name === ":authority") return { key: { authority: true } };
    return name.startsWith(":") ? "cannot" : { key: { header: name }, match: { headers: [{ name, present: true }] } };
  }
  if (name === ":path") return { match: { path: { exact: entry.value.replace(/\?.*$/s, "") } } };
  if (name === ":method") return { match: { methods: [entry.value] } };
  if (name === ":authority") return { match: { authority: { exact: entry.value.toLowerCase() } } };
  return name.startsWith(":") ? "cannot" : { match: { headers: [{ name, exact: entry.value }] } };
}

function queryParameter(settings: Field, entry: Entry): EntryPart | NoPart {
  settings.at("skip_if_absent")?.settle();
  const name = settings.at("query_parameter_name")?.text() ?? "";
  if (settings.at("descriptor_key")?.text() !== entry.key) return "other";
  const test = entry.value === undefined ? { present: true } : { exact: entry.value };
  return { ...(entry.value === undefined ? { key: { query: name } } : {}), match: { query: [{ name, ...test }] } };
}

function maskedAddress(settings: Field, entry: Entry): EntryPart | NoPart {
  const ipv4 = settings.at("v4_prefix_mask_len")?.number() ?? 32;
  const ipv6 = settings.at("v6_prefix_mask_len")?.number() ?? 128;
  if (entry.key !== "masked_remote_address") return "other";
  return { key: { client_address: { ipv4_prefix: ipv4, ipv6_prefix: ipv6 } }, ...only(entry) };
}

/** Of Envoy's expressions the one on the peer's certificate, which is how Istio limits by service account. */
function peerIdentity(settings: Field, entry: Entry): EntryPart | NoPart {
  const config = settings.down("typed_config", "value") ?? settings.at("typed_config");
  const text = config?.at("text")?.text();
  settings.at("name")?.settle();
  for (const key of ["@type", "type_url"]) settings.down("typed_config", key)?.settle();
  if (config?.at("descriptor_key")?.text() !== entry.key) return "other";
  return text === IDENTITY ? { key: { source_identity: true }, ...only(entry) } : "cannot";
}

function only({ value }: Entry): Pick<EntryPart, "only"> {
  return value === undefined ? {} : { only: value.replace(/\/\d+$/, (mask) => (value.includes("://") ? mask : "")) };
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** All parts of a descriptor as one. */
export function joined(parts: EntryPart[]): {
  match?: Record<string, unknown>;
  exempt: Record<string, unknown>[];
  keys: EntryPart[];
} {
  const match = matchOf(...parts.map((part) => part.match));
  return {
    ...(match ? { match } : {}),
    exempt: parts.flatMap(({ exempt }) => (exempt ? [exempt] : [])),
    keys: parts.filter(({ key }) => key),
  };
}
