// Optional white space around a part of a header value: spaces and tabs (RFC 9110 section 5.6.3).

// @ts-ignore: decorator
@inline
function isOws(byte: u8): bool {
  return byte == 0x20 || byte == 0x09;
}

/** The first address from `from` on, at most `end`, where no white space stands. Allocates: nothing. */
// @ts-ignore: decorator
@inline
export function skipOws(from: usize, end: usize): usize {
  while (from < end && isOws(load<u8>(from))) from++;
  return from;
}

/** The address after the last byte before `end` that is no white space; `from` when there is none. Allocates: nothing. */
// @ts-ignore: decorator
@inline
export function trimOws(from: usize, end: usize): usize {
  while (end > from && isOws(load<u8>(end - 1))) end--;
  return end;
}
