import { packTar } from "modern-tar";

/** A file in an archive. */
export interface TarFile {
  /** Path within the archive, with `/` between folders. */
  name: string;
  bytes: Uint8Array;
}

const READABLE_BY_ALL = 0o644;

/**
 * An archive (POSIX ustar) of regular files in this order. Its bytes are a function of names and contents alone: no
 * time, owner, or mode of the machine that writes it.
 */
export async function tarOf(files: readonly TarFile[]): Promise<Uint8Array> {
  return packTar(files.map(({ name, bytes }) => ({ header: headerOf(name, bytes.length), body: bytes })));
}

function headerOf(name: string, size: number): { name: string; size: number; mode: number; mtime: Date } {
  return { name, size, mode: READABLE_BY_ALL, mtime: new Date(0) };
}
