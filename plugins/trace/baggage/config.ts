import { ConfigNode } from "../../../assembly/core/config-reader";
import { ByteView, Utf8 } from "../../../assembly/core/bytes";
import { isToken } from "./grammar";
import { MAX_LISTED_NAME, NameList } from "./name-list";

// Ranges and defaults are those of schema.json; a test compares the two.

/** Of each list. */
const MAX_NAMES: i32 = 64;
const MAX_MEMBERS: i64 = 256;
const MAX_BYTES: i64 = 65536;

/** What of baggage goes on, defaults applied. */
@final
export class BaggageConfig {
  /** The only names that go on; null: all of a caller who is trusted, and none of others. */
  allow: NameList | null = null;
  /** Names that never go on. */
  deny: NameList = new NameList([]);
  /** Whether any name is treated unlike others. */
  hasLists: bool = false;
  // https://www.w3.org/TR/baggage/#limits: as many and as much as all have to carry.
  maxMembers: i32 = 64;
  maxBytes: i32 = 8192;
  maxMemberBytes: i32 = 8192;

  /** Whether an item of this name goes on. @param trusted whether its sender is. Allocates: nothing. */
  allows(name: ByteView, trusted: bool): bool {
    if (this.deny.hasDecoded(name)) return false;
    const allow = this.allow;
    return allow != null ? allow.has(name) : trusted;
  }
}

/** Reads the key `baggage` of the root. Only at configure: allocates. */
export function readBaggageConfig(root: ConfigNode): BaggageConfig {
  const config = new BaggageConfig();
  const node = root.object("baggage");
  if (node == null) return config;
  node.refuseUnknown(["allow", "deny", "max_members", "max_bytes", "max_member_bytes"]);
  if (node.has("allow")) config.allow = new NameList(readNames(node, "allow"));
  if (node.has("deny")) config.deny = new NameList(readNames(node, "deny"));
  config.hasLists = node.has("allow") || node.has("deny");
  config.maxMembers = <i32>node.integer("max_members", 64, 1, MAX_MEMBERS);
  config.maxBytes = <i32>node.integer("max_bytes", 8192, 1, MAX_BYTES);
  config.maxMemberBytes = <i32>node.integer("max_member_bytes", 8192, 1, MAX_BYTES);
  return config;
}

function readNames(node: ConfigNode, key: string): string[] {
  const names: string[] = [];
  const nodes = node.array(key, 0, MAX_NAMES);
  for (let i = 0; i < nodes.length; i++) {
    const name = nodes[i].asString("", 1, MAX_LISTED_NAME);
    if (name.length == 0) continue;
    const text = new Utf8(name);
    if (!isToken(text.ptr, text.ptr + <usize>text.length)) {
      nodes[i].refuse("expected a name of letters, digits and !#$%&'*+-.^_`|~, or how names begin and a * behind");
    } else if (names.includes(name)) nodes[i].refuse(`"${name}" is an earlier name too`);
    names.push(name);
  }
  return names;
}
