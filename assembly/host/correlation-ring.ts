import { WasmResultValues } from "../abi/types";
import { ByteView } from "../core/bytes";
import { CorrelationPage, Join, MAX_NOTE_VALUE, notePageOf } from "../core/correlation-page";
import { sipHash13 } from "../core/siphash";
import { HashSecret } from "../request/key";
import { monotonicNs } from "./clock";
import { Counter } from "./metrics";
import { Presence } from "./presence";
import { SharedSeries } from "./shared-series";
import { sharedSecret } from "./shared-secret";

/** The longest id; a longer one is not looked at. */
// @ts-ignore: decorator
@inline
const MAX_ID_BYTES: i32 = 256;
/** At 20 % of attempts that lose to another worker, 3 notes in a million are lost. */
// @ts-ignore: decorator
@inline
const ATTEMPTS: i32 = 8;

/**
 * What requests left under their ids for other requests of the same ids, in the data that all VMs of one vm_id in this
 * Envoy share: pages of correlation-page.ts, their number and so all memory fixed. Ids are kept as keyed hashes of 64
 * bits: nobody outside can choose two that share one. Callable at any time.
 */
@final
export class CorrelationRing {
  private readonly series: SharedSeries;
  private readonly page: CorrelationPage;
  private readonly secret: HashSecret;
  /** The value that `recall` found; valid until the next call, or until the callback returns. */
  readonly value: ByteView;
  /** Young notes that gave way to others, so far. */
  evicted: u64 = 0;
  /** Notes that could not be written, so far. */
  lost: u64 = 0;

  /**
   * Creates the pages that are missing. Only in onConfigure: allocates.
   * @param scope beginning of the keys, such as `tidegate.<plugin>.<group>`: who shares it shares the notes.
   * @param pages of 16 notes each; all who share the scope give the same number.
   * @param stem as CorrelationPage's: what may be left of values that differ.
   */
  constructor(
    scope: string,
    private readonly pages: i32,
    ttlNs: u64,
    private readonly hostErrors: Counter,
    stem: i32 = MAX_NOTE_VALUE,
  ) {
    const page = new CorrelationPage(ttlNs, stem);
    this.page = page;
    this.value = page.value;
    this.secret = sharedSecret(scope);
    this.series = new SharedSeries(scope + ".page.");
    for (let i = 0; i < pages; i++) if (this.series.read(i) == Presence.Absent) this.series.compareAndSet(0, 0);
  }

  /** Notes a value of 1 to MAX_NOTE_VALUE bytes under an id of 1 to 256. At least one host call. Allocates: nothing. */
  remember(id: ByteView, value: ByteView): void {
    if (isId(id)) this.note(this.hashOf(id), value);
  }

  /** What was noted under an id; lets `value` view its value. One host call, two when something was. Allocates: nothing. */
  recall(id: ByteView): Join {
    return isId(id) ? this.find(this.hashOf(id)) : Join.None;
  }

  /** As `remember`, for who hashes ids under a secret of its own. */
  note(hash: u64, value: ByteView): void {
    const nowNs = monotonicNs();
    for (let i = 0; i < ATTEMPTS; i++) {
      if (!this.readPage(hash)) break;
      if (!this.page.note(this.series.value, hash, value, nowNs)) return;
      const written = this.series.compareAndSet(this.page.page.ptr, this.page.page.length);
      if (written == WasmResultValues.Ok) {
        this.evicted += u64(this.page.evicts);
        return;
      }
      if (written == WasmResultValues.CasMismatch) continue;
      this.hostErrors.add(1);
      break;
    }
    this.lost++;
  }

  /** As `recall`, for who hashes ids under a secret of its own. */
  find(hash: u64): Join {
    if (!this.readPage(hash)) return Join.None;
    const note = this.page.find(this.series.value, hash);
    return note == 0 ? Join.None : this.page.read(note, monotonicNs());
  }

  private readPage(hash: u64): bool {
    if (this.series.read(notePageOf(hash, this.pages)) != Presence.Failed) return true;
    this.hostErrors.add(1);
    return false;
  }

  private hashOf(id: ByteView): u64 {
    return sipHash13(id.ptr, id.length, this.secret.key0, this.secret.key1);
  }
}

// @ts-ignore: decorator
@inline
function isId(id: ByteView): bool {
  return id.length > 0 && id.length <= MAX_ID_BYTES;
}
