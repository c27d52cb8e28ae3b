import { ByteView } from "../../../assembly/core/bytes";
import { SharedWrite } from "../../../assembly/core/shared-write";

/** Bytes of a piece of a list's text; the last one may have fewer. */
// @ts-ignore: decorator
@inline
export const PIECE_BYTES: i32 = 12 * 1024;

/** What all workers of a process share of one list. */
export abstract class ListStore {
  /** What was read last; valid until the next read or the callback returns. */
  readonly value: ByteView = new ByteView();

  /** Fetches the board's bytes, none when there are none; false when the host did not answer. Allocates: nothing. */
  abstract readBoard(): bool;

  /** Writes the board if nobody did since `readBoard`. Allocates: nothing. */
  abstract writeBoard(ptr: usize, length: i32): SharedWrite;

  /** Fetches a piece of the text in `slot`, or no bytes; false as for the board. Allocates: nothing. */
  abstract readPiece(slot: u32, piece: u32): bool;

  /** Allocates: nothing. */
  abstract writePiece(slot: u32, piece: u32, ptr: usize, length: i32): bool;
}
