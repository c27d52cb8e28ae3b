import { gzipSync } from "fflate";
import { messageOf, UserError } from "../errors.js";
import { type Blob, blobOf, type Image } from "./image.js";
import type { NamedFiles } from "./layout-files.js";
import { MAX_ARCHIVE, MAX_LAYERS, MAX_OTHER_BLOB } from "./limits.js";
import { dockerImageOf } from "./manifest.js";
import { DOCKER_TAR_GZIP } from "./media-types.js";
import { isGzip } from "./read-archive.js";

/** One image of a `manifest.json`. */
interface Listed {
  Config?: unknown;
  Layers?: unknown;
}

/**
 * The first image of what `docker save` wrote. Docker keeps no manifest: it makes one when it pushes, of layers that it
 * packs then; this is one such, whose digest need not be the one that a registry gets.
 */
export function dockerImageIn(files: NamedFiles, manifest: Uint8Array): Image {
  const { Config, Layers } = firstOf(manifest);
  if (!Array.isArray(Layers) || Layers.length === 0) throw new UserError("manifest.json names no layers", 3);
  if (Layers.length > MAX_LAYERS) throw new UserError(`manifest.json names more than ${MAX_LAYERS} layers`, 3);
  const layers = Layers.map((name: unknown) => layerOf(fileOf(files, name, MAX_ARCHIVE)));
  return dockerImageOf(fileOf(files, Config, MAX_OTHER_BLOB), layers);
}

function layerOf(bytes: Uint8Array): Blob {
  return blobOf(DOCKER_TAR_GZIP, isGzip(bytes) ? bytes : gzipSync(bytes, { mtime: 0 }));
}

function firstOf(manifest: Uint8Array): Listed {
  let images: unknown;
  try {
    images = JSON.parse(Buffer.from(manifest).toString("utf8"));
  } catch (error) {
    throw new UserError(`manifest.json is no JSON: ${messageOf(error)}`, 3);
  }
  const first: unknown = Array.isArray(images) ? images[0] : undefined;
  if (typeof first !== "object" || first === null) throw new UserError("manifest.json lists no images", 3);
  return first;
}

function fileOf(files: NamedFiles, name: unknown, limit: number): Uint8Array {
  const isPlain = typeof name === "string" && !name.startsWith("/") && !name.split("/").includes("..");
  const bytes = isPlain ? files(name, limit) : undefined;
  if (!bytes) throw new UserError(`manifest.json names ${JSON.stringify(name)}, which is not there`, 3);
  return bytes;
}
