import { gzipSync } from "fflate";

/**
 * Compresses bytes. The result is the same on every machine: no time in its header, and a compressor in JavaScript,
 * since zlib's output differs between its versions and the processors that it is built for.
 */
export function gzipOf(bytes: Uint8Array): Uint8Array {
  return gzipSync(bytes, { level: 9, mtime: 0 });
}
