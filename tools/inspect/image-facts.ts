import type { Digest } from "../oci/digest.js";
import type { Image } from "../oci/image.js";
import { envoyGatewayModule } from "../oci/pull-rules/envoy-gateway.js";
import { higressModule, higressRemarks } from "../oci/pull-rules/higress.js";
import { istioModule } from "../oci/pull-rules/istio.js";
import { isRefusal, type Refusal } from "../oci/pull-rules/refusal.js";

/** Whether a gateway can get the module out of an image or a file. */
export interface Pull {
  gateway: "istio" | "envoy-gateway" | "higress";
  /** Why it cannot; absent when it can. */
  why?: string;
  /** What else of it cannot use it. */
  remarks?: string[];
}

/** A layer as its manifest has it. */
export interface LayerFacts {
  mediaType: string;
  digest: Digest;
  bytes: number;
  /** What the file was called, where an annotation says so. */
  title?: string;
}

/** What is known of an image without its module. */
export interface ImageFacts {
  mediaType: string;
  /** Of the manifest. */
  digest: Digest;
  config: LayerFacts;
  layers: LayerFacts[];
  annotations: Readonly<Record<string, string>>;
  pulls: Pull[];
}

const TITLE = "org.opencontainers.image.title";

/** The facts of an image that has been read. */
export function imageFacts(image: Image): ImageFacts {
  const { mediaType, digest, config, layers, annotations } = image;
  const facts = { mediaType, digest, config: layerFacts(config), layers: layers.map(layerFacts), annotations };
  return { ...facts, pulls: pullsOf(image) };
}

function layerFacts({ descriptor }: Image["config"]): LayerFacts {
  const { mediaType, digest, size, annotations } = descriptor;
  const title = annotations?.[TITLE];
  return { mediaType, digest, bytes: size, ...(title === undefined ? {} : { title }) };
}

function pullsOf(image: Image): Pull[] {
  const remarks = higressRemarks(image);
  return [
    pull("istio", istioModule(image)),
    pull("envoy-gateway", envoyGatewayModule(image)),
    { ...pull("higress", higressModule(image)), ...(remarks.length > 0 ? { remarks } : {}) },
  ];
}

/** What a gateway makes of something. */
export function pull(gateway: Pull["gateway"], answer: Uint8Array | Refusal): Pull {
  return isRefusal(answer) ? { gateway, why: answer.why } : { gateway };
}
