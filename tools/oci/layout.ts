import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { canonicalJson } from "./canonical-json.js";
import { blobPath, type Digest } from "./digest.js";
import type { Image } from "./image.js";
import { descriptorOf } from "./manifest.js";
import { OCI_INDEX } from "./media-types.js";
import { formatReference, parseReference } from "./reference.js";
import { type TarFile, tarOf } from "./tar.js";

const TAG = "org.opencontainers.image.ref.name";
/** By which containerd, and a Docker that keeps its images there, name an image that they load. */
const CONTAINERD_NAME = "io.containerd.image.name";

/**
 * The files of an OCI image layout that holds one image, in the order of their names.
 * @param tag of the image in the layout, such as 1.2.0; in an archive that Docker loads a whole name, such as shop/canary:1.2.0
 */
export function layoutFiles(image: Image, tag?: string): TarFile[] {
  const index = {
    schemaVersion: 2,
    mediaType: OCI_INDEX,
    manifests: [{ ...descriptorOf(image), annotations: tag === undefined ? undefined : namesOf(tag) }],
  };
  return inOrder([
    ...blobFiles(image),
    { name: "index.json", bytes: canonicalJson(index) },
    { name: "oci-layout", bytes: canonicalJson({ imageLayoutVersion: "1.0.0" }) },
  ]);
}

/** The same with what `docker load` reads where it knows no layouts. @param name with its tag, such as shop/canary:1.2.0 */
export function dockerFiles(image: Image, name: string): TarFile[] {
  const item = {
    Config: blobPath(image.config.descriptor.digest),
    RepoTags: [name],
    Layers: image.layers.map(({ descriptor }) => blobPath(descriptor.digest)),
  };
  return inOrder([...layoutFiles(image, name), { name: "manifest.json", bytes: canonicalJson([item]) }]);
}

/** Writes a layout: an archive of it, or a folder, which must not be there yet. What fails may leave a part behind. */
export async function writeLayout(files: readonly TarFile[], path: string, form: "folder" | "tar"): Promise<void> {
  if (form === "tar") return writeFile(path, await tarOf(files));
  await mkdir(path);
  for (const { name, bytes } of files) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), bytes);
  }
}

function namesOf(tag: string): Record<string, string> {
  const at = tag.lastIndexOf(":");
  if (at < 0) return { [TAG]: tag };
  return { [TAG]: tag.slice(at + 1), [CONTAINERD_NAME]: formatReference(parseReference(tag)) }; // it is looked up whole
}

/** Each blob once, though an image may name one twice. */
function blobFiles(image: Image): TarFile[] {
  const blobs = new Map<Digest, Uint8Array>([[image.digest, image.manifest]]);
  for (const { descriptor, bytes } of [image.config, ...image.layers]) blobs.set(descriptor.digest, bytes);
  return [...blobs].map(([digest, bytes]) => ({ name: blobPath(digest), bytes }));
}

function inOrder(files: TarFile[]): TarFile[] {
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}
