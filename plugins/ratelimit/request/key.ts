import { ByteView } from "../../../assembly/core/bytes";
import { sipHash13 } from "../../../assembly/core/siphash";
import { RequestFacts } from "./facts";

/** By what a rule tells requests apart. */
export enum KeySource {
  /** Not at all: one bucket for the rule. */
  None,
  Header,
  ClientAddress,
  Path,
}

/** The key of a request for which the rule finds none: a header that is missing or empty. */
export const NO_KEY: u64 = 0;

/** Longest value that is hashed as a whole; of a longer one, so many bytes at each end and its length. */
// @ts-ignore: decorator
@inline
const WHOLE_BYTES: i32 = 1024;
// @ts-ignore: decorator
@inline
const END_BYTES: i32 = 512;

/** A secret of one VM, so that nobody can choose values that share a bucket. */
@final
export class HashSecret {
  constructor(
    readonly key0: u64,
    readonly key1: u64,
  ) {}
}

/** Where a rule takes the key of a request from. */
@final
export class KeyRule {
  /** @param header number of the header, for KeySource.Header. */
  constructor(
    readonly source: KeySource,
    readonly header: i32,
  ) {}

  /** The key as 64 bits under `secret`, NO_KEY when there is none. Allocates: nothing. */
  fingerprint(facts: RequestFacts, secret: HashSecret): u64 {
    const value = this.value(facts);
    if (value == null || value.length == 0) return NO_KEY;
    const hash = hashOf(value, secret);
    return hash != NO_KEY ? hash : 1;
  }

  private value(facts: RequestFacts): ByteView | null {
    if (this.source == KeySource.Header) return facts.header(this.header);
    if (this.source == KeySource.ClientAddress) return facts.clientHost();
    return this.source == KeySource.Path ? facts.path() : null;
  }
}

function hashOf(value: ByteView, secret: HashSecret): u64 {
  const length = value.length;
  if (length <= WHOLE_BYTES) return sipHash13(value.ptr, length, secret.key0, secret.key1);
  const head = sipHash13(value.ptr, END_BYTES, secret.key0, secret.key1);
  return sipHash13(value.ptr + <usize>(length - END_BYTES), END_BYTES, secret.key0 ^ head, secret.key1 ^ (<u64>length));
}
