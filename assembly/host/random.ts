import { random_get } from "../abi/imports";

/**
 * Fills `length` bytes at `to` from the host's random source. For seeds: a generator in the module is far cheaper.
 * @returns false when the host did not answer; the bytes are then as they were. Callable at any time. Allocates: nothing.
 */
export function randomBytes(to: usize, length: i32): bool {
  return random_get(to, <usize>length) == 0;
}
