import type { Image } from "../image.js";
import { MAX_MODULE } from "../limits.js";
import { fetchedModule } from "./image-fetcher.js";
import type { Refusal } from "./refusal.js";

/**
 * The module that Istio's agent gets out of an image, as long as ISTIO_WASM_MAX_BINARY_SIZE_BYTES is not changed.
 * Source: istio/istio, pkg/wasm/imagefetcher.go and cache.go of 1.31.
 */
export function istioModule(image: Image): Uint8Array | Refusal {
  return fetchedModule(image, MAX_MODULE);
}
