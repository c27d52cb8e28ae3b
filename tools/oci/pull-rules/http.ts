import { messageOf } from "../../errors.js";
import { isWasm } from "../../wasm/sections.js";
import { gunzip, isGzip, isTar } from "../read-archive.js";
import { tarEntries } from "../read-tar.js";
import type { Refusal } from "./refusal.js";

/** Boxes within boxes that are opened here; the agents open any number. */
const MAX_BOXES = 4;

/**
 * The module that Istio's agent, Envoy Gateway and Higress get out of a file that they fetch over http or https: what is
 * packed by gzip is unpacked, and of a tar archive they take the first entry, whatever it is called. Envoy itself, when it
 * fetches, takes a bare module alone.
 * Source: istio/istio, pkg/wasm/httpfetcher.go of 1.31, which the others have copied.
 */
export function httpModule(file: Uint8Array): Uint8Array | Refusal {
  let bytes = file;
  try {
    for (let boxes = 0; !isWasm(bytes); boxes++) {
      if (boxes === MAX_BOXES) return { why: `archives lie in archives, more than ${MAX_BOXES} deep` };
      if (isGzip(bytes)) bytes = gunzip(bytes, "the file");
      else if (isTar(bytes)) bytes = firstEntry(bytes);
      else return { why: boxes === 0 ? "it is neither a module nor an archive" : "its first entry is no module" };
    }
    return bytes;
  } catch (error) {
    return { why: messageOf(error) };
  }
}

function firstEntry(archive: Uint8Array): Uint8Array {
  const first = tarEntries(archive, "the archive").next();
  return first.done ? new Uint8Array() : first.value.content;
}
