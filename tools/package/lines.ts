import type { Digest } from "../oci/digest.js";

/** What one writes into the configuration of some targets, so that they load exactly this module. */
export interface TargetLines {
  /** By the names that `tidegate generate -t` has for them. */
  targets: readonly string[];
  /** Whether the module is fetched as part of an image, or by itself. */
  as: "image" | "module";
  /** Keys and values; a sha256 is in hexadecimal, of the image's manifest or of the module. */
  lines: Readonly<Record<string, string>>;
}

/** Where a package is going to be. */
export interface Places {
  /** Begins with oci://, undefined when no image was made. */
  image?: { url: string; digest: Digest };
  /** Begins with https:// or http://. */
  module: { url: string; sha256: string };
}

/**
 * The lines for each target. The same key holds two different hashes: for an image that of its manifest, for a module
 * fetched over http that of the module itself.
 */
export function linesOf({ image, module }: Places): TargetLines[] {
  return [...(image ? imageLines(image.url, image.digest.slice("sha256:".length)) : []), ...moduleLines(module)];
}

function imageLines(url: string, sha256: string): TargetLines[] {
  const bare = url.slice("oci://".length);
  return [
    { targets: ["istio-wasmplugin", "higress"], as: "image", lines: { url, sha256 } },
    { targets: ["istio-envoyfilter --ecds"], as: "image", lines: { uri: url, sha256 } },
    { targets: ["envoy-gateway"], as: "image", lines: { url: bare, sha256 } },
  ];
}

function moduleLines({ url, sha256 }: Places["module"]): TargetLines[] {
  return [
    { targets: ["istio-wasmplugin", "higress", "envoy-gateway"], as: "module", lines: { url, sha256 } },
    { targets: ["istio-envoyfilter", "istio-envoyfilter --ecds", "envoy"], as: "module", lines: { uri: url, sha256 } },
  ];
}
