import { canonicalJson } from "../oci/canonical-json.js";
import { digestOf } from "../oci/digest.js";
import { gzipOf } from "../oci/gzip.js";
import { blobOf, type Image } from "../oci/image.js";
import { dockerImageOf, imageOf } from "../oci/manifest.js";
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
  const config = blobOf(types.OCI_CONFIG, configOf(contents, [...documents.map(({ bytes }) => bytes), archive]));
  return imageOf(config, layers, contents.annotations);
}

/** The artefact of two layers: what a runtime wants to know, and the module as it is. More than two nobody would take. */
export function artifactImage(contents: PackageContents): Image {
  const { abi, rootId, module, annotations } = contents;
  const runtime = canonicalJson({ type: "envoy_proxy", abiVersions: [abi], config: { rootIds: [rootId] } });
  const layers = [
    blobOf(types.WASM_CONFIG, runtime, { [FILE_NAME]: types.LAYER_FILES[types.WASM_CONFIG] }),
    blobOf(types.WASM_CONTENT, module, { [FILE_NAME]: MODULE_NAME }),
  ];
  return imageOf(blobOf(types.WASM_CONFIG, runtime), layers, annotations);
}

/** What `FROM scratch` and `COPY plugin.wasm ./` would make, in Docker's own media types. */
export async function dockerImage(contents: PackageContents): Promise<Image> {
  const archive = await moduleArchive(contents);
  return dockerImageOf(configOf(contents, [archive]), [blobOf(types.DOCKER_TAR_GZIP, gzipOf(archive))]);
}

function moduleArchive({ module }: PackageContents): Promise<Uint8Array> {
  return tarOf([{ name: MODULE_NAME, bytes: module }]);
}

/** @param unpacked the layers as they are unpacked. */
function configOf({ annotations, created }: PackageContents, unpacked: readonly Uint8Array[]): Uint8Array {
  return canonicalJson({
    architecture: "amd64", // Docker loads images of its own system only, whatever is in them
    os: "linux",
    created,
    config: { Labels: annotations },
    rootfs: { type: "layers", diff_ids: unpacked.map(digestOf) },
  });
}
