import { collectNext } from "../abi/memory";

/**
 * Has the garbage of this and earlier callbacks collected before the next one, and not only after some thousands: for who
 * has given up megabytes. Callable at any time.
 */
export function collectSoon(): void {
  collectNext();
}
