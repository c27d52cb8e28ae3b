// Memory that the host writes into.
//
// The host returns every string and byte block by asking the module for memory (proxy_on_memory_allocate) and writing
// there. Envoy makes no callback while another runs, so that memory is needed until the callback returns at the latest:
// it is taken from one fixed arena that starts over with each callback. What does not fit (a plugin configuration, a
// header of many kilobytes) comes from the heap and is given back at the start of the next callback.
//
//   ARENA  |lent|lent|lent|......free......|        OVERFLOW -> [next|bytes] -> [next|bytes] -> 0
//                          ^ used

// @ts-ignore: decorator
@inline
const ARENA_BYTES: usize = 16 * 1024;
// @ts-ignore: decorator
@inline
const OVERFLOW_HEADER_BYTES: usize = 8;

/** Garbage of this many callbacks, plus one, is collected together. Where there is none it costs some ns per callback. */
// @ts-ignore: decorator
@inline
const COLLECT_MASK: u64 = 4095;

const ARENA: usize = memory.data(16 * 1024, 8);

/** 16 bytes for the results of a host call: OUT and OUT + 4 hold a pointer and a size, or OUT alone a number. */
export const OUT: usize = memory.data(16, 8);

let used: usize = 0;
let overflow: usize = 0;

/**
 * Changes with each callback, and whenever what was read in a callback holds no longer; never 0 and never twice the same.
 * The low bits count callbacks.
 */
export let callbackEpoch: u64 = 1;

/** What this callback has read is not what it would read now. */
export function forgetReads(): void {
  callbackEpoch += COLLECT_MASK + 1;
}

/**
 * Starts a callback: takes back all that the host was lent in the one before. Every export calls it first, so that no
 * reference is on the stack yet and garbage may be collected: the runtime does so only when told (see RATIONALE.md).
 */
// @ts-ignore: decorator
@inline
export function enterCallback(): void {
  used = 0;
  if (overflow != 0) freeOverflow();
  if ((++callbackEpoch & COLLECT_MASK) == 0) __collect();
}

/**
 * The next callback begins with a collection: for who has left much garbage. Reads of headers are forgotten, as with
 * `forgetReads`.
 */
export function collectNext(): void {
  callbackEpoch |= COLLECT_MASK;
}

/** Memory for the host to write `size` bytes into, valid until the next callback. Allocates only beyond the arena. */
export function lendMemory(size: usize): usize {
  const need = (size + 7) & ~(<usize>7);
  if (need > ARENA_BYTES - used || need < size) return lendOverflow(size);
  const block = ARENA + used;
  used += need;
  return block;
}

/**
 * Takes back the block that was lent last, before the callback ends, if it is this one; else nothing happens. In the
 * arena as well as beyond it: what walks through megabytes piece by piece may find the arena taken by others.
 */
// @ts-ignore: decorator
@inline
export function lendAgain(block: usize, size: usize): void {
  const need = (size + 7) & ~(<usize>7);
  if (need > 0 && need <= used && block == ARENA + used - need) used -= need;
  else if (overflow != 0 && block == overflow + OVERFLOW_HEADER_BYTES) freeLast();
}

function lendOverflow(size: usize): usize {
  const block = heap.alloc(size + OVERFLOW_HEADER_BYTES);
  store<usize>(block, overflow);
  overflow = block;
  return block + OVERFLOW_HEADER_BYTES;
}

function freeLast(): void {
  const next = load<usize>(overflow);
  heap.free(overflow);
  overflow = next;
}

function freeOverflow(): void {
  while (overflow != 0) freeLast();
}
