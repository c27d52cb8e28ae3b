import { ByteView, Utf8 } from "../../../assembly/core/bytes";
import { sipHash13 } from "../../../assembly/core/siphash";
import { HashSecret } from "../../../assembly/request/key";
import { TraceHeaders } from "../context/trace-headers";

/** The longest value that is a key; tokens have a few KB. */
// @ts-ignore: decorator
@inline
export const MAX_KEY_BYTES: i32 = 4096;
// @ts-ignore: decorator
@inline
const UUID_BYTES: i32 = 36;
/** Where a UUID has its version, and Envoy its mark. */
// @ts-ignore: decorator
@inline
const VERSION: i32 = 14;

/**
 * A header that an application forwards from a request to those that it makes for it. The key is a hash of 128 bits of
 * the header's name and value under two secrets of this Envoy: two values, or the same value of two headers, never share
 * one but by a chance that is as small as that of two equal random UUIDs. Allocates nothing after construction.
 */
@final
export class JoinKey {
  /** Halves of the key that `read` found: where the note is, and what tells it from others there. */
  place: u64 = 0;
  check: u64 = 0;
  private readonly slot: i32;
  private readonly hasMark: bool;
  private readonly place0: u64;
  private readonly check0: u64;
  private readonly value: ByteView = new ByteView();
  private readonly unmarked: StaticArray<u8> = new StaticArray<u8>(UUID_BYTES);

  /** Takes a slot of `headers`. Only at configure: allocates. */
  constructor(
    name: string,
    private readonly headers: TraceHeaders,
    private readonly places: HashSecret,
    private readonly checks: HashSecret,
  ) {
    const text = new Utf8(name);
    this.slot = headers.slot(name);
    this.hasMark = name == "x-request-id";
    this.place0 = places.key0 ^ sipHash13(text.ptr, text.length, places.key0, places.key1);
    this.check0 = checks.key0 ^ sipHash13(text.ptr, text.length, checks.key0, checks.key1);
  }

  /** Reads the request at hand. @returns false when it has no key: no such header, several, or an empty or too long one. */
  read(): bool {
    const value = this.value;
    if (!this.headers.single(this.slot, value)) return false;
    if (value.length == 0 || value.length > MAX_KEY_BYTES) return false;
    if (this.hasMark) this.unmark();
    this.place = sipHash13(value.ptr, value.length, this.place0, this.places.key1);
    this.check = sipHash13(value.ptr, value.length, this.check0, this.checks.key1);
    return true;
  }

  /**
   * Envoy writes into a request id why the request is traced, as 9, a or b instead of a random UUID's version 4: the
   * listener that an application's request leaves by may do so to an id that came without.
   * Source: the UUID request id extension's `pack_trace_reason`, which is on by default.
   */
  private unmark(): void {
    const value = this.value;
    if (value.length != UUID_BYTES || value.at(VERSION - 1) != 0x2d /* - */) return;
    const mark = value.at(VERSION);
    if (mark != 0x39 /* 9 */ && mark != 0x61 /* a */ && mark != 0x62 /* b */) return;
    const start = changetype<usize>(this.unmarked);
    memory.copy(start, value.ptr, <usize>UUID_BYTES);
    store<u8>(start + <usize>VERSION, 0x34 /* 4 */);
    value.set(start, UUID_BYTES);
  }
}
