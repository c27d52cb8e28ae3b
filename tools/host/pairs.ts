/**
 * The wire form of header lists, key-value maps and lists:
 *
 *     u32 count | count x (u32 name size, u32 value size) | count x (name, NUL, value, NUL)
 *
 * Little-endian, no padding.
 */
import { type HeaderList, PAIRS_MAX_BYTES, PAIRS_MAX_COUNT } from "./abi.js";

export function serializePairs(pairs: readonly (readonly [string, string])[]): Uint8Array {
  let size = 4;
  for (const [name, value] of pairs) size += 10 + name.length + value.length;
  const buffer = Buffer.allocUnsafe(size);
  let at = buffer.writeUInt32LE(pairs.length, 0);
  for (const [name, value] of pairs) {
    at = buffer.writeUInt32LE(name.length, at);
    at = buffer.writeUInt32LE(value.length, at);
  }
  for (const [name, value] of pairs) {
    at += buffer.write(name, at, "latin1");
    buffer[at++] = 0;
    at += buffer.write(value, at, "latin1");
    buffer[at++] = 0;
  }
  return buffer;
}

/** Reads pairs as the C++ host does: anything malformed, too large or with bytes left over is an empty list. */
export function parsePairs(bytes: Uint8Array): HeaderList {
  if (bytes.length > PAIRS_MAX_BYTES || bytes.length < 4) return [];
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = buffer.readUInt32LE(0);
  let at = 4 + count * 8;
  if (count > PAIRS_MAX_COUNT || at > buffer.length) return [];
  const pairs: HeaderList = [];
  for (let index = 0; index < count; index++) {
    const nameEnd = at + buffer.readUInt32LE(4 + index * 8);
    const valueEnd = nameEnd + 1 + buffer.readUInt32LE(8 + index * 8);
    if (valueEnd + 1 > buffer.length || buffer[nameEnd] !== 0 || buffer[valueEnd] !== 0) return [];
    pairs.push([buffer.toString("latin1", at, nameEnd), buffer.toString("latin1", nameEnd + 1, valueEnd)]);
    at = valueEnd + 1;
  }
  return at === buffer.length ? pairs : [];
}
