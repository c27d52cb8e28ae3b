import { messageOf, UserError } from "../errors.js";
import type { ModuleSource } from "../generate/module-source.js";
import type { Io } from "../io.js";
import { parseReference, referenceUrl } from "../oci/reference.js";
import { atOnce } from "../oci/registry/at-once.js";
import { Registry } from "../oci/registry/registry.js";
import { modulePin } from "./fetch-module.js";

/** By the URL of each module: what takes its place, with a hash; or why there is none. */
export type Pins = ReadonlyMap<string, ModuleSource | string>;

/** Asks for the hashes of modules by their URLs. */
export type Pinner = (urls: readonly string[]) => Promise<Pins>;

/** How long a server may be silent. */
const TIMEOUT_MS = 30_000;

/** Asks for hashes by the network: for images' by their registries, for others' by fetching them. */
export function pinnerOf({ env }: Io, signal: AbortSignal): Pinner {
  const options = { env, timeoutMs: TIMEOUT_MS, signal };
  const registry = new Registry(options);
  return (urls) => pinsOf(urls, (url) => (url.startsWith("oci:") ? imagePin(url, registry) : modulePin(url, options)));
}

async function pinsOf(urls: readonly string[], pinOf: (url: string) => Promise<ModuleSource>): Promise<Pins> {
  const wanted = [...new Set(urls)];
  const found = await atOnce(wanted, async (url): Promise<ModuleSource | string> => {
    try {
      return await pinOf(url);
    } catch (error) {
      if (error instanceof UserError) return messageOf(error);
      throw error;
    }
  });
  return new Map(wanted.map((url, i) => [url, found[i]!]));
}

/**
 * Without its tag, which would decide nothing. Of an index it is the image that gateways choose: Istio's agent compares
 * that one's digest, and would refuse the index's.
 */
async function imagePin(url: string, registry: Registry): Promise<ModuleSource> {
  const reference = parseReference(url);
  const { domain, path } = reference;
  const { image } = await registry.resolve(reference);
  return { url: referenceUrl({ domain, path, digest: image }) };
}
