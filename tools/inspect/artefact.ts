import { UserError } from "../errors.js";
import type { Image } from "../oci/image.js";
import { archivedFiles, filesAmong, filesAt, isFolder, readFile } from "../oci/layout-files.js";
import { type ArchivedFile, gunzip, isGzip, isTar } from "../oci/read-archive.js";
import { imageIn } from "../oci/read-layout.js";
import { isWasm } from "../wasm/sections.js";

/** What was given, as far as it can be told. */
export type Artefact =
  | { kind: "file"; bytes: Uint8Array }
  /** A module that gzip has packed. */
  | { kind: "packed module"; bytes: Uint8Array; packed: Uint8Array }
  | { kind: "archive"; files: ArchivedFile[]; packed: Uint8Array }
  | { kind: "image layout" | "Docker archive" | "image in a registry"; image: Image };

/** Reads a file or a folder. Fails with a `UserError` when it cannot be read, or is an archive or an image that is broken. */
export function artefactAt(path: string): Artefact {
  return isFolder(path) ? ofFolder(path) : ofFile(readFile(path), path);
}

function ofFolder(path: string): Artefact {
  const image = imageIn(filesAt(path));
  if (image) return { kind: "image layout", image };
  throw new UserError(`${path} is a folder without index.json, so it is no image layout`, 3);
}

/** @param what the file, in messages. */
export function ofFile(bytes: Uint8Array, what: string): Artefact {
  if (isWasm(bytes) || (!isGzip(bytes) && !isTar(bytes))) return { kind: "file", bytes };
  const unpacked = isGzip(bytes) ? gunzip(bytes, what) : bytes;
  if (isWasm(unpacked)) return { kind: "packed module", bytes: unpacked, packed: bytes };
  const files = archivedFiles(unpacked, what);
  const named = filesAmong(files, what);
  const image = imageIn(named);
  if (!image) return { kind: "archive", files, packed: bytes };
  return { kind: files.some(({ name }) => name === "index.json") ? "image layout" : "Docker archive", image };
}
