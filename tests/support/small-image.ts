import { digestOf } from "../../tools/oci/digest.js";
import { gzipOf } from "../../tools/oci/gzip.js";
import { blobOf, type Image } from "../../tools/oci/image.js";
import { imageOf } from "../../tools/oci/manifest.js";
import { OCI_CONFIG, OCI_TAR_GZIP } from "../../tools/oci/media-types.js";
import { tarOf } from "../../tools/oci/tar.js";

/** The least that begins as a module does, and as many bytes as are wanted. */
export function moduleBytes(size = 8): Uint8Array {
  const bytes = new Uint8Array(size).map((_, i) => (i * 7919) % 251);
  bytes.set([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  return bytes;
}

/** An image of a module, as Istio's agent takes it. */
export async function smallImage(module = moduleBytes()): Promise<Image> {
  const archive = await tarOf([{ name: "plugin.wasm", bytes: module }]);
  const rootfs = { type: "layers", diff_ids: [digestOf(archive)] };
  const config = Buffer.from(JSON.stringify({ architecture: "amd64", os: "linux", rootfs }));
  return imageOf(blobOf(OCI_CONFIG, config), [blobOf(OCI_TAR_GZIP, gzipOf(archive))]);
}
