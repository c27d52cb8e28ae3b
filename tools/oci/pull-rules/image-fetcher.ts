import { messageOf } from "../../errors.js";
import { isWasm } from "../../wasm/sections.js";
import type { Blob, Image } from "../image.js";
import { DOCKER_MANIFEST, DOCKER_TAR_GZIP, OCI_TAR_GZIP, WASM_CONTENT } from "../media-types.js";
import { readTarGzip } from "../read-archive.js";
import type { Refusal } from "./refusal.js";
import { isRefusal } from "./refusal.js";

// Istio's agent finds a module by these rules, and what Envoy Gateway and Higress do began as a copy of them.
// An archive that is not safe is refused here as well, though they read no further than to the module.

const HEADER_SIZE = 8;

/**
 * A Docker image has the module in its last layer, as `plugin.wasm` in whatever folder. So has any other image; or else it
 * has two layers, one of which is the module as it is.
 * @param limit bytes of an unpacked archive that are read.
 */
export function fetchedModule(image: Image, limit: number): Uint8Array | Refusal {
  const isDocker = image.mediaType === DOCKER_MANIFEST;
  const ofTar = moduleOfLastLayer(image, isDocker ? DOCKER_TAR_GZIP : OCI_TAR_GZIP, limit);
  if (!isRefusal(ofTar)) return checked(ofTar);
  if (isDocker) return ofTar;
  const ofArtifact = moduleOfArtifact(image);
  return isRefusal(ofArtifact) ? { why: `${ofTar.why}, and ${ofArtifact.why}` } : checked(ofArtifact);
}

function moduleOfLastLayer({ layers }: Image, mediaType: string, limit: number): Uint8Array | Refusal {
  const last = layers.at(-1)!;
  const its = last.descriptor.mediaType;
  return its === mediaType ? pluginIn(last, limit) : { why: `the last layer is ${its}, not ${mediaType}` };
}

function pluginIn(layer: Blob, limit: number): Uint8Array | Refusal {
  try {
    const files = readTarGzip(layer.bytes, "the last layer");
    const plugin = files.find(({ name }) => name.split("/").at(-1) === "plugin.wasm");
    if (!plugin) return { why: "the last layer holds no plugin.wasm" };
    return plugin.end > limit ? { why: `the last layer unpacks to more than ${limit} bytes` } : plugin.bytes;
  } catch (error) {
    return { why: messageOf(error) };
  }
}

function moduleOfArtifact({ layers }: Image): Uint8Array | Refusal {
  if (layers.length !== 2) return { why: `an artifact has two layers, not ${layers.length}` };
  const module = layers.find(({ descriptor }) => descriptor.mediaType === WASM_CONTENT);
  return module?.bytes ?? { why: `neither layer is ${WASM_CONTENT}` };
}

function checked(module: Uint8Array): Uint8Array | Refusal {
  return isWasm(module) && module.length >= HEADER_SIZE ? module : { why: "what it holds is no WebAssembly" };
}
