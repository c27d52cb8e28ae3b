/**
 * Envoy hands a plugin whose configuration was written as google.protobuf.Struct the Struct's protobuf bytes, although
 * its documentation promises JSON. This tells that mistake from an ordinary syntax error.
 *
 *   Struct:  0A <length> | 0A <length> <key> 12 <length> <value> | 0A ...
 */

/** True when the bytes begin as a serialised Struct does. Only asked about bytes that are not JSON. */
export function looksLikeProtobuf(start: usize, end: usize): bool {
  if (start + 4 > end || load<u8>(start) != 0x0a) return false;
  let address = start + 1;
  let length: u32 = 0;
  for (let shift: u32 = 0; shift < 28; shift += 7) {
    if (address >= end) return false;
    const byte = load<u8>(address++);
    length |= ((<u32>byte) & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  return length >= 2 && address + length <= end && load<u8>(address) == 0x0a;
}
