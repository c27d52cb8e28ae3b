import { ConfigNode } from "../core/config-reader";
import { JsonKind } from "../core/json";
import { quoteAll } from "../core/quote";
import { addressSource, HOUSEHOLD_BITS, readAddressGroup } from "./address-config";
import { ConnectionSource, IdentitySource } from "./client-source";
import { readAuthority, readCookieSource, readHeaderSource, readQuerySource } from "./config";
import { HeaderNames } from "./facts";
import { KeyRule } from "./key";
import { RequestMatch } from "./match";
import { MAX_TEXT } from "./operand";
import { ConstantSource, GrpcMethodSource, MethodSource, PathSource, SegmentSource, ValueSource } from "./source";

/** Parts of a key. */
export const MAX_PARTS: i32 = 8;

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

/**
 * Reads a key, one source or an array of them, under `key` of `node`; without it the key has no part.
 * @param match where path parameters have their names from; null where there is none.
 */
export function readKey(node: ConfigNode, key: string, names: HeaderNames, match: RequestMatch | null): KeyRule {
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

/** Reads where one value comes from; null with a problem. @param match as of `readKey`. */
export function readSource(node: ConfigNode, names: HeaderNames, match: RequestMatch | null): ValueSource | null {
  node.refuseUnknown(KINDS);
  const kind = node.exactlyOne(KINDS);
  return kind != "" ? readSourceOf(kind, node, names, match, "; leave the key out for one bucket") : null;
}

/** As `readSource`, for the source that the key `kind` says. @param instead of what to do in place of false. */
export function readSourceOf(
  kind: string,
  node: ConfigNode,
  names: HeaderNames,
  match: RequestMatch | null = null,
  instead: string = "",
): ValueSource {
  if (kind == "header") return readHeaderSource(node, kind, names);
  if (kind == "query") return readQuerySource(node, kind, names);
  if (kind == "cookie") return readCookieSource(node, kind, names);
  if (kind == "constant") return names.share(new ConstantSource(node.requiredString(kind, 1, MAX_TEXT)));
  if (kind == "path_segment") return names.share(new SegmentSource(<i32>node.integer(kind, 1, 1, 32)));
  if (kind == "path_parameter") return names.share(new SegmentSource(readParameter(node, match)));
  const address = kind == "client_address" ? node.member(kind)! : null;
  if (address != null && address.value.kind == JsonKind.Object) return readAddressGroup(address, names);
  if (!node.bool(kind, true)) node.refuseAt(kind, "expected true" + instead);
  if (kind == "path") return names.share(new PathSource());
  if (kind == "method") return names.share(new MethodSource());
  if (kind == "authority") return readAuthority(names);
  if (kind == "connection") return names.share(new ConnectionSource());
  if (kind == "source_identity") return names.share(new IdentitySource());
  if (kind == "grpc_method") return names.share(new GrpcMethodSource(names.add("content-type")));
  return addressSource(names, -1, 32, HOUSEHOLD_BITS);
}

/** The number of the segment that a path parameter of the rule's template stands for. */
function readParameter(node: ConfigNode, match: RequestMatch | null): i32 {
  const name = node.requiredString("path_parameter");
  if (name.length == 0) return 1;
  if (match == null) {
    node.refuseAt("path_parameter", "expected another source, such as path_segment: no template names parameters here");
    return 1;
  }
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
