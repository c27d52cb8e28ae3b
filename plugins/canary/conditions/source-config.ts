import { ConfigNode } from "../../../assembly/core/config-reader";
import { readClaimOf } from "../../../assembly/request/claim-config";
import { HeaderNames } from "../../../assembly/request/facts";
import { readSourceOf } from "../../../assembly/request/key-config";
import { ValueSource } from "../../../assembly/request/source";

/** What a value that sticks, or names a lane, can be taken from. */
export const SOURCE_KINDS: string[] = [
  "header",
  "cookie",
  "query",
  "path",
  "path_segment",
  "method",
  "authority",
  "client_address",
  "source_identity",
  "claim",
];

/** Reads where one value comes from; null with a problem. Only at configure: allocates. */
export function readSource(node: ConfigNode, names: HeaderNames): ValueSource | null {
  node.refuseUnknown(SOURCE_KINDS);
  const kind = node.exactlyOne(SOURCE_KINDS);
  if (kind == "") return null;
  return kind == "claim" ? readClaimOf(node, kind, names) : readSourceOf(kind, node, names);
}
