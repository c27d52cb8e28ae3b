// What the plugin decides, without a host: as-pect runs it as it is.
import { ByteView, Utf8 } from "../../assembly/core/bytes";

/** The longest key, in bytes. */
// @ts-ignore: decorator
@inline
export const MAX_KEY: i32 = 256;

/** Nobody's key. */
// @ts-ignore: decorator
@inline
export const NOBODY: i32 = -1;

/**
 * The keys that are let in. Each lies in MAX_KEY bytes, zeros after its end:
 *
 *   |key 0|0...|key 1|0.....|
 */
@final
export class KeyRing {
  private readonly bytes: StaticArray<u8>;
  private readonly lengths: StaticArray<i32>;

  /** @param keys of 1 to MAX_KEY bytes each. Allocates. */
  constructor(keys: string[]) {
    this.bytes = new StaticArray<u8>(keys.length * MAX_KEY);
    this.lengths = new StaticArray<i32>(keys.length);
    for (let i = 0; i < keys.length; i++) {
      const key = new Utf8(keys[i]);
      memory.copy(this.startOf(i), key.ptr, <usize>key.length);
      this.lengths[i] = key.length;
    }
  }

  /**
   * Whose key this is, or NOBODY. How long it takes depends on the number of keys and the length of what was given, and not
   * on how much of a key was right: else one could guess byte by byte. Allocates: nothing.
   */
  find(given: ByteView): i32 {
    if (given.length > MAX_KEY) return NOBODY;
    let found = NOBODY;
    for (let i = 0; i < this.lengths.length; i++) found = select(i, found, this.difference(i, given) == 0);
    return found;
  }

  /** 0 if the key is the same; looks at all of `given` in any case. */
  private difference(index: i32, given: ByteView): u32 {
    const start = this.startOf(index);
    let difference: u32 = unchecked(this.lengths[index]) ^ given.length;
    for (let i = 0; i < given.length; i++) difference |= load<u8>(start + <usize>i) ^ given.at(i);
    return difference;
  }

  // @ts-ignore: decorator
  @inline
  private startOf(index: i32): usize {
    return changetype<usize>(this.bytes) + <usize>(index * MAX_KEY);
  }
}

/**
 * Lets `key` view what stands after the scheme and spaces, as in `Bearer abc`; capitals of the scheme do not count
 * (RFC 9110 section 11.1). Without a scheme the whole value is the key. Allocates: nothing.
 * @param scheme in small letters. @returns false, and `key` undefined, when the value has another scheme or nothing after it.
 */
export function readKey(value: ByteView, scheme: ByteView, key: ByteView): bool {
  let at = 0;
  if (scheme.length > 0) {
    if (value.length <= scheme.length || value.at(scheme.length) != 0x20) return false;
    for (; at < scheme.length; at++) if (lower(value.at(at)) != scheme.at(at)) return false;
    while (at < value.length && value.at(at) == 0x20) at++;
  }
  key.set(value.ptr + <usize>at, value.length - at);
  return key.length > 0;
}

// @ts-ignore: decorator
@inline
function lower(byte: u8): u8 {
  return <u32>(byte - 0x41) < 26 ? byte | 0x20 : byte;
}
