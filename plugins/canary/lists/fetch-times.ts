import { Xoshiro256 } from "../../../assembly/core/xoshiro256";

/** Before the first retry, which comes after half of it at least. */
// @ts-ignore: decorator
@inline
const FIRST_RETRY_MS: u64 = 1000;

/** Until the next fetch after one that succeeded: `refreshMs` give or take a tenth, so that proxies do not fetch in step. */
export function untilRefresh(refreshMs: u64, chance: Xoshiro256): u64 {
  return refreshMs - refreshMs / 10 + (chance.next() % (refreshMs / 5 + 1));
}

/**
 * Until the next fetch after `failures` in a row: twice as long each time, up to `refreshMs`, less a random part of up
 * to a half.
 */
export function untilRetry(refreshMs: u64, failures: u32, chance: Xoshiro256): u64 {
  const doubled = FIRST_RETRY_MS << (<u64>min<u32>(failures > 0 ? failures - 1 : 0, 20));
  const most = min(refreshMs, doubled);
  return most / 2 + (chance.next() % (most / 2 + 1));
}
