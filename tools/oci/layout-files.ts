import { readFileSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";
import { messageOf, UserError } from "../errors.js";
import { MAX_ARCHIVE } from "./limits.js";
import { type ArchivedFile, gunzip, isGzip, readTar } from "./read-archive.js";

/** Gives a file by its name, undefined when there is none. Fails with a `UserError` when it has more than `limit` bytes. */
export type NamedFiles = (name: string, limit: number) => Uint8Array | undefined;

/** The files of a folder, or of a tar archive, which gzip may have packed. Fails with a `UserError`. */
export function filesAt(path: string): NamedFiles {
  if (isFolder(path)) return (name, limit) => readUpTo(join(path, name), limit);
  return filesAmong(archivedFiles(readFile(path), path), path);
}

/** Whether a path leads to a folder. Fails with a `UserError` when it leads nowhere. */
export function isFolder(path: string): boolean {
  return statOf(path).isDirectory();
}

/** A whole file, which may be as large as the largest archive. Fails with a `UserError`. */
export function readFile(path: string): Uint8Array {
  statOf(path);
  return readUpTo(path, MAX_ARCHIVE) ?? new Uint8Array();
}

/** The files of an archive in memory. @param what the archive, in messages. Fails with a `UserError`. */
export function archivedFiles(archive: Uint8Array, what: string): ArchivedFile[] {
  return readTar(isGzip(archive) ? gunzip(archive, what) : archive, what);
}

/** Files in memory by their names. @param what they belong to, in messages. */
export function filesAmong(files: readonly ArchivedFile[], what: string): NamedFiles {
  const byName = new Map(files.map(({ name, bytes }) => [name, bytes]));
  return (name, limit) => {
    const bytes = byName.get(name);
    if (bytes && bytes.length > limit) throw tooLarge(`${what}: ${name}`, limit);
    return bytes;
  };
}

function statOf(path: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    throw new UserError(messageOf(error), 3);
  }
}

function readUpTo(path: string, limit: number): Uint8Array | undefined {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found) return undefined;
    if (!found.isFile()) throw new UserError(`${path} is no file`, 3);
    if (found.size > limit) throw tooLarge(path, limit);
    return readFileSync(path);
  } catch (error) {
    throw error instanceof UserError ? error : new UserError(messageOf(error), 3);
  }
}

function tooLarge(what: string, limit: number): UserError {
  return new UserError(`${what} has more than ${limit} bytes`, 3);
}
