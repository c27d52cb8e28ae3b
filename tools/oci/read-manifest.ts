import { UserError } from "../errors.js";
import { digestOf } from "./digest.js";
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
import { annotationsOf, descriptorOf, type Json, jsonOf, objectOf } from "./read-descriptor.js";

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

function entryOf(value: unknown, what: string): IndexEntry {
  const descriptor = descriptorOf(value, what, MAX_MANIFEST);
  const platform = (value as Json)["platform"];
  if (platform === undefined || platform === null) return descriptor;
  const { os, architecture } = objectOf(platform, `the platform of ${what}`);
  return { ...descriptor, platform: `${String(os)}/${String(architecture)}` };
}
