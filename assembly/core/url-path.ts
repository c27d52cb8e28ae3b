/**
 * The normal form of a URL's path, in which paths are compared that most servers treat as one:
 *
 *   /a/./b, /a/c/../b, /a//b, /%61/b, /a\b   are   /a/b
 *
 * Escapes are undone except those of bytes that mean something in a path or may not stand in it: `%`, `/`, `\`, `?`, `#`,
 * controls and space; theirs get digits in upper case. Source: RFC 3986 sections 6.2.2 and 5.2.4, and beyond it, as
 * Envoy's `normalize_path` and `merge_slashes`, `\` for `/` and repeated slashes.
 */
import { ByteView } from "./bytes";
import { escapedByte } from "./percent-encoding";

/** False for a path that may not be in normal form; a cheap look that lets ordinary paths go. Allocates: nothing. */
export function isPlainPath(path: ByteView): bool {
  let previous: u8 = 0;
  for (let i = 0; i < path.length; i++) {
    const byte = path.at(i);
    if (byte == 0x25 /* % */ || byte == 0x5c /* \ */) return i > 0 && path.at(0) != 0x2f;
    if (previous == 0x2f && (byte == 0x2f || byte == 0x2e) /* . */) return path.at(0) != 0x2f;
    previous = byte;
  }
  return true;
}

/** The path being written. */
let start: usize = 0;
let out: usize = 0;
/** Where the segment begins that is being written, after its slash. */
let segment: usize = 0;

/**
 * Writes the normal form of `path`, which begins with `/`, at `to`; it is never longer than the path.
 * @returns number of bytes written. Allocates: nothing.
 */
export function normalizePath(path: ByteView, to: usize): i32 {
  const end = path.ptr + <usize>path.length;
  start = to;
  out = to;
  put(0x2f);
  segment = out;
  for (let from = path.ptr + 1; from < end;) {
    const byte = load<u8>(from);
    const escaped = byte == 0x25 ? escapedByte(from, end) : -1;
    from += escaped < 0 ? 1 : 3;
    if (escaped >= 0) putEscaped(<u8>escaped);
    else if (byte == 0x2f || byte == 0x5c) endSegment();
    else put(byte);
  }
  dropDots();
  return <i32>(out - to);
}

// @ts-ignore: decorator
@inline
function put(byte: u8): void {
  store<u8>(out++, byte);
}

/** Writes a byte that was escaped, as itself if it may stand in a path. */
function putEscaped(byte: u8): void {
  if (byte > 0x20 && byte != 0x7f && byte != 0x25 && byte != 0x2f && byte != 0x5c && byte != 0x3f && byte != 0x23) {
    return put(byte);
  }
  put(0x25);
  put(upperHex(byte >> 4));
  put(upperHex(byte & 15));
}

// @ts-ignore: decorator
@inline
function upperHex(digit: u8): u8 {
  return digit < 10 ? 0x30 + digit : 0x37 + digit;
}

/** A slash was read: writes it unless the segment before it is empty or goes. */
function endSegment(): void {
  if (dropDots() || out == segment) return;
  put(0x2f);
  segment = out;
}

/** Takes back a segment `.`, and with `..` the one before it too. */
function dropDots(): bool {
  const length = out - segment;
  if (length == 0 || length > 2 || load<u8>(segment) != 0x2e) return false;
  if (length == 2 && load<u8>(segment, 1) != 0x2e) return false;
  out = segment;
  if (length == 2 && out > start + 1) {
    out--;
    while (load<u8>(out - 1) != 0x2f) out--;
    segment = out;
  }
  return true;
}
