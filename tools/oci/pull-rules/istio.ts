import { messageOf } from "../../errors.js";
import type { Blob, Image } from "../image.js";
import { MAX_MODULE } from "../limits.js";
import { DOCKER_MANIFEST, DOCKER_TAR_GZIP, OCI_TAR_GZIP, WASM_CONTENT } from "../media-types.js";
import { readTarGzip } from "../read-archive.js";
import { isRefusal, type Refusal } from "./refusal.js";

// Source: istio/istio, pkg/wasm/imagefetcher.go and cache.go, which are alike from 1.12 to 1.30. An archive that is
// not safe is refused here as well, though the agent reads no further than to the module.

/** The module that Istio's agent gets out of an image. */
export function istioModule(image: Image): Uint8Array | Refusal {
  const isDocker = image.mediaType === DOCKER_MANIFEST;
  const ofTar = moduleOfLastLayer(image, isDocker ? DOCKER_TAR_GZIP : OCI_TAR_GZIP);
  if (!isRefusal(ofTar)) return usable(ofTar);
  if (isDocker) return ofTar;
  const ofArtifact = moduleOfArtifact(image);
  return isRefusal(ofArtifact) ? { why: `${ofTar.why}, and ${ofArtifact.why}` } : usable(ofArtifact);
}

function moduleOfLastLayer({ layers }: Image, mediaType: string): Uint8Array | Refusal {
  const last = layers.at(-1)!;
  if (last.descriptor.mediaType !== mediaType) {
    return { why: `the last layer is ${last.descriptor.mediaType}, not ${mediaType}` };
  }
  return pluginIn(last);
}

function pluginIn(layer: Blob): Uint8Array | Refusal {
  try {
    const files = readTarGzip(layer.bytes, "the last layer");
    const plugin = files.find(({ name }) => name.split("/").at(-1) === "plugin.wasm");
    return plugin?.bytes ?? { why: "the last layer holds no plugin.wasm" };
  } catch (error) {
    return { why: messageOf(error) };
  }
}

/** The form of two layers: one of them is the module as it is. */
function moduleOfArtifact({ layers }: Image): Uint8Array | Refusal {
  if (layers.length !== 2) return { why: `an artifact has two layers, not ${layers.length}` };
  const module = layers.find(({ descriptor }) => descriptor.mediaType === WASM_CONTENT);
  return module?.bytes ?? { why: `neither layer is ${WASM_CONTENT}` };
}

function usable(module: Uint8Array): Uint8Array | Refusal {
  if (module.length > MAX_MODULE) return { why: `the module has more than ${MAX_MODULE} bytes` };
  const isWasm = module.length >= 8 && Buffer.from(module.subarray(0, 4)).equals(Buffer.from("\0asm", "latin1"));
  return isWasm ? module : { why: "what it holds is no WebAssembly" };
}
