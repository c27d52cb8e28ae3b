import { gunzipSync } from "node:zlib";
import { messageOf, UserError } from "../errors.js";
import { FREELY_UNPACKED, MAX_ARCHIVE, MAX_ENTRIES, MAX_RATIO } from "./limits.js";
import { tarEntries, type TarEntry } from "./read-tar.js";

/** Whether bytes begin as gzip does. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Whether bytes are a tar archive, but for the oldest form, which says so nowhere. */
export function isTar(bytes: Uint8Array): boolean {
  return bytes.length > 512 && Buffer.from(bytes.subarray(257, 262)).toString("latin1") === "ustar";
}

/**
 * Unpacks gzip, of one member or several. Fails with a `UserError` where it is broken or cut off, where something is
 * after it, and before it takes more memory than its size makes likely. @param what the archive, in messages.
 */
export function gunzip(bytes: Uint8Array, what: string): Uint8Array {
  const limit = Math.min(MAX_ARCHIVE, Math.max(FREELY_UNPACKED, bytes.length * MAX_RATIO));
  const unpacked = gunzipUpTo(bytes, limit, what);
  // Zeros after the last member are read by nobody, and hide what they are not.
  if (unpacked.engine.bytesWritten !== bytes.length) throw new UserError(`${what} has bytes after its end`, 3);
  return unpacked.buffer;
}

/** What `info` makes of a result, which the types of Node do not know. */
interface WithInfo {
  buffer: Uint8Array;
  engine: { bytesWritten: number };
}

function gunzipUpTo(bytes: Uint8Array, limit: number, what: string): WithInfo {
  if (!isGzip(bytes)) throw new UserError(`${what} is not gzip`, 3);
  try {
    return gunzipSync(bytes, { maxOutputLength: limit, info: true }) as unknown as WithInfo;
  } catch (error) {
    const isBomb = (error as { code?: unknown }).code === "ERR_BUFFER_TOO_LARGE";
    const why = isBomb ? `unpacks to more than ${limit} bytes` : `cannot be unpacked: ${messageOf(error)}`;
    throw new UserError(`${what} ${why}`, 3);
  }
}

/** A file out of an archive, by a name that leads nowhere else. */
export interface ArchivedFile {
  name: string;
  bytes: Uint8Array;
  /** Where it ends in the archive, in bytes. */
  end: number;
}

/**
 * The files of a tar archive. Fails with a `UserError` unless all of it are files and folders with relative names, each
 * once, and nothing is after its end: nobody needs more, and programs read the rest in different ways.
 * @param what the archive, in messages.
 */
export function readTar(archive: Uint8Array, what: string): ArchivedFile[] {
  const files = new Map<string, ArchivedFile>();
  const names = new Set<string>();
  const entries = tarEntries(archive, what);
  for (let next = entries.next(); ; next = entries.next()) {
    if (next.done) {
      checkEnd(archive, next.value, what);
      return [...files.values()];
    }
    const name = checkedName(next.value, what);
    const file = { name, bytes: next.value.content, end: next.value.end };
    if (names.has(name)) throw new UserError(`${what} has two entries that are called ${name}`, 3);
    names.add(name);
    if (names.size > MAX_ENTRIES) throw new UserError(`${what} has more than ${MAX_ENTRIES} entries`, 3);
    if (next.value.kind === "file") files.set(name, file);
  }
}

/** The files of a tar archive that is packed by gzip. */
export function readTarGzip(bytes: Uint8Array, what: string): ArchivedFile[] {
  return readTar(gunzip(bytes, what), what);
}

/** The name without dots and slashes that change nothing. */
function checkedName({ name, kind }: TarEntry, what: string): string {
  if (name === undefined) throw new UserError(`${what} has an entry whose name is not UTF-8`, 3);
  const quoted = JSON.stringify(name);
  if (kind !== "file" && kind !== "folder") {
    throw new UserError(
      `${what} has ${kind === "unknown entry" ? "an" : "a"} ${kind} (${quoted}) where there may be files only`,
      3,
    );
  }
  const parts = name.split("/");
  if (/^[/\\]|^[A-Za-z]:|\\/.test(name) || parts.includes("..")) {
    throw new UserError(`${what} has an entry (${quoted}) that leads out of its folder`, 3);
  }
  const plain = parts.filter((part) => part !== "" && part !== ".").join("/");
  if (plain === "" && kind === "file") throw new UserError(`${what} has a file without a name`, 3);
  return plain;
}

function checkEnd(archive: Uint8Array, end: number, what: string): void {
  if (!archive.subarray(end).every((byte) => byte === 0)) throw new UserError(`${what} has bytes after its end`, 3);
}
