import { ByteView, findByte } from "./bytes";
import { decodesTo } from "./percent-encoding";

const NAME: ByteView = new ByteView();

/**
 * Finds the first parameter `name` in a URL's query, `a=1&b=2` without the `?`, and lets `found` view its value as it is
 * encoded; of a parameter without `=` the value is empty. The name may be encoded in any way.
 * @returns false, with `found` as it was, when there is none. Allocates: nothing.
 */
export function findParameter(query: ByteView, name: ByteView, found: ByteView): bool {
  const end = query.ptr + <usize>query.length;
  let from = query.ptr;
  while (from < end) {
    const stop = findByte(0x26 /* & */, from, end);
    const equals = findByte(0x3d /* = */, from, stop);
    NAME.set(from, <i32>(equals - from));
    if (decodesTo(NAME, name, true)) {
      const value = min(equals + 1, stop);
      found.set(value, <i32>(stop - value));
      return true;
    }
    from = stop + 1;
  }
  return false;
}
