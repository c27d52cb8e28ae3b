import { ByteView, Utf8 } from "../../../assembly/core/bytes";

/** What error pages, log-in pages and APIs answer with; each of their lines would be taken for an id. */
const OTHER_TYPES: Utf8[] = [
  new Utf8("text/html"),
  new Utf8("application/xhtml"),
  new Utf8("application/json"),
  new Utf8("application/problem"),
  new Utf8("application/xml"),
  new Utf8("text/xml"),
];
const IDENTITY: Utf8 = new Utf8("identity");

/**
 * Whether a body of this `content-type` and `content-encoding` can be a list: of no type that is known for something
 * else, and not compressed. Of no bytes: the header is not there. Allocates: nothing.
 */
export function canBeList(type: ByteView, encoding: ByteView): bool {
  if (encoding.length > 0 && !(encoding.length == IDENTITY.length && beginsWith(encoding, IDENTITY))) return false;
  for (let i = 0; i < OTHER_TYPES.length; i++) if (beginsWith(type, OTHER_TYPES[i])) return false;
  return true;
}

/** Capitals do not count. */
function beginsWith(value: ByteView, prefix: ByteView): bool {
  if (value.length < prefix.length) return false;
  for (let i = 0; i < prefix.length; i++) {
    const byte = value.at(i);
    const lower = byte - 0x41 < 26 ? byte | 0x20 : byte;
    if (lower != prefix.at(i)) return false;
  }
  return true;
}
