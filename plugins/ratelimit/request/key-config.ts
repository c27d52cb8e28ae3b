import { ConfigNode } from "../../../assembly/core/config-reader";
import { JsonKind } from "../../../assembly/core/json";
import { quoteAll } from "../../../assembly/core/quote";
import { QuotaConfig, readQuota } from "../quota/config";
import { MAX_TEXT, readAuthority, readHeaderName, readHeaderSource, readQuerySource } from "./config";
import { CostRule, MAX_COST } from "./cost";
import { HeaderNames } from "./facts";
import { HashSecret, KeyRule } from "./key";
import { RequestMatch } from "./match";
import {
  AddressSource,
  ConnectionSource,
  ConstantSource,
  CookieSource,
  GrpcMethodSource,
  IdentitySource,
  MethodSource,
  PathSource,
  SegmentSource,
  ValueSource,
} from "./source";

const MAX_PARTS: i32 = 8;
const MAX_HOPS: i64 = 16;
/** By default one key for the /64 that a provider gives to one host or household. */
const IPV6_PREFIX: i64 = 64;
/** Overrides of all rules together. */
export const MAX_OVERRIDES: i32 = 1024;

const KINDS: string[] = [
  "header",
  "cookie",
  "query",
  "path",
  "path_segment",
  "path_parameter",
  "method",
  "authority",
  "client_address",
  "connection",
  "source_identity",
  "grpc_method",
  "constant",
];

/** What requests with one key have in place of the rule's quota. */
@final
export class OverrideConfig {
  /** Null: no limit. */
  quota: QuotaConfig | null = null;

  /** @param key one text for each part of the rule's key. */
  constructor(readonly key: string[]) {}
}

/** Reads a key, one source or an array of them, under `key` of `node`; without it the key has no part. */
export function readKey(node: ConfigNode, key: string, names: HeaderNames, match: RequestMatch): KeyRule {
  const member = node.member(key);
  const parts: ValueSource[] = [];
  if (member == null) return new KeyRule(parts);
  const nodes = member.value.kind == JsonKind.Array ? node.objects(key, 1, MAX_PARTS) : [member];
  for (let i = 0; i < nodes.length; i++) {
    const source = nodes[i].is(JsonKind.Object) ? readSource(nodes[i], names, match) : null;
    if (source != null) parts.push(source);
  }
  return new KeyRule(parts);
}

/** Reads where one value comes from; null with a problem. @param match where path parameters have their names from. */
export function readSource(node: ConfigNode, names: HeaderNames, match: RequestMatch): ValueSource | null {
  node.refuseUnknown(KINDS);
  const kind = node.exactlyOne(KINDS);
  if (kind == "") return null;
  if (kind == "header") return readHeaderSource(node, kind, names);
  if (kind == "query") return readQuerySource(node, kind, names);
  if (kind == "cookie") return names.share(new CookieSource(readCookieName(node), names.add("cookie")));
  if (kind == "constant") return names.share(new ConstantSource(node.requiredString(kind, 1, MAX_TEXT)));
  if (kind == "path_segment") return names.share(new SegmentSource(<i32>node.integer(kind, 1, 1, 32)));
  if (kind == "path_parameter") return names.share(new SegmentSource(readParameter(node, match)));
  const address = kind == "client_address" ? node.member(kind)! : null;
  if (address != null && address.value.kind == JsonKind.Object) return readAddress(address, names);
  if (!node.bool(kind, true)) node.refuseAt(kind, "expected true; leave the key out for one bucket");
  if (kind == "path") return names.share(new PathSource());
  if (kind == "method") return names.share(new MethodSource());
  if (kind == "authority") return readAuthority(names);
  if (kind == "connection") return names.share(new ConnectionSource());
  if (kind == "source_identity") return names.share(new IdentitySource());
  if (kind == "grpc_method") return names.share(new GrpcMethodSource(names.add("content-type")));
  return names.share(new AddressSource(-1, -1, 32, <i32>IPV6_PREFIX));
}

function readAddress(node: ConfigNode, names: HeaderNames): ValueSource {
  node.refuseUnknown(["trusted_hops", "ipv4_prefix", "ipv6_prefix"]);
  const hops = <i32>node.integer("trusted_hops", -1, 0, MAX_HOPS);
  const ipv4Prefix = <i32>node.integer("ipv4_prefix", 32, 8, 32);
  const ipv6Prefix = <i32>node.integer("ipv6_prefix", IPV6_PREFIX, 16, 128);
  const header = hops < 0 ? -1 : names.add("x-forwarded-for");
  return names.share(new AddressSource(header, hops, ipv4Prefix, ipv6Prefix));
}

