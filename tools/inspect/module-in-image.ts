import type { Image } from "../oci/image.js";
import { DOCKER_TAR_GZIP, OCI_TAR_GZIP } from "../oci/media-types.js";
import { istioModule } from "../oci/pull-rules/istio.js";
import { isRefusal } from "../oci/pull-rules/refusal.js";
import { readTarGzip } from "../oci/read-archive.js";
import { isWasm } from "../wasm/sections.js";

/** The module that gateways find in an image, or else one that they do not look for; undefined when there is none. */
export function moduleInImage(image: Image): Uint8Array | undefined {
  const found = istioModule(image);
  if (!isRefusal(found)) return found;
  return image.layers.flatMap(({ descriptor, bytes }) => modulesIn(descriptor.mediaType, bytes))[0];
}

/** Archives that are not safe hold none: that they are refused has been said. */
function modulesIn(mediaType: string, bytes: Uint8Array): Uint8Array[] {
  if (isWasm(bytes)) return [bytes];
  if (mediaType !== OCI_TAR_GZIP && mediaType !== DOCKER_TAR_GZIP) return [];
  try {
    return readTarGzip(bytes, "a layer").flatMap((file) => (isWasm(file.bytes) ? [file.bytes] : []));
  } catch {
    return [];
  }
}
