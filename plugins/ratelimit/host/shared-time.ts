import { Presence, SharedEntry } from "../../../assembly";
import { Timeline } from "../../../assembly/core/gcra";

const BYTES: usize = memory.data(8);

/**
 * Keeps the time of all workers the same if their clock ever goes back: they share the sum of its steps, so that a
 * worker that starts later, or was idle, has the time of the others and not an earlier one. One host call each.
 */
@final
export class SharedTime {
  private readonly entry: SharedEntry;

  constructor(
    scope: string,
    private readonly time: Timeline,
  ) {
    this.entry = new SharedEntry(scope + ".time");
  }

  /** Call in onConfigure and every second. Allocates: nothing. */
  agree(): void {
    const presence = this.entry.read();
    if (presence == Presence.Failed) return;
    const shared = presence == Presence.Found && this.entry.value.length == 8 ? load<u64>(this.entry.value.ptr) : 0;
    if (presence == Presence.Found && !this.time.agree(shared)) return;
    store<u64>(BYTES, this.time.offsetNs);
    this.entry.compareAndSet(BYTES, 8);
  }
}
