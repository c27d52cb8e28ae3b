import { blobOf, type Image } from "../oci/image.js";
import { descriptorOf, imageOf } from "../oci/manifest.js";
import { CYCLONEDX, OCI_EMPTY } from "../oci/media-types.js";

/** A manifest that says of an image which bill of materials it has: registries list it among the image's referrers. */
export function sbomReferrer(sbom: string, image: Image, created: string): Image {
  const layer = blobOf(CYCLONEDX, new TextEncoder().encode(sbom), {
    "org.opencontainers.image.title": "sbom.cdx.json",
  });
  const config = blobOf(OCI_EMPTY, new TextEncoder().encode("{}"));
  const annotations = { "org.opencontainers.image.created": created };
  return imageOf(config, [layer], annotations, { artifactType: CYCLONEDX, subject: descriptorOf(image) });
}
