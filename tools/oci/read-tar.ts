import { broken, checkSum, nameOf, sizeOf, typeOf } from "./tar-header.js";
import { isTelling, type Told, toldBy } from "./tar-told.js";

// A tar archive is blocks of 512 bytes: for each entry a header and its content, padded; then two blocks of zeros.
// What is an error here is one as well to archive/tar of Go, by which Istio's agent reads.

const BLOCK = 512;

/** What an entry of an archive is. */
export type TarKind =
  "file" | "folder" | "symbolic link" | "hard link" | "device" | "pipe" | "sparse file" | "unknown entry";

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
/** Of these the size means nothing. */
const WITHOUT_CONTENT = /[1-6]/;

/**
 * The entries of an archive, one after the other; ends at the end of the archive, whatever is after it.
 * Fails with a `UserError` where it is broken. @param what the archive, in messages.
 * @returns where the archive ended, in bytes.
 */
export function* tarEntries(archive: Uint8Array, what: string): Generator<TarEntry, number> {
  let told: Told = {};
  let position = 0;
  while (position < archive.length) {
    const header = headerAt(archive, position, what);
    if (isZero(header)) return endOf(archive, position, what);
    checkSum(header, what);
    const type = typeOf(header);
    const size = contentSize(header, type, told, what);
    const end = position + BLOCK + size;
    if (end > archive.length) throw broken(what, "ends in the midst of an entry");
    const content = archive.subarray(position + BLOCK, end);
    position += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    if (isTelling(type)) told = { ...told, ...toldBy(type, content, what) };
    else {
      yield { ...entryOf(header, type, told), content, end };
      told = {};
    }
  }
  return position;
}

function contentSize(header: Uint8Array, type: string, told: Told, what: string): number {
  if (WITHOUT_CONTENT.test(type)) return 0;
  return (isTelling(type) ? undefined : told.size) ?? sizeOf(header, what);
}

function entryOf(header: Uint8Array, type: string, told: Told): Pick<TarEntry, "name" | "kind"> {
  const name = told.isNameBad ? undefined : (told.name ?? nameOf(header));
  const kind = told.isSparse ? "sparse file" : (KINDS[type] ?? "unknown entry");
  return { name, kind: kind === "file" && name?.endsWith("/") ? "folder" : kind };
}

function headerAt(archive: Uint8Array, position: number, what: string): Uint8Array {
  const block = archive.subarray(position, position + BLOCK);
  if (block.length < BLOCK) throw broken(what, "ends in the midst of a header");
  return block;
}

function endOf(archive: Uint8Array, position: number, what: string): number {
  const next = archive.subarray(position + BLOCK, position + 2 * BLOCK);
  if (!isZero(next)) throw broken(what, "has one block of zeros in its midst");
  return Math.min(archive.length, position + 2 * BLOCK);
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}
