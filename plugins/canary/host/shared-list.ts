import { Counter, Presence, SharedEntry, SharedSeries, sharedWriteOf, WasmResultValues } from "../../../assembly";
import { SharedWrite } from "../../../assembly/core/shared-write";
import { ListStore } from "../lists/list-store";

/** What the data that all VMs of this Envoy share has of one list: the board, and one entry for each piece of a slot. */
@final
export class SharedList extends ListStore {
  private readonly board: SharedEntry;
  private readonly slots: SharedSeries[] = [];

  /** @param prefix of the keys. Only in onConfigure: allocates. */
  constructor(
    prefix: string,
    private readonly hostErrors: Counter,
  ) {
    super();
    this.board = new SharedEntry(prefix);
    for (let slot = 0; slot < 2; slot++) this.slots.push(new SharedSeries(`${prefix}.${slot}.`));
  }

  readBoard(): bool {
    const presence = this.board.read();
    this.value.set(this.board.value.ptr, this.board.value.length);
    return this.isAnswer(presence);
  }

  writeBoard(ptr: usize, length: i32): SharedWrite {
    const written = sharedWriteOf(this.board.compareAndSet(ptr, length));
    if (written == SharedWrite.Failed) this.hostErrors.add(1);
    return written;
  }

  readPiece(slot: u32, piece: u32): bool {
    const series = this.slots[slot];
    const presence = series.read(piece);
    this.value.set(series.value.ptr, series.value.length);
    return this.isAnswer(presence);
  }

  writePiece(slot: u32, piece: u32, ptr: usize, length: i32): bool {
    if (this.slots[slot].overwrite(piece, ptr, length) == WasmResultValues.Ok) return true;
    this.hostErrors.add(1);
    return false;
  }

  /** Takes back the memory of a slot, whoever wrote it. Allocates: nothing. */
  emptySlot(slot: u32): void {
    for (let piece: u32 = 0; this.readPiece(slot, piece) && this.value.length > 0; piece++) {
      if (!this.writePiece(slot, piece, 0, 0)) return;
    }
  }

  private isAnswer(presence: Presence): bool {
    if (presence != Presence.Failed) return true;
    this.hostErrors.add(1);
    return false;
  }
}
