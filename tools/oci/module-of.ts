import { UserError } from "../errors.js";
import type { Image } from "./image.js";
import { isRefusal } from "./pull-rules/refusal.js";
import { istioModule } from "./pull-rules/istio.js";

/** The module of an image, found as Istio's agent finds it. Fails with a `UserError` that says why it finds none. */
export function moduleOf(image: Image): Uint8Array {
  const module = istioModule(image);
  if (isRefusal(module)) throw new UserError(`the image holds no module for gateways: ${module.why}`, 3);
  return module;
}
