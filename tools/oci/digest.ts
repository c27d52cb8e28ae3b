import { sha256Of } from "../sha256.js";

/** A content digest as OCI writes it: `sha256:` and 64 lower-case hexadecimal digits. */
export type Digest = `sha256:${string}`;

/** The digest of bytes. */
export function digestOf(bytes: Uint8Array): Digest {
  return `sha256:${sha256Of(bytes)}`;
}

/** Whether a text is a whole digest; no other algorithm than SHA-256 is taken. */
export function isDigest(text: unknown): text is Digest {
  return typeof text === "string" && /^sha256:[0-9a-f]{64}$/.test(text);
}

/** Where an image layout keeps the blob of a digest. */
export function blobPath(digest: Digest): string {
  return `blobs/${digest.replace(":", "/")}`;
}
