import { canonicalJson } from "../oci/canonical-json.js";
import { type Digest, digestOf } from "../oci/digest.js";
import { gzipOf } from "../oci/gzip.js";
import { type Blob, blobOf, type Image } from "../oci/image.js";
import { imageOf } from "../oci/manifest.js";
import * as types from "../oci/media-types.js";
import { tarOf } from "../oci/tar.js";
import type { PackageContents } from "./contents.js";
import { documentFiles, MODULE_NAME } from "./files.js";

const FILE_NAME = "org.opencontainers.image.title";

/**
 * The image that all gateways can pull: documents first, the module in an archive last, since Istio and Envoy Gateway
 * look at the last layer alone, and Higress by media types.
 */
export async function ociImage(contents: PackageContents): Promise<Image> {
  const documents = documentFiles(contents);
  const archive = await moduleArchive(contents);
  const layers = [
    ...documents.map(({ name, mediaType, bytes }) => blobOf(mediaType, bytes, { [FILE_NAME]: name })),
    blobOf(types.OCI_TAR_GZIP, gzipOf(archive), { [FILE_NAME]: "plugin.tar.gz" }),
  ];
  const unpacked = [...documents.map(({ bytes }) => bytes), archive];
  return imageOf(configOf(contents, types.OCI_CONFIG, unpacked.map(digestOf)), layers, contents.annotations);
}

/** The artefact of two layers: what a runtime wants to know, and the module as it is. More than two nobody would take. */
export function artifactImage(contents: PackageContents): Image {
  const { abi, name, module, annotations } = contents;
  const runtime = canonicalJson({ type: "envoy_proxy", abiVersions: [abi], config: { rootIds: [name] } });
  const layers = [
    blobOf(types.WASM_CONFIG, runtime, { [FILE_NAME]: "runtime-config.json" }),
    blobOf(types.WASM_CONTENT, module, { [FILE_NAME]: MODULE_NAME }),
  ];
  return imageOf(blobOf(types.WASM_CONFIG, runtime), layers, annotations);
}

/** What `FROM scratch` and `COPY plugin.wasm ./` would make, in Docker's own media types. */
export async function dockerImage(contents: PackageContents): Promise<Image> {
  const archive = await moduleArchive(contents);
  const config = configOf(contents, types.DOCKER_CONFIG, [digestOf(archive)]);
  const layers = [blobOf(types.DOCKER_TAR_GZIP, gzipOf(archive))];
  return imageOf(config, layers, {}, { mediaType: types.DOCKER_MANIFEST }); // which has no annotations
}

function moduleArchive({ module }: PackageContents): Promise<Uint8Array> {
  return tarOf([{ name: MODULE_NAME, bytes: module }]);
}

/** @param diffIds digests of the layers as they are unpacked. */
function configOf({ annotations, created }: PackageContents, mediaType: string, diffIds: readonly Digest[]): Blob {
  const config = {
    architecture: "amd64", // Docker loads images of its own system only, whatever is in them
    os: "linux",
    created,
    config: { Labels: annotations },
    rootfs: { type: "layers", diff_ids: diffIds },
  };
  return blobOf(mediaType, canonicalJson(config));
}
