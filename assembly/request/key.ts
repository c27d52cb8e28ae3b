import { ByteView } from "../core/bytes";
import { sipHash13 } from "../core/siphash";
import { RequestFacts } from "./facts";
import { ValueSource } from "./source";

/** The key of a request for which the rule finds none: every part is missing or empty. */
export const NO_KEY: u64 = 0;

/** Longest value that is hashed as a whole; of a longer one, so many bytes at each end and its length. */
// @ts-ignore: decorator
@inline
const WHOLE_BYTES: i32 = 1024;
// @ts-ignore: decorator
@inline
const END_BYTES: i32 = 512;

/** A secret of one Envoy, so that nobody outside can choose values that share a bucket. */
@final
export class HashSecret {
  constructor(
    readonly key0: u64,
    readonly key1: u64,
  ) {}
}

/**
 * By what a rule tells requests apart: the values of its parts in their order. A part that a request lacks counts as an
 * empty one; a request that lacks all parts has no key.
 */
@final
export class KeyRule {
  /** @param parts none: the rule does not tell requests apart. */
  constructor(readonly parts: ValueSource[]) {}

  /** Whether there can be more than one key. */
  get isKeyed(): bool {
    for (let i = 0; i < this.parts.length; i++) if (!this.parts[i].constant) return true;
    return false;
  }

  /** The key as 64 bits under `secret`, NO_KEY when there is none. Allocates: nothing. */
  fingerprint(facts: RequestFacts, secret: HashSecret): u64 {
    let hash: u64 = 0;
    let any = false;
    for (let i = 0; i < this.parts.length; i++) {
      const part = unchecked(this.parts[i]);
      const value = part.value(facts);
      any = any || (value != null && value.length > 0 && !part.constant);
      hash = chain(hash, value, secret);
    }
    return any ? max<u64>(hash, 1) : NO_KEY;
  }

  /**
   * The key of requests whose parts have these values, one for each part, as `fingerprint` gives it.
   * NO_KEY when no request can have them. Only at configure: allocates.
   */
  fingerprintOf(values: string[], secret: HashSecret): u64 {
    let hash: u64 = 0;
    let any = false;
    for (let i = 0; i < this.parts.length; i++) {
      const value = values[i].length > 0 ? this.parts[i].canonical(values[i]) : null;
      if (value == null && values[i].length > 0) return NO_KEY;
      any = any || (value != null && !this.parts[i].constant);
      hash = chain(hash, value, secret);
    }
    return any ? max<u64>(hash, 1) : NO_KEY;
  }
}

/**
 * The hash of a value under the secret and the hash of those before it. So ("a", "bc") and ("ab", "c") differ as two
 * values do: no bytes of one value can stand for the end of another.
 */
function chain(before: u64, value: ByteView | null, secret: HashSecret): u64 {
  const key0 = secret.key0 ^ before;
  if (value == null) return sipHash13(0, 0, key0, secret.key1);
  const length = value.length;
  if (length <= WHOLE_BYTES) return sipHash13(value.ptr, length, key0, secret.key1);
  const head = sipHash13(value.ptr, END_BYTES, key0, secret.key1);
  return sipHash13(value.ptr + <usize>(length - END_BYTES), END_BYTES, key0 ^ head, secret.key1 ^ (<u64>length));
}
