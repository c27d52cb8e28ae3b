// Media types of images that hold a Wasm module.
// Sources: OCI image specification 1.1; Istio's and Envoy Gateway's imagefetcher.go; Higress's image specification and hgctl;
// the artifact form of the Wasm OCI working group ("compat" and "oci" variants of solo.io's image specification).

export const OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
export const OCI_INDEX = "application/vnd.oci.image.index.v1+json";
export const OCI_CONFIG = "application/vnd.oci.image.config.v1+json";
export const OCI_TAR_GZIP = "application/vnd.oci.image.layer.v1.tar+gzip";

/** Of `{}`, where an artefact that is no image needs no configuration. */
export const OCI_EMPTY = "application/vnd.oci.empty.v1+json";

/** A bill of materials. */
export const CYCLONEDX = "application/vnd.cyclonedx+json";

export const DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
export const DOCKER_MANIFEST_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";
export const DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json";
export const DOCKER_TAR_GZIP = "application/vnd.docker.image.rootfs.diff.tar.gzip";

/** Of the artifact form, which has two layers; the module as it is. */
export const WASM_CONFIG = "application/vnd.module.wasm.config.v1+json";
export const WASM_CONTENT = "application/vnd.module.wasm.content.layer.v1+wasm";

/** What Higress looks for beside the module. */
export const HIGRESS_SPEC = "application/vnd.module.wasm.spec.v1+yaml";
export const HIGRESS_DOC = "application/vnd.module.wasm.doc.v1+markdown";
export const HIGRESS_DOC_EN = "application/vnd.module.wasm.doc.v1.en+markdown";
export const HIGRESS_DOC_ZH = "application/vnd.module.wasm.doc.v1.zh+markdown";
export const HIGRESS_ICON = "application/vnd.module.wasm.icon.v1+png";

/** How the files are called that layers beside the module hold. */
export const LAYER_FILES = {
  [HIGRESS_SPEC]: "spec.yaml",
  [HIGRESS_DOC]: "README.md",
  [HIGRESS_DOC_EN]: "README_EN.md",
  [HIGRESS_DOC_ZH]: "README_ZH.md",
  [HIGRESS_ICON]: "icon.png",
  [WASM_CONFIG]: "runtime-config.json",
} as const;

/** Manifests that can be read, in the order in which a registry is asked for them. */
export const MANIFESTS: readonly string[] = [OCI_MANIFEST, DOCKER_MANIFEST];
