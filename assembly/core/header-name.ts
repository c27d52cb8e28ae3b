/**
 * Which header names and values a configuration may hold. Envoy does not check what a plugin writes: a line break in a
 * value becomes a second header on the wire, so it is refused here. The functions answer "" or what is wrong.
 */

import { Utf8 } from "./bytes";

/** The longest header name that a configuration may hold, in characters. */
export const MAX_HEADER_NAME: i32 = 128;
/** The longest header value that a configuration may hold, in UTF-8 bytes. */
export const MAX_HEADER_VALUE: i32 = 1024;

/** Headers that frame or address the message; a plugin that writes them breaks it. */
const FRAMING: string[] = [
  "host",
  "content-length",
  "transfer-encoding",
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "upgrade",
];

/**
 * @param name a header name from a configuration: a token of RFC 9110 section 5.6.2, in lower case as Envoy keeps names.
 * @param writable also refuse the names that a plugin must not write (`host`, `content-length`, ...).
 */
export function headerNameProblem(name: string, writable: bool = false): string {
  if (name.length == 0) return "expected a header name, not an empty text";
  if (name.length > MAX_HEADER_NAME) return `expected a header name of at most ${MAX_HEADER_NAME} characters`;
  if (name.charCodeAt(0) == 0x3a)
    return "expected an ordinary header name; pseudo-headers such as :path are not allowed";
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    if (code >= 0x41 && code <= 0x5a) return "expected a header name in lower case";
    if (!isTokenCharacter(code)) return "expected a header name of letters, digits and !#$%&'*+-.^_`|~ only";
  }
  if (writable && FRAMING.includes(name))
    return "expected a header that a plugin may write; this one frames the message";
  return "";
}

/** @param value a header value that a configuration writes or compares with. */
export function headerValueProblem(value: string): string {
  const bytes = new Utf8(value);
  return headerBytesProblem(bytes.ptr, bytes.length);
}

/** As `headerValueProblem`, for a value of `length` UTF-8 bytes at `ptr`. */
export function headerBytesProblem(ptr: usize, length: i32): string {
  if (length > MAX_HEADER_VALUE) return `expected a header value of at most ${MAX_HEADER_VALUE} bytes`;
  for (let i = 0; i < length; i++) {
    const byte = load<u8>(ptr + <usize>i);
    if ((byte < 0x20 && byte != 0x09) || byte == 0x7f) {
      return "expected a header value without control characters such as CR, LF and NUL";
    }
    if ((byte == 0x20 || byte == 0x09) && (i == 0 || i == length - 1)) {
      return "expected a header value without white space around it, which never arrives";
    }
  }
  return "";
}

function isTokenCharacter(code: i32): bool {
  if (<u32>(code - 0x30) < 10 || <u32>(code - 0x61) < 26) return true;
  return "!#$%&'*+-.^_`|~".indexOf(String.fromCharCode(code)) >= 0;
}
