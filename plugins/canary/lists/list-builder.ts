import { IdEntry, IdSet } from "../../../assembly/core/id-set";
import { ListStore } from "./list-store";
import { ListText } from "./list-text";

/** Bytes before the text of a piece: the name of the text that it is of. */
export const PIECE_HEADER_BYTES: i32 = 8;

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

  /** Reads up to `most` pieces more. Allocates: what the set does. */
  work(store: ListStore, most: u32): BuildState {
    for (let done: u32 = 0; done < most && this.state == BuildState.Working; done++) this.state = this.step(store);
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
