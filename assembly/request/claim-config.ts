import { ConfigNode } from "../core/config-reader";
import { JsonKind } from "../core/json";
import { ClaimSource } from "./claim";
import { HeaderNames } from "./facts";

/** Of a claim's path, and of the payload's name. */
const MAX_SEGMENTS: i32 = 8;
const MAX_SEGMENT: i32 = 128;

/** Keys of a node that `readClaim` reads. */
export const CLAIM_KEYS: string[] = ["name", "payload"];

/** Reads under `key` of `node` which claim is meant; null with a problem. */
export function readClaimOf(node: ConfigNode, key: string, names: HeaderNames): ClaimSource | null {
  const claim = node.object(key);
  if (claim == null) return null;
  claim.refuseUnknown(CLAIM_KEYS);
  return readClaim(claim, names);
}

/**
 * Reads the name of a claim, or the names that lead to it in objects in objects, and that of the payload: what
 * `payload_in_metadata` is in the jwt_authn filter's configuration. Unknown keys are the caller's to refuse.
 */
export function readClaim(node: ConfigNode, names: HeaderNames): ClaimSource {
  const member = node.required("name");
  const isList = member != null && member.value.kind == JsonKind.Array;
  const segments: ConfigNode[] = isList ? node.array("name", 1, MAX_SEGMENTS) : [];
  if (!isList && member != null) segments.push(member);
  const path: string[] = [];
  for (let i = 0; i < segments.length; i++) path.push(readSegment(segments[i]));
  const payload = node.member("payload");
  const head = ["metadata", "filter_metadata", "envoy.filters.http.jwt_authn"];
  head.push(payload == null ? "jwt_payload" : readSegment(payload));
  return names.share(new ClaimSource(names.addProperty(head.concat(path)))) as ClaimSource;
}

function readSegment(node: ConfigNode): string {
  const text = node.asString("", 1, MAX_SEGMENT);
  if (text.includes("\0")) node.refuse("expected a name without NUL");
  return text;
}
