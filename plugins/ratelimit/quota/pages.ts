import { PAGE_BYTES, SLOT_BYTES } from "../../../assembly/core/gcra-page";

// Page 0 of a rule is that of its accounts without key. Each of them has a slot, so that none is ever spare; in place of
// the spare bucket's tag it has a tag of the quotas that are configured, with the era in its low 8 bits.

/** Accounts without key: the rule's own, and one for each of up to 8 conditions. */
const KEYLESS_SLOTS: i32 = 9;
// @ts-ignore: decorator
@inline
const ERA_MASK: u64 = 0xff;

/** Size of a page in bytes. */
// @ts-ignore: decorator
@inline
export function pageLength(page: i32): i32 {
  return page == 0 ? <i32>SLOT_BYTES * (1 + KEYLESS_SLOTS) : PAGE_BYTES;
}

/** The era that a configuration has: that of page 0 at `ptr`, the next one if the page has other quotas' tag. */
export function eraOf(ptr: usize, tag: u64): u64 {
  const known = load<u64>(ptr);
  const isSame = known == 0 || ((known ^ tag) & ~ERA_MASK) == 0;
  return (known + (isSame ? 0 : 1)) & ERA_MASK;
}

/** Notes the quotas and the era in page 0 at `ptr`. @returns whether that changed anything. */
export function noteEra(ptr: usize, tag: u64, era: u64): bool {
  const noted = (tag & ~ERA_MASK) | era;
  if (load<u64>(ptr) == noted) return false;
  store<u64>(ptr, noted);
  return true;
}
