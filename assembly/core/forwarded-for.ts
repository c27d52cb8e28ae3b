import { ByteView } from "./bytes";
import { skipOws, trimOws } from "./ows";

/**
 * Lets `found` view the address in an X-Forwarded-For value that stands before `hops` others at the right end, without
 * white space around it: 0 is the last address, which the nearest proxy wrote. What is left of it a client can choose.
 * @returns false, with `found` undefined, when there are not so many. Allocates: nothing.
 */
export function findForwardedFor(list: ByteView, hops: i32, found: ByteView): bool {
  const start = list.ptr;
  let end = start + <usize>list.length;
  let from = lastEntry(start, end);
  for (; hops > 0; hops--) {
    if (from == start) return false;
    end = from - 1;
    from = lastEntry(start, end);
  }
  from = skipOws(from, end);
  found.set(from, <i32>(trimOws(from, end) - from));
  return found.length > 0;
}

/** Where the last entry of the list begins, after its comma. */
function lastEntry(start: usize, end: usize): usize {
  while (end > start && load<u8>(end - 1) != 0x2c /* , */) end--;
  return end;
}
