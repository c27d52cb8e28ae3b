import type { Image } from "../image.js";
import { MAX_MODULE } from "../limits.js";
import { fetchedModule } from "./image-fetcher.js";
import type { Refusal } from "./refusal.js";

/**
 * The module that Envoy Gateway gets out of an image, which it then serves to its Envoys itself. It differs from Istio's
 * agent in the limit alone, which nothing changes.
 * Source: envoyproxy/gateway, internal/wasm/imagefetcher.go and cache.go of 1.9.
 */
export function envoyGatewayModule(image: Image): Uint8Array | Refusal {
  return fetchedModule(image, MAX_MODULE);
}
