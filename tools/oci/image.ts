import { type Digest, digestOf } from "./digest.js";

/** What a manifest says of a blob. */
export interface Descriptor {
  mediaType: string;
  digest: Digest;
  /** In bytes. */
  size: number;
  annotations?: Readonly<Record<string, string>>;
}

/** Bytes, and what a manifest says of them. */
export interface Blob {
  descriptor: Descriptor;
  bytes: Uint8Array;
}

/** An image whole in memory: as `package` makes it, `push` sends it, `pull` and `inspect` have read it. */
export interface Image {
  /** Of the manifest. */
  mediaType: string;
  /** The manifest byte for byte, since its digest is the image's name. */
  manifest: Uint8Array;
  /** Of the manifest. */
  digest: Digest;
  config: Blob;
  /** In the order of the manifest. */
  layers: readonly Blob[];
  annotations: Readonly<Record<string, string>>;
}

/** A blob of these bytes. */
export function blobOf(mediaType: string, bytes: Uint8Array, annotations?: Record<string, string>): Blob {
  const descriptor = { mediaType, digest: digestOf(bytes), size: bytes.length };
  return { descriptor: annotations ? { ...descriptor, annotations } : descriptor, bytes };
}
