import { Counter, Presence, SharedEntry, WasmResultValues } from "../../../assembly";
import { Board } from "../lists/board";
import { SharedList } from "./shared-list";

/** Configurations of a list whose texts are kept: one that is drained, one that takes its place, and some to spare. */
const MAX_KEPT: i32 = 4;
/** Nobody keeps a list that was due for so long. */
const ABANDONED_MS: u64 = 300_000;
/** Tries at a write that other workers' writes come before. */
const ATTEMPTS: i32 = 4;
const TAG_BYTES: i32 = 8;

/**
 * Whose texts shared data has: the tags of the configurations that one list had, the latest last. No entry can be
 * deleted there, so without this every change of what is fetched would leave megabytes behind. Only in onConfigure:
 * allocates.
 */
@final
export class ListTexts {
  private readonly entry: SharedEntry;
  private readonly board: Board = new Board();

  /** @param prefix of the keys of the list, whatever its configuration. */
  constructor(
    private readonly prefix: string,
    private readonly hostErrors: Counter,
  ) {
    this.entry = new SharedEntry(prefix);
  }

  /** What is shared of the list in the configuration with this tag. */
  open(tag: u64): SharedList {
    return new SharedList(`${this.prefix}.${tag.toString(16)}`, this.hostErrors);
  }

  /**
   * Notes that the configuration with this tag is in use, and takes back the memory of others that are not, or are too
   * many: should one of them be in use all the same, its text is fetched anew.
   */
  keep(tag: u64, nowMs: u64): void {
    for (let i = 0; i < ATTEMPTS; i++) {
      if (this.entry.read() == Presence.Failed) break;
      const known = this.tags();
      const dropped: u64[] = [];
      const kept = this.keptOf(known, tag, nowMs, dropped);
      if (dropped.length == 0 && known.includes(tag)) return;
      const written = this.write(kept);
      if (written == WasmResultValues.CasMismatch) continue;
      if (written != WasmResultValues.Ok) break;
      for (let j = 0; j < dropped.length; j++) this.empty(dropped[j], nowMs);
      return;
    }
    this.hostErrors.add(1);
  }

  /** The tags that stay, this one last; the others go to `dropped`. */
  private keptOf(known: u64[], tag: u64, nowMs: u64, dropped: u64[]): u64[] {
    const kept: u64[] = [];
    for (let i = 0; i < known.length; i++) {
      if (known[i] != tag) (this.isAbandoned(known[i], nowMs) ? dropped : kept).push(known[i]);
    }
    if (kept.length == MAX_KEPT) dropped.push(kept.shift());
    kept.push(tag);
    return kept;
  }

  private tags(): u64[] {
    const value = this.entry.value;
    const tags: u64[] = [];
    if (value.length % TAG_BYTES != 0 || value.length > MAX_KEPT * TAG_BYTES) return tags;
    for (let at = 0; at < value.length; at += TAG_BYTES) tags.push(load<u64>(value.ptr + <usize>at));
    return tags;
  }

  private write(tags: u64[]): WasmResultValues {
    return this.entry.compareAndSet(tags.dataStart, tags.length * TAG_BYTES);
  }

  private isAbandoned(tag: u64, nowMs: u64): bool {
    const list = this.open(tag);
    if (!list.readBoard() || !this.board.decode(list.value.ptr, list.value.length)) return false;
    return nowMs > max(this.board.fields.dueMs, this.board.fields.leaseMs) + ABANDONED_MS;
  }

  /** First the board, so that nobody begins to read. */
  private empty(tag: u64, nowMs: u64): void {
    const list = this.open(tag);
    if (!list.readBoard()) return;
    this.board.clear(nowMs);
    list.writeBoard(this.board.ptr, this.board.size);
    for (let slot = 0; slot < 2; slot++) list.emptySlot(slot);
  }
}
