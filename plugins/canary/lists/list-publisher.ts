import { lineBreaksIn } from "./list-text";
import { PIECE_HEADER_BYTES } from "./list-builder";
import { ListStore, PIECE_BYTES } from "./list-store";

/** Writes a text into a slot of shared data, piece by piece. Memory is fixed at construction. */
@final
export class ListPublisher {
  private readonly entry: StaticArray<u8> = new StaticArray<u8>(PIECE_HEADER_BYTES + PIECE_BYTES);
  /** Of the text that is written, or was last. */
  name: u64 = 0;
  slot: u32 = 0;
  pieces: u32 = 0;
  /** Lines at most. */
  lines: i32 = 0;

  constructor(private readonly store: ListStore) {}

  /** A new text begins. */
  begin(name: u64, slot: u32): void {
    this.name = name;
    this.slot = slot;
    this.pieces = 0;
    this.lines = 1;
  }

  /** Writes the next `length` bytes, at most PIECE_BYTES; false when shared data does not take them. Allocates: nothing. */
  add(ptr: usize, length: i32): bool {
    const entry = changetype<usize>(this.entry);
    store<u64>(entry, this.name);
    memory.copy(entry + <usize>PIECE_HEADER_BYTES, ptr, <usize>length);
    if (!this.store.writePiece(this.slot, this.pieces, entry, PIECE_HEADER_BYTES + length)) return false;
    this.pieces++;
    this.lines += lineBreaksIn(ptr, length);
    return true;
  }

  /** Takes back the memory of pieces that nobody needs. Allocates: nothing. */
  empty(slot: u32, pieces: u32): void {
    for (let piece: u32 = 0; piece < pieces; piece++) this.store.writePiece(slot, piece, 0, 0);
  }
}
