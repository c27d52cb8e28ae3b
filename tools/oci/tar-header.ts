import { UserError } from "../errors.js";

// Fields of a tar header, which is 512 bytes: name 0-99, size 124-135, checksum 148-155, type 156, magic 257-262, prefix
// 345-499. Sources: POSIX.1-1988 (ustar), the manual of GNU tar.

const CHECKSUM = { at: 148, length: 8 };
const MAGIC = "ustar";

/** The letter for what an entry is; NUL and `0` are files. */
export function typeOf(header: Uint8Array): string {
  return String.fromCharCode(header[156]!);
}

/** Of the content, in bytes. */
export function sizeOf(header: Uint8Array, what: string): number {
  return numberAt(header, 124, 12, what);
}

/** The name with its prefix; undefined when it is not UTF-8. */
export function nameOf(header: Uint8Array): string | undefined {
  const name = textAt(header, 0, 100);
  const prefix = textAt(header, 257, 6) === MAGIC ? textAt(header, 345, 155) : "";
  return prefix === undefined || name === undefined ? undefined : prefix === "" ? name : `${prefix}/${name}`;
}

/** The sum counts bytes, its own eight as spaces; old programs counted bytes with a sign. Fails with a `UserError`. */
export function checkSum(header: Uint8Array, what: string): void {
  const said = numberAt(header, CHECKSUM.at, CHECKSUM.length, what);
  const bytes = Uint8Array.from(header).fill(0x20, CHECKSUM.at, CHECKSUM.at + CHECKSUM.length);
  const unsigned = bytes.reduce((sum, byte) => sum + byte, 0);
  const signed = bytes.reduce((sum, byte) => sum + (byte > 127 ? byte - 256 : byte), 0);
  if (said !== unsigned && said !== signed) throw broken(what, "has a header whose checksum is wrong");
}

/** An octal number in text, or, when the first bit is set, one of 8 bits a byte. */
function numberAt(header: Uint8Array, start: number, length: number, what: string): number {
  const field = header.subarray(start, start + length);
  if (field[0]! & 0x80) {
    const value = field.reduce((sum, byte, i) => sum * 256 + (i === 0 ? byte & 0x7f : byte), 0);
    if (Number.isSafeInteger(value)) return value;
    throw broken(what, "has a number that is too large");
  }
  const digits = Buffer.from(untilNul(field)).toString("latin1").trim();
  if (!/^[0-7]*$/.test(digits)) throw broken(what, "has a header that is none");
  return digits === "" ? 0 : Number.parseInt(digits, 8);
}

function textAt(header: Uint8Array, start: number, length: number): string | undefined {
  return utf8(untilNul(header.subarray(start, start + length)));
}

/** Bytes up to the first NUL. */
export function untilNul(bytes: Uint8Array): Uint8Array {
  const end = bytes.indexOf(0);
  return end < 0 ? bytes : bytes.subarray(0, end);
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Undefined when bytes are no UTF-8. */
export function utf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** The failure of an archive that cannot be read. @param how goes on after "it". */
export function broken(what: string, how: string): UserError {
  return new UserError(`${what} is no tar archive that can be read: it ${how}`, 3);
}
