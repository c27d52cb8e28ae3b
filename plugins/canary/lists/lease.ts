import { ByteView } from "../../../assembly/core/bytes";
import { Xoshiro256 } from "../../../assembly/core/xoshiro256";
import { SharedWrite } from "../../../assembly/core/shared-write";
import { Board, BoardFields } from "./board";
import { untilRefresh, untilRetry } from "./fetch-times";
import { ListBuilder } from "./list-builder";
import { ListStore } from "./list-store";

/** Tries at a write that other workers' writes come before. */
// @ts-ignore: decorator
@inline
const ATTEMPTS: i32 = 4;
/** How long a lease outlasts the call that it was taken for, or the last tick in which its holder had work to do. */
// @ts-ignore: decorator
@inline
const MARGIN_MS: u64 = 10_000;
/** Until a text that was found damaged is fetched again, at most. */
// @ts-ignore: decorator
@inline
const REPAIR_MS: u64 = 10_000;

const NO_ETAG: ByteView = new ByteView();

/** One worker's view of the board, and its right to fetch. Allocates: only at construction. */
@final
export class Lease {
  readonly board: Board = new Board();
  /** Names this worker on the board. */
  private readonly me: u64;

  /** @param refreshMs between fetches. @param timeoutMs of a fetch. */
  constructor(
    private readonly store: ListStore,
    private readonly chance: Xoshiro256,
    private readonly refreshMs: u64,
    private readonly timeoutMs: u64,
  ) {
    this.me = chance.next() | 1;
  }

  // @ts-ignore: decorator
  @inline
  get fields(): BoardFields {
    return this.board.fields;
  }

  /** As of the last `look`. */
  get isMine(): bool {
    return this.fields.holder == this.me;
  }

  /** Fetches the board; false when there is none yet, or the host does not answer. A new one is written then. */
  look(nowMs: u64): bool {
    if (!this.store.readBoard()) return false;
    const value = this.store.value;
    if (this.board.decode(value.ptr, value.length)) return true;
    this.board.clear(nowMs);
    this.write();
    return false;
  }

  /** Gets the right to fetch, if that is due and nobody else has it. Call after `look`, as the following. */
  take(nowMs: u64): bool {
    const fields = this.fields;
    if (nowMs < fields.dueMs || (fields.holder != 0 && nowMs < fields.leaseMs)) return false;
    fields.holder = this.me;
    fields.leaseMs = nowMs + this.timeoutMs + MARGIN_MS;
    return this.write() == SharedWrite.Done;
  }

  /** The holder is still at work. */
  renew(nowMs: u64): void {
    this.fields.leaseMs = nowMs + MARGIN_MS;
    this.write();
  }

  /** Ends the lease with a new text, known at `answeredMs`; false when it could not be written: look again. */
  publish(nowMs: u64, text: ListBuilder, etag: ByteView, answeredMs: u64): bool {
    const fields = this.fields;
    fields.text = text.name;
    fields.slot = text.slot;
    fields.pieces = text.pieces;
    fields.capacity = text.ids.size;
    this.board.setEtag(etag);
    this.succeed(nowMs, answeredMs);
    return this.write() == SharedWrite.Done;
  }

  /** Ends the lease: the text is what the server has. */
  confirm(nowMs: u64): bool {
    for (let i = 0; i < ATTEMPTS; i++) {
      this.succeed(nowMs, nowMs);
      const result = this.write();
      if (result == SharedWrite.Done) return true;
      if (result == SharedWrite.Failed || !this.look(nowMs) || !this.isMine) break;
    }
    return false;
  }

  /** Ends the lease without success: a retry is due later and later. False when it is not noted. */
  fail(nowMs: u64): bool {
    for (let i = 0; i < ATTEMPTS && this.look(nowMs) && this.isMine; i++) {
      const fields = this.fields;
      fields.failures = min<u32>(fields.failures, 1000) + 1;
      this.end(nowMs + untilRetry(this.refreshMs, fields.failures, this.chance));
      const result = this.write();
      if (result == SharedWrite.Done) return true;
      if (result == SharedWrite.Failed) break;
    }
    return false;
  }

  /** The text cannot be read: who has no list yet gets none, unless it is fetched again soon and whole. */
  complain(nowMs: u64): void {
    this.fields.text = 0;
    this.board.setEtag(NO_ETAG);
    this.fields.dueMs = min(this.fields.dueMs, nowMs + REPAIR_MS);
    this.write();
  }

  private succeed(nowMs: u64, confirmedMs: u64): void {
    this.fields.failures = 0;
    this.fields.confirmedMs = confirmedMs;
    this.end(nowMs + untilRefresh(this.refreshMs, this.chance));
  }

  private end(dueMs: u64): void {
    this.fields.dueMs = dueMs;
    this.fields.holder = 0;
    this.fields.leaseMs = 0;
  }

  private write(): SharedWrite {
    return this.store.writeBoard(this.board.ptr, this.board.size);
  }
}
