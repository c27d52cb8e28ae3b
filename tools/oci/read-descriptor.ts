import { messageOf, UserError } from "../errors.js";
import { isObject } from "../is-object.js";
import { type Digest, isDigest } from "./digest.js";
import type { Descriptor } from "./image.js";
import { MAX_MANIFEST } from "./limits.js";

/** A JSON object. */
export type Json = Readonly<Record<string, unknown>>;

const decoder = new TextDecoder("utf-8", { fatal: true });

/** The object that bytes hold. @param what it is, in messages. Fails with a `UserError`. */
export function jsonOf(bytes: Uint8Array, what: string): Json {
  if (bytes.length > MAX_MANIFEST) throw new UserError(`${what} has more than ${MAX_MANIFEST} bytes`, 3);
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(bytes));
  } catch (error) {
    throw new UserError(`${what} is no JSON: ${messageOf(error)}`, 3);
  }
  return objectOf(value, what);
}

const KNOWN = [
  "schemaVersion",
  "mediaType",
  "config",
  "layers",
  "manifests",
  "annotations",
  "digest",
  "size",
  "platform",
];

/** Readers in Go take a key in any case: one that differs in case alone would say one thing to them, another to us. */
export function objectOf(value: unknown, what: string): Json {
  if (!isObject(value)) throw new UserError(`${what} is no JSON object`, 3);
  const odd = Object.keys(value).find((key) => KNOWN.some((known) => isOddly(key, known)));
  if (odd !== undefined)
    throw new UserError(`${what} has the key ${JSON.stringify(odd)}, which is not what it looks`, 3);
  return value;
}

function isOddly(key: string, known: string): boolean {
  return key !== known && key.toLowerCase() === known.toLowerCase();
}

/** What a manifest or an index says of a blob of at most `limit` bytes. @param what it says it of. Fails with a `UserError`. */
export function descriptorOf(value: unknown, what: string, limit: number): Descriptor {
  const json = objectOf(value, what);
  const { mediaType, digest, size, urls } = json;
  if (typeof mediaType !== "string" || !/^[\w.+-]+\/[\w.+-]+$/.test(mediaType)) {
    throw new UserError(`${what} has no media type`, 3);
  }
  if (!isDigest(digest)) throw new UserError(`${what} has no sha256 digest`, 3);
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) {
    throw new UserError(`${what} has no size`, 3);
  }
  if (size > limit) throw new UserError(`${what} has ${size} bytes, more than ${limit}`, 3);
  if (Array.isArray(urls) && urls.length > 0) throw new UserError(`${what} is to be fetched from elsewhere`, 3);
  const descriptor = { mediaType, digest: digest as Digest, size };
  return json["annotations"] === undefined
    ? descriptor
    : { ...descriptor, annotations: annotationsOf(json["annotations"], what) };
}

/** Annotations of a manifest or of a blob; none when it has none. Fails with a `UserError`. */
export function annotationsOf(value: unknown, what: string): Readonly<Record<string, string>> {
  if (value === undefined || value === null) return {};
  const isText = typeof value === "object" && Object.values(value).every((text) => typeof text === "string");
  if (!isText || Array.isArray(value)) throw new UserError(`${what} has annotations that are no texts`, 3);
  return value as Record<string, string>;
}
