import { Utf8 } from "../../../assembly/core/bytes";
import { ConfigNode } from "../../../assembly/core/config-reader";
import { readDuration } from "../../../assembly/core/duration";
import { MAX_IDS } from "../../../assembly/core/id-set";
import { JsonKind } from "../../../assembly/core/json";
import { sipHash13 } from "../../../assembly/core/siphash";

// Ranges and defaults are those of schema.json; a test compares the two.

const MAX_TEXT: i32 = 256;
const MAX_PATH: i32 = 1024;
/** A million UUIDs have 35 MiB. */
const MAX_BYTES: i64 = 64 * 1024 * 1024;
const DEFAULT_BYTES: i64 = 32 * 1024 * 1024;
const NS_PER_MS: i64 = 1_000_000;

/** Where a list is fetched, and how often. */
@final
export class FetchConfig {
  cluster: string = "";
  authority: string = "";
  path: string = "";
  refreshMs: u64 = 300_000;
  timeoutMs: u32 = 5_000;
  maxBytes: i32 = <i32>DEFAULT_BYTES;
  /** Different ids, ranges not counted. */
  maxIds: i32 = MAX_IDS;

  /** Differs between configurations that one text cannot serve. Allocates. */
  get tag(): u64 {
    const all = new Utf8(`${this.cluster}\n${this.authority}\n${this.path}\n${this.maxBytes}\n${this.maxIds}`);
    return sipHash13(all.ptr, all.length, 0, 0);
  }
}

/** Reads the object `fetch` of a list. Only at configure: allocates. */
export function readFetch(node: ConfigNode): FetchConfig {
  const config = new FetchConfig();
  node.refuseUnknown(["cluster", "authority", "path", "refresh", "timeout", "max_bytes", "max_ids"]);
  config.cluster = readVisible(node, "cluster", MAX_TEXT);
  config.authority = readVisible(node, "authority", MAX_TEXT);
  config.path = readVisible(node, "path", MAX_PATH);
  if (config.path.length > 0 && !config.path.startsWith("/"))
    node.refuseAt("path", 'expected a path that begins with "/"');
  config.refreshMs = <u64>(readDuration(node, "refresh", 300_000 * NS_PER_MS, "10s", "24h") / NS_PER_MS);
  config.timeoutMs = <u32>(readDuration(node, "timeout", 5_000 * NS_PER_MS, "100ms", "60s") / NS_PER_MS);
  config.maxBytes = <i32>node.integer("max_bytes", DEFAULT_BYTES, 1, MAX_BYTES);
  config.maxIds = <i32>node.integer("max_ids", MAX_IDS, 1, MAX_IDS);
  return config;
}

/** Characters that can stand in a request line. */
function readVisible(node: ConfigNode, key: string, most: i32): string {
  const text = node.requiredString(key, 1, most);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x20 && code < 0x7f) continue;
    node.refuseAt(key, "expected visible ASCII characters only, no spaces");
    return "";
  }
  return text;
}
