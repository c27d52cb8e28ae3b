import { readFileSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "fflate";
import { messageOf, UserError } from "../errors.js";
import type { Digest } from "./digest.js";
import { type Blob, blobOf, type Descriptor, type Image } from "./image.js";
import { MAX_ARCHIVE, MAX_MANIFEST, MAX_OTHER_BLOB } from "./limits.js";
import { DOCKER_CONFIG, DOCKER_MANIFEST, DOCKER_TAR_GZIP } from "./media-types.js";
import { gunzip, isGzip, readTar } from "./read-archive.js";
import { checkedBlob, chosenOf, imageFrom, isIndex, readIndex, readManifest } from "./read-manifest.js";

/** Gives a file of a layout by its name; undefined when there is none. Fails with a `UserError` over `limit` bytes. */
export type LayoutFiles = (name: string, limit: number) => Uint8Array | undefined;

/**
 * Reads an image from disk: a folder or a tar archive in the form of an OCI image layout, or what `docker save` writes.
 * Of several images it is the one that gateways would take. Fails with a `UserError`.
 */
export function readLayout(path: string): Image {
  return imageIn(filesAt(path), path);
}

/** The files of a folder or a tar archive, packed by gzip or not. Fails with a `UserError`. */
export function filesAt(path: string): LayoutFiles {
  if (statOf(path).isDirectory()) return (name, limit) => readUpTo(join(path, name), limit);
  return filesOf(readUpTo(path, MAX_ARCHIVE) ?? new Uint8Array(), path);
}

/** The files of an archive in memory. @param what the archive, in messages. */
export function filesOf(archive: Uint8Array, what: string): LayoutFiles {
  const files = readTar(isGzip(archive) ? gunzip(archive, what) : archive, what);
  const byName = new Map(files.map(({ name, bytes }) => [name, bytes]));
  return (name, limit) => {
    const bytes = byName.get(name);
    if (bytes && bytes.length > limit) throw new UserError(`${what}: ${name} has more than ${limit} bytes`, 3);
    return bytes;
  };
}

/** The image that files hold. @param what the files, in messages. */
export function imageIn(files: LayoutFiles, what: string): Image {
  const index = files("index.json", MAX_MANIFEST);
  if (index) return imageOfLayout(files, index);
  const docker = files("manifest.json", MAX_MANIFEST);
  if (docker) return imageOfDocker(files, docker);
  throw new UserError(`${what} holds neither index.json nor manifest.json, so it is no image`, 3);
}

function imageOfLayout(files: LayoutFiles, index: Uint8Array): Image {
  let chosen: Descriptor = chosenOf(readIndex(index));
  let manifest = blobIn(files, chosen, "the manifest").bytes;
  if (isIndex(chosen.mediaType)) {
    chosen = chosenOf(readIndex(manifest, chosen.mediaType));
    manifest = blobIn(files, chosen, "the manifest").bytes;
  }
  const said = readManifest(manifest, chosen.mediaType);
  const layers = said.layers.map((layer, i) => blobIn(files, layer, `layer ${i + 1}`));
  return imageFrom(manifest, said, blobIn(files, said.config, "the config"), layers);
}

function blobIn(files: LayoutFiles, descriptor: Descriptor, what: string): Blob {
  const bytes = files(blobName(descriptor.digest), descriptor.size);
  if (!bytes) throw new UserError(`${what} is missing: ${blobName(descriptor.digest)}`, 3);
  return checkedBlob(descriptor, bytes, what);
}

/** Where a layout keeps a blob. */
export function blobName(digest: Digest): string {
  return `blobs/${digest.replace(":", "/")}`;
}

/** Docker keeps no manifest: it makes one when it pushes, of layers that it packs. This is one such. */
function imageOfDocker(files: LayoutFiles, manifest: Uint8Array): Image {
  const [first] = dockerImages(manifest);
  const config = blobOf(DOCKER_CONFIG, dockerFile(files, first?.Config, MAX_OTHER_BLOB));
  if (!Array.isArray(first?.Layers)) throw new UserError("manifest.json names no layers", 3);
  const layers = first.Layers.map((name: unknown) => {
    const bytes = dockerFile(files, name, MAX_ARCHIVE);
    return blobOf(DOCKER_TAR_GZIP, isGzip(bytes) ? bytes : gzipSync(bytes, { mtime: 0 }));
  });
  const described = { config: config.descriptor, layers: layers.map(({ descriptor }) => descriptor) };
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: DOCKER_MANIFEST, ...described }));
  return imageFrom(bytes, readManifest(bytes), config, layers);
}

function dockerImages(manifest: Uint8Array): { Config?: unknown; Layers?: unknown }[] {
  let images: unknown;
  try {
    images = JSON.parse(Buffer.from(manifest).toString("utf8"));
  } catch (error) {
    throw new UserError(`manifest.json is no JSON: ${messageOf(error)}`, 3);
  }
  const isList = Array.isArray(images) && images.length > 0 && typeof images[0] === "object" && images[0] !== null;
  if (!isList) throw new UserError("manifest.json lists no images", 3);
  return images as object[];
}

function dockerFile(files: LayoutFiles, name: unknown, limit: number): Uint8Array {
  const isPlain = typeof name === "string" && !name.split("/").includes("..") && !name.startsWith("/");
  const bytes = isPlain ? files(name, limit) : undefined;
  if (!bytes) throw new UserError(`manifest.json names ${JSON.stringify(name)}, which is not there`, 3);
  return bytes;
}

function statOf(path: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    throw new UserError(messageOf(error), 3);
  }
}

function readUpTo(path: string, limit: number): Uint8Array | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return undefined;
  if (!found.isFile()) throw new UserError(`${path} is no file`, 3);
  if (found.size > limit) throw new UserError(`${path} has more than ${limit} bytes`, 3);
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UserError(messageOf(error), 3);
  }
}
