import type { Fault, Path } from "./fault.js";
import type { PolicyDocument } from "./model.js";
import { quote } from "../validate/words.js";

/** Images of modules: a digest that is none, or nothing that says which image is meant. */
export function moduleFaults({ spec }: PolicyDocument): Fault[] {
  const ofPolicy = imageFaults(spec.moduleUrl, ["spec", "moduleUrl"], false);
  return [
    ...ofPolicy,
    ...spec.plugins.flatMap(({ moduleUrl, sha256 }, i) =>
      imageFaults(moduleUrl, ["spec", "plugins", i, "moduleUrl"], sha256 !== undefined),
    ),
  ];
}

const DIGEST = /^sha256:[0-9a-f]{64}$/;

function imageFaults(url: string | undefined, path: Path, hasHash: boolean): Fault[] {
  if (url === undefined || !url.startsWith("oci://")) return [];
  const [image = "", digest] = url.slice("oci://".length).split("@", 2);
  if (digest !== undefined) {
    if (DIGEST.test(digest)) return [];
    const message = `${quote(digest)} is no digest of an image`;
    return [{ code: "TG3020", path, message, remedy: "Write @sha256: and 64 digits of 0-9 and a-f" }];
  }
  const tag = /:([^:/]+)$/.exec(image)?.[1] ?? "latest";
  if (hasHash || tag !== "latest") return [];
  const message = "the image has no tag, or latest, so each proxy runs what was there when it started";
  return [
    { code: "TG3020", severity: "warning", path, message, remedy: "Add a tag, or @sha256: and the image's digest" },
  ];
}