/** The number of the segment that a path parameter of the rule's template stands for. */
function readParameter(node: ConfigNode, match: RequestMatch): i32 {
  const name = node.requiredString("path_parameter");
  if (name.length == 0) return 1;
  const template = match.template;
  if (template == null) {
    node.refuseAt("path_parameter", "expected a template in the match's path, which names the parameters");
    return 1;
  }
  const segment = template.segmentOf(name);
  if (segment == 0) {
    const known =
      template.parameters.length > 0 ? `one of ${quoteAll(template.parameters)}` : "none, since it has none";
    node.refuseAt("path_parameter", `expected a parameter of the match's template: ${known}`);
  }
  return max(1, segment);
}

function readCookieName(node: ConfigNode): string {
  const name = node.requiredString("cookie", 1, 128);
  for (let i = 0; i < name.length; i++) {
    const code = <u32>name.charCodeAt(i);
    if (code > 0x20 && code < 0x7f && !'"(),/:;<=>?@[\\]{}'.includes(name.charAt(i))) continue;
    node.refuseAt("cookie", "expected a cookie's name of letters, digits and !#$%&'*+-.^_`|~ only");
    break;
  }
  return name;
}

/** Reads the quotas of single keys; `key` is the rule's. */
export function readOverrides(node: ConfigNode, key: KeyRule): OverrideConfig[] {
  const overrides: OverrideConfig[] = [];
  if (node.has("overrides") && !node.has("key")) node.refuseAt("overrides", 'expected together with "key" only');
  const nodes = node.objects("overrides", 1, MAX_OVERRIDES);
  const seen: u64[] = [];
  for (let i = 0; i < nodes.length; i++) {
    const special = new OverrideConfig(readKeyValues(nodes[i], key, seen));
    nodes[i].refuseUnknown(["key", "quota", "exempt"]);
    const kind = nodes[i].exactlyOne(["quota", "exempt"]);
    if (kind == "exempt" && !nodes[i].bool(kind, true)) nodes[i].refuseAt(kind, "expected true; or give a quota");
    const quota = kind == "quota" ? nodes[i].object(kind) : null;
    if (quota != null) special.quota = readQuota(quota);
    overrides.push(special);
  }
  return overrides;
}

/** Reads the values of a key's parts. @param seen keys of earlier overrides. */
function readKeyValues(node: ConfigNode, key: KeyRule, seen: u64[]): string[] {
  const values: string[] = [];
  const member = node.required("key");
  const count = key.parts.length;
  if (member == null) return values;
  const isList = member.value.kind == JsonKind.Array;
  const nodes = isList ? node.array("key", 1, MAX_PARTS) : [member];
  let isText = nodes.length > 0;
  for (let i = 0; i < nodes.length; i++) {
    isText = isText && nodes[i].value.kind == JsonKind.String;
    const value = nodes[i].asString("", isList ? 0 : 1, MAX_TEXT);
    values.push(value);
    if (i < count && value.length > 0 && key.parts[i].canonical(value) == null) {
      nodes[i].refuse("expected an IP address");
    }
  }
  if (count == 0 || !isText) return values;
  if (values.length != count) {
    member.refuse(`expected ${count} texts, one for each part of the rule's key, not ${values.length}`);
    return values;
  }
  const fingerprint = key.fingerprintOf(values, new HashSecret(0, 0));
  if (fingerprint == 0 && isList) member.refuse("expected at least one part that is not empty");
  if (fingerprint != 0 && seen.includes(fingerprint))
    member.refuse("expected each key once; it is an earlier one's too");
  seen.push(fingerprint);
  return values;
}

/** Reads what requests cost. @param burst the least of the rule's quotas, which no cost may exceed. */
export function readCost(node: ConfigNode, names: HeaderNames, burst: i64): CostRule {
  node.refuseUnknown(["constant", "header", "default", "max"]);
  const most = <i32>min<i64>(burst, MAX_COST);
  const kind = node.exactlyOne(["constant", "header"]);
  if (kind == "constant") {
    if (node.has("default")) node.refuseAt("default", 'expected together with "header" only');
    if (node.has("max")) node.refuseAt("max", 'expected together with "header" only');
    const constant = <i32>node.integer(kind, 1, 1, MAX_COST);
    refuseAbove(node, kind, constant, most);
    return new CostRule(-1, constant, constant);
  }
  if (kind == "") return new CostRule();
  const header = names.add(readHeaderName(node, kind));
  const limit = <i32>node.integer("max", most, 1, MAX_COST);
  refuseAbove(node, "max", limit, most);
  const otherwise = <i32>node.integer("default", 1, 1, MAX_COST);
  if (otherwise > limit) node.refuseAt("default", `expected at most ${limit}, which is the most that a request costs`);
  return new CostRule(header, otherwise, limit);
}

function refuseAbove(node: ConfigNode, key: string, cost: i32, most: i32): void {
  if (cost > most) node.refuseAt(key, `expected at most ${most}, the least burst of the rule`);
}
