import { ConfigNode } from "../../assembly/core/config-reader";
import { headerNameProblem } from "../../assembly/core/header-name";
import { readName } from "../../assembly/core/plain-name";
import { MAX_KEY } from "./policy";

// Ranges and defaults are those of schema.json.

const MAX_KEYS: i32 = 256;
/** Shorter keys can be guessed. */
const MIN_KEY: i32 = 16;
const MAX_SCHEME: i32 = 32;

/** A configuration, to be used only if it had no problem. */
@final
export class AuthConfig {
  header: string = "authorization";
  scheme: string = "Bearer";
  userHeader: string = "x-user";
  forwardKey: bool = false;
  /** Of who has a key, and at the same index the key. */
  readonly names: string[] = [];
  readonly keys: string[] = [];
}

/** Reads a configuration; every mistake in it is put into the node's problems. Only at configure: allocates. */
export function parseConfig(root: ConfigNode): AuthConfig {
  const config = new AuthConfig();
  root.refuseUnknown(["header", "scheme", "keys", "user_header", "forward_key"]);
  config.header = readHeader(root, "header", config.header);
  config.scheme = root.string("scheme", config.scheme, 0, MAX_SCHEME);
  refuseUnless(root, "scheme", isVisible(config.scheme), "visible characters of ASCII");
  config.userHeader = readHeader(root, "user_header", config.userHeader);
  config.forwardKey = root.bool("forward_key", false);
  if (config.userHeader == config.header) root.refuseAt("user_header", 'expected another header than "header"');
  if (root.required("keys") != null) readKeys(root, config);
  return config;
}

function readHeader(root: ConfigNode, key: string, otherwise: string): string {
  const name = root.string(key, otherwise);
  const problem = headerNameProblem(name, true);
  if (problem.length > 0) root.refuseAt(key, problem);
  return name;
}

function readKeys(root: ConfigNode, config: AuthConfig): void {
  const nodes = root.objects("keys", 1, MAX_KEYS);
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i];
    node.refuseUnknown(["name", "key"]);
    readName(node, config.names, "key");
    const key = node.requiredString("key", MIN_KEY, MAX_KEY);
    refuseUnless(node, "key", isVisible(key), "visible characters of ASCII");
    if (key.length > 0 && config.keys.includes(key)) node.refuseAt("key", "expected another key than those before");
    config.keys.push(key);
  }
}

/** Without spaces, which would end a key in a header. */
function isVisible(text: string): bool {
  for (let i = 0; i < text.length; i++) if (<u32>(text.charCodeAt(i) - 0x21) >= 94) return false;
  return true;
}

/** Never shows the value: it may be a secret. */
function refuseUnless(node: ConfigNode, key: string, isGood: bool, expected: string): void {
  if (!isGood) node.refuseAt(key, `expected ${expected}`);
}
