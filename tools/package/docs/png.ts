const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const HEADER = "IHDR";
const MAX_SIDE = 512;
const MAX_BYTES = 64 * 1024;
/** From the start of the file to the width. */
const WIDTH = 16;

/** Why bytes are no icon: a square PNG of at most 512 x 512 pixels and 64 KiB. Undefined when they are one. */
export function iconProblem(bytes: Uint8Array): string | undefined {
  const name = new TextDecoder("latin1").decode(bytes.subarray(12, WIDTH));
  if (bytes.length < WIDTH + 17 || SIGNATURE.some((byte, i) => bytes[i] !== byte) || name !== HEADER)
    return "this is no PNG";
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const [width, height] = [view.getUint32(WIDTH), view.getUint32(WIDTH + 4)];
  if (width !== height || width > MAX_SIDE || width === 0)
    return `the icon has ${width} x ${height} pixels, not as many down as across, or more than ${MAX_SIDE}`;
  return bytes.length > MAX_BYTES ? `the icon has ${bytes.length} bytes, more than ${MAX_BYTES}` : undefined;
}
