import { UserError } from "../errors.js";
import { blobPath } from "./digest.js";
import type { Blob, Descriptor, Image } from "./image.js";
import { filesAt, type NamedFiles } from "./layout-files.js";
import { MAX_MANIFEST } from "./limits.js";
import { dockerImageIn } from "./read-docker.js";
import { checkedBlob, chosenOf, imageFrom, isIndex, readIndex, readManifest } from "./read-manifest.js";

/**
 * Reads an image from disk: a folder or a tar archive in the form of an OCI image layout, or what `docker save` writes.
 * Of several images it is the one that gateways would take. Fails with a `UserError`.
 */
export function readLayout(path: string): Image {
  const image = imageIn(filesAt(path));
  if (image) return image;
  throw new UserError(`${path} holds neither index.json nor manifest.json, so it is no image`, 3);
}

/** The image that files hold; undefined when they are none. Fails with a `UserError` when it is broken. */
export function imageIn(files: NamedFiles): Image | undefined {
  const index = files("index.json", MAX_MANIFEST);
  if (index) return imageOfIndex(files, index);
  const listed = files("manifest.json", MAX_MANIFEST);
  return listed && dockerImageIn(files, listed);
}

function imageOfIndex(files: NamedFiles, index: Uint8Array): Image {
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

function blobIn(files: NamedFiles, descriptor: Descriptor, what: string): Blob {
  const name = blobPath(descriptor.digest);
  const bytes = files(name, descriptor.size);
  if (!bytes) throw new UserError(`${what} is missing: ${name}`, 3);
  return checkedBlob(descriptor, bytes, what);
}
