import { IdEntry, IdSet } from "../../../assembly/core/id-set";
import { ListStore } from "./list-store";
import { ListText } from "./list-text";

/** Bytes before the text of a piece: the name of the text that it is of. */
export const PIECE_HEADER_BYTES: i32 = 8;

/** More lines than any text has. */
// @ts-ignore: decorator
@inline
export const ALL_LINES: i32 = 1 << 30;

/** Bytes that may take as long to read as a line does beside them. */
// @ts-ignore: decorator
@inline
const BYTES_PER_LINE: i32 = 64;

/** How far a set is built. */
export enum BuildState {
  Working,
  Done,
  /** A piece is not there, or is of another text. */
  Damaged,
  BadLine,
  TooManyIds,
}

/** Makes a set out of a text in shared data, some pieces at a time. */
@final
export class ListBuilder {
  private readonly text: ListText;
  private next: u32 = 0;
  state: BuildState = BuildState.Working;

  /** @param name of the text, that is in `pieces` pieces of `slot`. @param ids the set, without any yet. Allocates. */
  constructor(
    readonly name: u64,
    readonly slot: u32,
    readonly pieces: u32,
    readonly ids: IdSet,
  ) {
    this.text = new ListText(ids);
  }

  /** The line that was not taken, from 1. */
  get line(): i32 {
    return this.text.lines;
  }

  /** Why it was not taken. */
  get problem(): IdEntry {
    return this.text.problem;
  }

  /**
   * Reads on, piece by piece, until `most` lines more have been read, of long ones fewer: lines cost more than bytes do.
   * @param most up to ALL_LINES. Allocates: what the set does.
   */
  work(store: ListStore, most: i32): BuildState {
    const last = this.text.lines + most;
    let budget = most;
    while (this.state == BuildState.Working && this.text.lines < last && budget > 0) {
      this.state = this.step(store);
      budget -= store.value.length / BYTES_PER_LINE;
    }
    return this.state;
  }

  private step(store: ListStore): BuildState {
    if (this.next == this.pieces) return this.text.finish() ? BuildState.Done : this.refusal();
    if (!store.readPiece(this.slot, this.next) || !this.isOurs(store)) return BuildState.Damaged;
    this.next++;
    const piece = store.value;
    const isTaken = this.text.add(piece.ptr + <usize>PIECE_HEADER_BYTES, piece.length - PIECE_HEADER_BYTES);
    return isTaken ? BuildState.Working : this.refusal();
  }

  private isOurs(store: ListStore): bool {
    return store.value.length >= PIECE_HEADER_BYTES && load<u64>(store.value.ptr) == this.name;
  }

  private refusal(): BuildState {
    return this.text.problem == IdEntry.Full ? BuildState.TooManyIds : BuildState.BadLine;
  }
}
