/** What `decodeUtf8` answers for bytes that are not UTF-8. */
// @ts-ignore: decorator
@inline
export const NOT_UTF8: i32 = 0;

/** The least character that so many further bytes are for; shorter ones must be written shorter. */
const LEAST: StaticArray<i32> = [0, 0x80, 0x800, 0x10000];

/**
 * The character beyond ASCII that begins at `at`: `character << 2 | number of further bytes`; `NOT_UTF8` when the bytes
 * up to `end` begin with none. Reads nothing from `end` on. Allocates: nothing. Source: RFC 3629.
 */
export function decodeUtf8(at: usize, end: usize): i32 {
  const lead = <i32>load<u8>(at);
  const further = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
  if (lead < 0xc2 || lead > 0xf4 || end - at <= <usize>further) return NOT_UTF8;
  let character = lead & (0x3f >> further);
  for (let i = 1; i <= further; i++) {
    const byte = <i32>load<u8>(at + <usize>i);
    if ((byte & 0xc0) != 0x80) return NOT_UTF8;
    character = (character << 6) | (byte & 0x3f);
  }
  const surrogate = (character & 0xfffff800) == 0xd800;
  if (character < unchecked(LEAST[further]) || character > 0x10ffff || surrogate) return NOT_UTF8;
  return (character << 2) | further;
}
