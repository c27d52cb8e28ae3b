import { inflateSync } from "node:zlib";

const MAX_BYTES = 8 * 1024;
const SIGNATURE = "89504e470d0a1a0a";
const BYTES_A_PIXEL: Record<number, number> = { 2: 3, 6: 4 };

/** What keeps bytes from being a PNG of 128 x 128 pixels in 8 KiB, read chunk by chunk with its checksums. */
export function pngFaults(bytes: Uint8Array): string[] {
  const buffer = Buffer.from(bytes);
  const faults = bytes.length > MAX_BYTES ? [`${bytes.length} bytes`] : [];
  if (buffer.subarray(0, 8).toString("hex") !== SIGNATURE) return [...faults, "signature"];
  const names: string[] = [];
  const data: Buffer[] = [];
  for (let at = 8; at < buffer.length;) {
    const length = buffer.readUInt32BE(at);
    const chunk = buffer.subarray(at + 4, at + 8 + length);
    if (buffer.readUInt32BE(at + 8 + length) !== crc32(chunk)) faults.push(`checksum at ${at}`);
    names.push(chunk.subarray(0, 4).toString("latin1"));
    if (names.at(-1) === "IDAT") data.push(chunk.subarray(4));
    at += 12 + length;
  }
  if (names[0] !== "IHDR" || names.at(-1) !== "IEND") faults.push(names.join());
  const [width, height, depth, colour] = [buffer.readUInt32BE(16), buffer.readUInt32BE(20), buffer[24], buffer[25]!];
  if (width !== 128 || height !== 128 || depth !== 8) faults.push(`${width} x ${height} of ${depth} bits`);
  const expected = height * (1 + width * (BYTES_A_PIXEL[colour] ?? 0));
  const { length } = inflateSync(Buffer.concat(data));
  return length === expected ? faults : [...faults, `${length} bytes of pixels, not ${expected}`];
}

function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
