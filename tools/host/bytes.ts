/** Text as UTF-8 bytes, bytes as they are. */
export function toBytes(value: string | Uint8Array | undefined): Uint8Array {
  if (value === undefined) return EMPTY;
  return typeof value === "string" ? Buffer.from(value, "utf8") : value;
}

/** Bytes as a byte string: one character (0 to 255) per byte, so that nothing is lost. */
export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

/** A byte string as bytes. */
export function fromLatin1(value: string): Uint8Array {
  return Buffer.from(value, "latin1");
}

/** UTF-8 text as the byte string that carries it, which is what header values, property values and keys are. */
export function utf8ByteString(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

export function concat(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  return second.length === 0 ? first : Buffer.concat([first, second]);
}

export const EMPTY = new Uint8Array(0);
