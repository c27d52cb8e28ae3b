import { messageOf, UserError } from "../errors.js";
import { type Digest, digestOf, isDigest } from "./digest.js";
import type { Blob, Descriptor, Image } from "./image.js";
import { MAX_LAYERS, MAX_MANIFEST, MAX_MODULE, MAX_OTHER_BLOB } from "./limits.js";
import {
  DOCKER_MANIFEST,
  DOCKER_MANIFEST_LIST,
  MANIFESTS,
  OCI_INDEX,
  OCI_MANIFEST,
  WASM_CONTENT,
} from "./media-types.js";

/** What a manifest says. */
export interface Manifest {
  mediaType: string;
  config: Descriptor;
  /** At least one. */
  layers: readonly Descriptor[];
  annotations: Readonly<Record<string, string>>;
}

/**
 * Reads the manifest of one image. Fails with a `UserError` where it is none, where it contradicts itself or what it came
 * as, and where it names more than can be held in memory.
 * @param mediaType what it came as, when something says so.
 */
export function readManifest(bytes: Uint8Array, mediaType?: string): Manifest {
  const manifest = jsonOf(bytes, "the manifest");
  const own = mediaTypeOf(manifest, mediaType);
  if (!MANIFESTS.includes(own)) throw new UserError(`the manifest is of type ${own}, which holds no single image`, 3);
  if (manifest["schemaVersion"] !== 2) throw new UserError("the manifest has another schemaVersion than 2", 3);
  const layers = manifest["layers"];
  if (!Array.isArray(layers) || layers.length === 0) throw new UserError("the manifest has no layers", 3);
  if (layers.length > MAX_LAYERS) throw new UserError(`the manifest has more than ${MAX_LAYERS} layers`, 3);
  const last = layers.length - 1;
  return {
    mediaType: own,
    config: descriptorOf(manifest["config"], "the manifest's config", MAX_OTHER_BLOB),
    layers: layers.map((layer, i) => layerOf(layer, i, last)),
    annotations: annotationsOf(manifest["annotations"], "the manifest"),
  };
}

/** Whether something is of a type that lists several images. */
export function isIndex(mediaType: string | undefined): boolean {
  return mediaType === OCI_INDEX || mediaType === DOCKER_MANIFEST_LIST;
}

/** One image of an index. */
export interface IndexEntry extends Descriptor {
  /** As `os/architecture`, when the index says it. */
  platform?: string;
}

/** Reads an index: images for several platforms, or of an image layout. Fails with a `UserError`. */
export function readIndex(bytes: Uint8Array, mediaType?: string): IndexEntry[] {
  const index = jsonOf(bytes, "the index");
  const own = mediaTypeOf(index, mediaType, OCI_INDEX);
  if (!isIndex(own)) throw new UserError(`the index is of type ${own}, which is none`, 3);
  const entries = index["manifests"];
  if (!Array.isArray(entries) || entries.length === 0) throw new UserError("the index has no manifests", 3);
  if (entries.length > MAX_LAYERS) throw new UserError(`the index has more than ${MAX_LAYERS} manifests`, 3);
  return entries.map((entry, i) => entryOf(entry, `manifest ${i + 1} of the index`));
}

/**
 * The one image of an index that gateways take, by the rule of go-containerregistry: the first for linux/amd64, which is
 * also what one without a platform is taken for. Fails with a `UserError` when there is none.
 */
export function chosenOf(entries: readonly IndexEntry[]): IndexEntry {
  const chosen = entries.find(({ platform = "linux/amd64" }) => platform === "linux/amd64");
  if (chosen) return chosen;
  throw new UserError("the index has no image for linux/amd64, the only one that gateways look for", 3);
}

/** A blob that is what a manifest says it is; fails with a `UserError` when it is not. */
export function checkedBlob(descriptor: Descriptor, bytes: Uint8Array, what: string): Blob {
  if (bytes.length !== descriptor.size) {
    throw new UserError(`${what} has ${bytes.length} bytes where the manifest says ${descriptor.size}`, 3);
  }
  const digest = digestOf(bytes);
  if (digest !== descriptor.digest) throw new UserError(`${what} is ${digest}, not ${descriptor.digest}`, 3);
  return { descriptor, bytes };
}

/** An image of parts that have been checked. @param bytes the manifest's. */
export function imageFrom(bytes: Uint8Array, manifest: Manifest, config: Blob, layers: readonly Blob[]): Image {
  const { mediaType, annotations } = manifest;
  return { mediaType, manifest: bytes, digest: digestOf(bytes), config, layers, annotations };
}

type Json = Readonly<Record<string, unknown>>;

const decoder = new TextDecoder("utf-8", { fatal: true });

function jsonOf(bytes: Uint8Array, what: string): Json {
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
function objectOf(value: unknown, what: string): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new UserError(`${what} is no JSON object`, 3);
  }
  const odd = Object.keys(value).find((key) => KNOWN.some((known) => isOddly(key, known)));
  if (odd !== undefined)
    throw new UserError(`${what} has the key ${JSON.stringify(odd)}, which is not what it looks`, 3);
  return value as Json;
}

function isOddly(key: string, known: string): boolean {
  return key !== known && key.toLowerCase() === known.toLowerCase();
}

function mediaTypeOf(json: Json, given: string | undefined, fallback = OCI_MANIFEST): string {
  const own = json["mediaType"];
  if (own !== undefined && typeof own !== "string") throw new UserError("a mediaType is no text", 3);
  if (own && given && own !== given) throw new UserError(`what came as ${given} says that it is ${own}`, 3);
  if (!own && (given === DOCKER_MANIFEST || given === DOCKER_MANIFEST_LIST)) {
    throw new UserError(`what came as ${given} does not say so itself`, 3);
  }
  return (own || given) ?? fallback;
}

function layerOf(layer: unknown, i: number, last: number): Descriptor {
  const mayBeModule = i === last || (layer as { mediaType?: unknown } | null)?.mediaType === WASM_CONTENT;
  return descriptorOf(layer, `layer ${i + 1}`, mayBeModule ? MAX_MODULE : MAX_OTHER_BLOB);
}

function descriptorOf(value: unknown, what: string, limit: number): Descriptor {
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

function entryOf(value: unknown, what: string): IndexEntry {
  const descriptor = descriptorOf(value, what, MAX_MANIFEST);
  const platform = (value as Json)["platform"];
  if (platform === undefined || platform === null) return descriptor;
  const { os, architecture } = objectOf(platform, `the platform of ${what}`);
  return { ...descriptor, platform: `${String(os)}/${String(architecture)}` };
}

function annotationsOf(value: unknown, what: string): Readonly<Record<string, string>> {
  if (value === undefined || value === null) return {};
  const isText = typeof value === "object" && Object.values(value).every((text) => typeof text === "string");
  if (!isText || Array.isArray(value)) throw new UserError(`${what} has annotations that are no texts`, 3);
  return value as Record<string, string>;
}
