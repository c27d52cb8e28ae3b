import { ByteView } from "./bytes";
import { skipOws, trimOws } from "./ows";

/**
 * Finds the first cookie `name` in the value of a Cookie header, `a=1; b=2`, and lets `found` view its value, without
 * the quotes that may stand around it (RFC 6265 section 4.1.1).
 * @returns false, with `found` as it was, when there is none. Allocates: nothing.
 */
export function findCookie(header: ByteView, name: ByteView, found: ByteView): bool {
  const end = header.ptr + <usize>header.length;
  for (let from = header.ptr; from < end;) {
    let stop = from;
    while (stop < end && load<u8>(stop) != 0x3b /* ; */) stop++;
    const start = skipOws(from, stop);
    if (isNamed(start, stop, name)) {
      setUnquoted(found, start + <usize>name.length + 1, trimOws(start, stop));
      return true;
    }
    from = stop + 1;
  }
  return false;
}

// @ts-ignore: decorator
@inline
function isNamed(from: usize, end: usize, name: ByteView): bool {
  const length = <usize>name.length;
  if (from + length >= end || load<u8>(from + length) != 0x3d /* = */) return false;
  return memory.compare(from, name.ptr, length) == 0;
}

function setUnquoted(found: ByteView, from: usize, end: usize): void {
  if (end >= from + 2 && load<u8>(from) == 0x22 /* " */ && load<u8>(end - 1) == 0x22) {
    from++;
    end--;
  }
  found.set(from, <i32>(end - from));
}
