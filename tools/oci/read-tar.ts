import { UserError } from "../errors.js";

// A tar archive is blocks of 512 bytes: for each entry a header and its content, padded; then two blocks of zeros.
// Entries of types x, g, L and K only say something of the entry after them. Sources: POSIX.1-1988 (ustar),
// POSIX.1-2001 (pax), the manual of GNU tar; what is an error is so as well to archive/tar of Go, which Istio reads by.

const BLOCK = 512;

/** What an entry of an archive is. */
export type TarKind = "file" | "folder" | "symbolic link" | "hard link" | "device" | "pipe" | "sparse file" | "unknown";

/** One entry of an archive as it stands there, whatever it is called. */
export interface TarEntry {
  /** Undefined when it is not UTF-8. */
  name: string | undefined;
  kind: TarKind;
  /** A view into the archive. */
  content: Uint8Array;
  /** Where it ends in the archive, in bytes. */
  end: number;
}

const KINDS: Readonly<Record<string, TarKind>> = {
  "0": "file",
  "\0": "file",
  "7": "file",
  "1": "hard link",
  "2": "symbolic link",
  "3": "device",
  "4": "device",
  "5": "folder",
  "6": "pipe",
  S: "sparse file",
};

/** What entries of types x, g and L say of the entry after them. */
interface Told {
  name?: string | undefined;
  size?: number;
  isSparse?: boolean;
  isNameBad?: boolean;
}

/**
 * The entries of an archive, one after the other; ends at the end of the archive, whatever is after it.
 * Fails with a `UserError` where it is broken. @param what the archive, in messages.
 * @returns where the archive ended, in bytes.
 */
export function* tarEntries(archive: Uint8Array, what: string): Generator<TarEntry, number> {
  let told: Told = {};
  let position = 0;
  while (position < archive.length) {
    const header = blockAt(archive, position, what);
    if (isZero(header)) return endOf(archive, position, what);
    checkSum(header, what);
    const type = String.fromCharCode(header[156]!);
    // Of what has no content the size means nothing.
    const size = /[1-6]/.test(type) ? 0 : (told.size ?? numberAt(header, 124, 12, what));
    const content = contentAt(archive, position + BLOCK, size, what);
    const end = position + BLOCK + size;
    position += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    if (/[xgLK]/.test(type)) told = { ...told, ...tellsOf(type, content, what) };
    else {
      yield { ...entryOf(header, type, told), content, end };
      told = {};
    }
  }
  return position;
}

function entryOf(header: Uint8Array, type: string, told: Told): Pick<TarEntry, "name" | "kind"> {
  const name = told.isNameBad ? undefined : (told.name ?? nameIn(header));
  const kind = told.isSparse ? "sparse file" : (KINDS[type] ?? "unknown");
  return { name, kind: kind === "file" && name?.endsWith("/") ? "folder" : kind };
}

function nameIn(header: Uint8Array): string | undefined {
  const name = textAt(header, 0, 100);
  const isUstar = textAt(header, 257, 6) === "ustar";
  const prefix = isUstar ? textAt(header, 345, 155) : "";
  return prefix === undefined || name === undefined ? undefined : prefix === "" ? name : `${prefix}/${name}`;
}

function tellsOf(type: string, content: Uint8Array, what: string): Told {
  if (type === "K") return {}; // where a link leads
  if (type === "x" || type === "g") return paxTells(content, what);
  const name = utf8(untilNul(content));
  return name === undefined ? { isNameBad: true } : { name };
}

/** Records of the form `LENGTH KEY=VALUE\n`; the length counts all of the record. */
function paxTells(content: Uint8Array, what: string): Told {
  const told: Told = {};
  for (let start = 0; start < content.length;) {
    const space = content.indexOf(0x20, start);
    const digits = space < 0 ? "" : Buffer.from(content.subarray(start, space)).toString("latin1");
    const end = start + Number(digits);
    const isWhole = /^[1-9]\d{0,9}$/.test(digits) && end <= content.length && content[end - 1] === 0x0a;
    const equals = content.indexOf(0x3d, space);
    if (!isWhole || equals < 0 || equals >= end) throw broken(what, "has a pax record that cannot be read");
    const key = Buffer.from(content.subarray(space + 1, equals)).toString("latin1");
    takeRecord(told, key, utf8(content.subarray(equals + 1, end - 1)), what);
    start = end;
  }
  return told;
}

function takeRecord(told: Told, key: string, value: string | undefined, what: string): void {
  if (key.startsWith("GNU.sparse.")) told.isSparse = true;
  if (key === "path") {
    if (value === undefined || value.includes("\0")) told.isNameBad = true;
    else told.name = value === "" ? undefined : value;
  }
  if (key !== "size") return;
  if (!/^\d{1,15}$/.test(value ?? "")) throw broken(what, "has an entry of a size that cannot be read");
  told.size = Number(value);
}

function endOf(archive: Uint8Array, position: number, what: string): number {
  const next = archive.subarray(position + BLOCK, position + 2 * BLOCK);
  if (!isZero(next)) throw broken(what, "has one block of zeros in its midst");
  return Math.min(archive.length, position + 2 * BLOCK);
}

function blockAt(archive: Uint8Array, position: number, what: string): Uint8Array {
  const block = archive.subarray(position, position + BLOCK);
  if (block.length < BLOCK) throw broken(what, "ends in the midst of a header");
  return block;
}

function contentAt(archive: Uint8Array, start: number, size: number, what: string): Uint8Array {
  if (start + size > archive.length) throw broken(what, "ends in the midst of an entry");
  return archive.subarray(start, start + size);
}

/** The sum counts bytes, the eight of the sum itself as spaces; old programs counted them with a sign. */
function checkSum(header: Uint8Array, what: string): void {
  const said = numberAt(header, 148, 8, what);
  const bytes = header.map((byte, i) => (i >= 148 && i < 156 ? 0x20 : byte));
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

function untilNul(bytes: Uint8Array): Uint8Array {
  const end = bytes.indexOf(0);
  return end < 0 ? bytes : bytes.subarray(0, end);
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

function broken(what: string, how: string): UserError {
  return new UserError(`${what} is no tar archive that can be read: it ${how}`, 3);
}
