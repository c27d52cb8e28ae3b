import { messageOf } from "../../errors.js";
import type { Blob, Image } from "../image.js";
import { MAX_MODULE } from "../limits.js";
import { DOCKER_TAR_GZIP, HIGRESS_DOC, HIGRESS_SPEC, OCI_TAR_GZIP, WASM_CONTENT } from "../media-types.js";
import { readTarGzip } from "../read-archive.js";
import { fetchedModule } from "./image-fetcher.js";
import type { Refusal } from "./refusal.js";

/**
 * The module that Higress's gateway gets out of an image. Its agent is a fork of Istio's, with the same rules; a limit
 * that is fixed; and http wherever https fails.
 * Source: higress-group/istio, pkg/wasm/imagefetcher.go, branches istio-1.12 and istio-1.19.
 */
export function higressModule(image: Image): Uint8Array | Refusal {
  return fetchedModule(image, MAX_MODULE);
}

/**
 * What is in the way of an image elsewhere in Higress: of its image specification, by which a console shows a plugin, and
 * of the plugin server, which hands modules out over http. Nothing of it keeps a gateway from pulling the image.
 * Source: higress.cn, user/wasm-image-spec; higress-group/plugin-server, pull_plugins.py.
 */
export function higressRemarks({ layers }: Image): string[] {
  const has = (type: string): boolean => layers.some(({ descriptor }) => descriptor.mediaType === type);
  const missing = [has(HIGRESS_SPEC) ? [] : ["spec.yaml"], has(HIGRESS_DOC) ? [] : ["README.md"]].flat();
  const isLast = layers.at(-1)?.descriptor.mediaType === OCI_TAR_GZIP;
  return [
    ...(missing.length === 0 ? [] : [`it has no layer for ${missing.join(" and ")}`]),
    ...(isLast ? [] : [`its last layer is not ${OCI_TAR_GZIP}`]),
    ...served(layers),
  ];
}

const SERVED = [WASM_CONTENT, OCI_TAR_GZIP, DOCKER_TAR_GZIP];

/** The plugin server wants one layer that can hold a module, and in it one file that is called so. */
function served(layers: readonly Blob[]): string[] {
  const [layer, ...others] = layers.filter(({ descriptor }) => SERVED.includes(descriptor.mediaType));
  if (!layer || others.length > 0) return ["the plugin server takes images with one layer that may hold a module"];
  if (layer.descriptor.mediaType === WASM_CONTENT) return [];
  try {
    const modules = readTarGzip(layer.bytes, "its archive").filter(({ name }) => name.endsWith(".wasm"));
    return modules.length === 1 ? [] : ["the plugin server takes archives with one file that ends in .wasm"];
  } catch (error) {
    return [messageOf(error)];
  }
}
