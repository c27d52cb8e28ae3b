import { canonicalJson } from "./canonical-json.js";
import { digestOf } from "./digest.js";
import { type Blob, blobOf, type Descriptor, type Image } from "./image.js";
import { DOCKER_CONFIG, DOCKER_MANIFEST, OCI_MANIFEST } from "./media-types.js";

/** What a manifest may say besides what it holds. */
export interface ManifestOptions {
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
  const { artifactType, subject } = options;
  const manifest = canonicalJson({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    artifactType,
    config: config.descriptor,
    layers: layers.map(({ descriptor }) => descriptor),
    subject,
    annotations: Object.keys(annotations).length > 0 ? annotations : undefined,
  });
  return { mediaType: OCI_MANIFEST, manifest, digest: digestOf(manifest), config, layers, annotations };
}

/**
 * An image in Docker's media types, whose manifest has no annotations. An archive for `docker load` has no manifest, so who
 * pushes one makes it: this is the one that go-containerregistry (crane, ko) makes, byte for byte.
 */
export function dockerImageOf(configuration: Uint8Array, layers: readonly Blob[]): Image {
  const config = blobOf(DOCKER_CONFIG, configuration);
  const [configDescriptor, ...layerDescriptors] = [config, ...layers].map(
    ({ descriptor: { mediaType, size, digest } }) => ({ mediaType, size, digest }),
  );
  const said = { schemaVersion: 2, mediaType: DOCKER_MANIFEST, config: configDescriptor, layers: layerDescriptors };
  const manifest = new TextEncoder().encode(JSON.stringify(said));
  return { mediaType: DOCKER_MANIFEST, manifest, digest: digestOf(manifest), config, layers, annotations: {} };
}

/** What an index or a referrer's `subject` says of an image. */
export function descriptorOf(image: Image): Descriptor {
  return { mediaType: image.mediaType, digest: image.digest, size: image.manifest.length };
}
