/**
 * The number of bytes of the UTF-8 character at `at`, of which `left` bytes can be read; 0 when there is none.
 * Source: RFC 3629 section 4. Allocates: nothing.
 */
export function utf8LengthAt(at: usize, left: i32): i32 {
  if (left <= 0) return 0;
  const lead = load<u8>(at);
  if (lead < 0x80) return 1;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || length > left) return 0;
  const second = load<u8>(at, 1);
  const least: u8 = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  const most: u8 = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  if (second < least || second > most) return 0;
  for (let i = 2; i < length; i++) if ((load<u8>(at + <usize>i) & 0xc0) != 0x80) return 0;
  return length;
}

/** How much of a text of `length` bytes at `ptr` fits in `most` bytes without a character cut in two. Allocates: nothing. */
export function utf8Prefix(ptr: usize, length: i32, most: i32): i32 {
  if (length <= most) return length;
  let end = most;
  // A character has at most three bytes after its first.
  for (let i = 0; i < 3 && end > 0 && (load<u8>(ptr + <usize>end) & 0xc0) == 0x80; i++) end--;
  return end;
}
