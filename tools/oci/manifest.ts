import { canonicalJson } from "./canonical-json.js";
import { digestOf } from "./digest.js";
import type { Blob, Descriptor, Image } from "./image.js";
import { OCI_MANIFEST } from "./media-types.js";

/** What a manifest may say besides what it holds. */
export interface ManifestOptions {
  /** Of the manifest; OCI's when absent. */
  mediaType?: string;
  /** What an artefact that is no image is. */
  artifactType?: string;
  /** The manifest that this one says something of: a registry lists this one among its referrers. */
  subject?: Descriptor;
}

/** An image of a configuration and layers, its manifest in canonical JSON: the same parts give the same digest. */
export function imageOf(
  config: Blob,
  layers: readonly Blob[],
  annotations: Readonly<Record<string, string>> = {},
  options: ManifestOptions = {},
): Image {
  const { mediaType = OCI_MANIFEST, artifactType, subject } = options;
  const manifest = canonicalJson({
    schemaVersion: 2,
    mediaType,
    artifactType,
    config: config.descriptor,
    layers: layers.map(({ descriptor }) => descriptor),
    subject,
    annotations: Object.keys(annotations).length > 0 ? annotations : undefined,
  });
  return { mediaType, manifest, digest: digestOf(manifest), config, layers, annotations };
}

/** What an index or a referrer's `subject` says of an image. */
export function descriptorOf(image: Image): Descriptor {
  return { mediaType: image.mediaType, digest: image.digest, size: image.manifest.length };
}
