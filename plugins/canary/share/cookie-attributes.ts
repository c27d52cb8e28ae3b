import { ConfigNode } from "../../../assembly/core/config-reader";
import { readSeconds } from "../../../assembly/core/duration";
import { lowerCase } from "../../../assembly/core/lower-case";

/** Keys of a node that `readAttributes` reads. */
export const ATTRIBUTE_KEYS: string[] = ["max_age", "path", "domain", "same_site", "secure", "http_only"];

/** Of a path, and of a domain, in characters. */
const MAX_PATH: i32 = 256;
const MAX_DOMAIN: i32 = 253;
const SAME_SITE: string[] = ["strict", "lax", "none"];
/** As browsers show them. */
const SAME_SITE_WORDS: string[] = ["Strict", "Lax", "None"];

/**
 * Reads what follows the value in Set-Cookie (RFC 6265 section 4.1, SameSite of its successor), from the first `;` on. Unknown
 * keys are the caller's to refuse. Only at configure: allocates.
 * @param name of the cookie.
 */
export function readAttributes(node: ConfigNode, name: string): string {
  // Browsers cut what is more than 400 days.
  const maxAge = readSeconds(node, "max_age", 0, "1s", "400d");
  const path = node.string("path", "/", 1, MAX_PATH);
  if (!path.startsWith("/") || !isAttributeText(path)) {
    node.refuseAt("path", "expected a path that begins with /, of printable ASCII without ;");
  }
  const domain = node.string("domain", "", 1, MAX_DOMAIN);
  if (!isHost(domain)) node.refuseAt("domain", "expected a host name of a-z, 0-9, . and -, such as example.com");
  const sameSite = SAME_SITE.indexOf(node.oneOf("same_site", SAME_SITE, "lax"));
  const secure = node.bool("secure", true);
  if (!secure && sameSite == 2)
    node.refuseAt("secure", "expected true, without which browsers drop a cookie of same_site none");
  refuseUnlessPrefixKept(node, name, secure, path, domain);
  let text = maxAge > 0 ? `; Max-Age=${maxAge}` : "";
  text += `; Path=${path}`;
  if (domain.length > 0) text += `; Domain=${domain}`;
  text += `; SameSite=${SAME_SITE_WORDS[sameSite]}`;
  if (secure) text += "; Secure";
  return node.bool("http_only", true) ? text + "; HttpOnly" : text;
}

/** Browsers drop cookies whose names promise what their attributes do not keep. */
function refuseUnlessPrefixKept(node: ConfigNode, name: string, secure: bool, path: string, domain: string): void {
  const isHostOnly = lowerCase(name).startsWith("__host-");
  if (!secure && (isHostOnly || lowerCase(name).startsWith("__secure-"))) {
    node.refuseAt("secure", "expected true, as the cookie's name promises");
  }
  if (isHostOnly && domain.length > 0) node.refuseAt("domain", "expected no domain, as the cookie's name promises");
  if (isHostOnly && path != "/") node.refuseAt("path", "expected /, as the cookie's name promises");
}

function isAttributeText(text: string): bool {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code > 0x7e || code == 0x3b /* ; */) return false;
  }
  return true;
}

/** Whether each part between dots begins and ends with a letter or digit; none is fine. */
function isHost(text: string): bool {
  let before: u32 = 0x2e;
  for (let i = 0; i < text.length; i++) {
    const code = <u32>text.charCodeAt(i);
    const plain = code - 0x61 < 26 || code - 0x30 < 10;
    if (code == 0x2e /* . */ ? before == 0x2e || before == 0x2d : !plain && (code != 0x2d || before == 0x2e))
      return false;
    before = code;
  }
  return text.length == 0 || (before != 0x2e && before != 0x2d); /* - */
}
