import { UserError } from "../errors.js";
import type { Digest } from "../oci/digest.js";
import { parseReference, referenceUrl } from "../oci/reference.js";
import type { Places } from "./lines.js";
import { tagOf } from "./tag.js";

/** Where packages go when nobody says where: names that stand for others. */
const EXAMPLES = ["oci://registry.example.com/{plugin}", "https://modules.example.com/{plugin}-{version}.wasm"];

/** What is packaged, and the hashes that it got. */
export interface Hashed {
  name: string;
  version: string;
  /** In hexadecimal. */
  sha256: string;
  /** Of the manifest, where an image was made. */
  digest?: Digest;
}

/**
 * Where proxies are going to get a package.
 * @param urls of images (oci://) and modules (https://, http://), with {plugin} and {version} for these; the last of each
 * kind counts. Fails with a `UserError` for one that is neither.
 */
export function placesOf(urls: readonly string[], { name, version, sha256, digest }: Hashed): Places {
  const filled = [...EXAMPLES, ...urls].map((url) => url.replaceAll("{plugin}", name).replaceAll("{version}", version));
  const other = filled.find((url) => !isImage(url) && !isModule(url));
  if (other !== undefined) throw new UserError(`${other} is no URL that begins with oci://, https:// or http://`);
  const image = imageUrl(filled.findLast(isImage)!, version);
  return { ...(digest ? { image: { url: image, digest } } : {}), module: { url: filled.findLast(isModule)!, sha256 } };
}

function isImage(url: string): boolean {
  return url.startsWith("oci://");
}

function isModule(url: string): boolean {
  return /^https?:\/\//.test(url) && URL.canParse(url) && !/\s/.test(url);
}

/** With the version as its tag, unless it has another one. */
function imageUrl(url: string, version: string): string {
  const reference = parseReference(url);
  const { tag, digest } = reference;
  return referenceUrl(tag === undefined && digest === undefined ? { ...reference, tag: tagOf(version) } : reference);
}
