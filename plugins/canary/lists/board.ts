import { ByteView } from "../../../assembly/core/bytes";

// What all workers know of a fetched list, as the bytes of one entry of shared data:
//
//   | BoardFields | ETag |                                                                        little endian
//
// No worker leads: the first that finds a fetch due writes itself down as the holder of a lease, and fetches. The text
// lies in one of two slots of further entries, its pieces; the next text goes into the other slot, so that the one that
// the board names stays whole until the next is known to be good.

/** Of this layout: bytes of another one are nobody's. */
// @ts-ignore: decorator
@inline
const LAYOUT: u32 = 0x7469_6c01;

/** The longest ETag that is kept: a list with a longer one is fetched whole each time. */
// @ts-ignore: decorator
@inline
export const MAX_ETAG_BYTES: i32 = 192;

/** The fixed part of the board. Times are of the clock that never goes back. */
@unmanaged
export class BoardFields {
  layout: u32;
  etagLength: u32;
  /** 64 random bits that name the text, and that each of its pieces begins with; 0 while there is none. */
  text: u64;
  /** The slot that has it, how many pieces it has there, and ids and ranges at most. */
  slot: u32;
  pieces: u32;
  capacity: u32;
  /** Fetches that failed since the last that did not. */
  failures: u32;
  /** When the list was last known to be what the server has; while there is none, when that was first asked. */
  confirmedMs: u64;
  /** When to fetch next. */
  dueMs: u64;
  /** Who fetches now, 0 for nobody, and until when it has it alone. */
  holder: u64;
  leaseMs: u64;
}

const ETAG_AT: usize = offsetof<BoardFields>();
const BOARD_BYTES: i32 = <i32>ETAG_AT + MAX_ETAG_BYTES;

/** One copy of the board. Memory is fixed at construction. */
@final
export class Board {
  private readonly bytes: StaticArray<u8> = new StaticArray<u8>(BOARD_BYTES);
  /** The ETag of the text; of no bytes when it has none. */
  readonly etag: ByteView = new ByteView();

  constructor() {
    this.fields.layout = LAYOUT;
  }

  // @ts-ignore: decorator
  @inline
  get ptr(): usize {
    return changetype<usize>(this.bytes);
  }

  /** Bytes at `ptr`. */
  get size(): i32 {
    return <i32>ETAG_AT + this.etag.length;
  }

  // @ts-ignore: decorator
  @inline
  get fields(): BoardFields {
    return changetype<BoardFields>(this.ptr);
  }

  /** Nothing is known: fetch at once. Allocates: nothing. */
  clear(nowMs: u64): void {
    memory.fill(this.ptr, 0, <usize>BOARD_BYTES);
    this.fields.layout = LAYOUT;
    this.fields.confirmedMs = nowMs;
    this.fields.dueMs = nowMs;
    this.etag.set(0, 0);
  }

  /** Takes over bytes from shared data; false, with all as it was, when they are no board. Allocates: nothing. */
  decode(ptr: usize, length: i32): bool {
    if (length < <i32>ETAG_AT || length > BOARD_BYTES) return false;
    const fields = changetype<BoardFields>(ptr);
    if (fields.layout != LAYOUT || fields.slot > 1 || fields.etagLength != <u32>(length - <i32>ETAG_AT)) return false;
    memory.copy(this.ptr, ptr, <usize>length);
    this.etag.set(this.ptr + ETAG_AT, <i32>fields.etagLength);
    return true;
  }

  /** Keeps the ETag, or none when it is too long to be kept. Allocates: nothing. */
  setEtag(etag: ByteView): void {
    const length = etag.length <= MAX_ETAG_BYTES ? etag.length : 0;
    memory.copy(this.ptr + ETAG_AT, etag.ptr, <usize>length);
    this.etag.set(this.ptr + ETAG_AT, length);
    this.fields.etagLength = length;
  }
}
