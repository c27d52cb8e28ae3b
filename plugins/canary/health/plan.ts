import { Utf8 } from "../../../assembly/core/bytes";
import { sipHash13 } from "../../../assembly/core/siphash";
import { AbortConfig } from "./config";
import { ArmCounts } from "./counts";
import { HealthRecord } from "./record";
import { ArmWatch } from "./watch";

/** No place: the arm is in no series. */
// @ts-ignore: decorator
@inline
export const UNWATCHED: i32 = -1;

/** The requests of one arm, in slices of one length. */
@final
export class Series {
  constructor(
    /** Index into `HealthPlan.pending`. */
    readonly place: i32,
    readonly sliceNs: u64,
  ) {}
}

/** Which arms are counted, and for which watches. Watches with the same baseline and window share its series. */
@final
export class HealthPlan {
  readonly watches: ArmWatch[] = [];
  readonly series: Series[] = [];
  /** By arm, and one for no arm: index into `pending`, or UNWATCHED. */
  readonly places: StaticArray<i32>;
  /** What this worker has counted of the arms and not written yet. */
  readonly pending: ArmCounts[] = [];
  readonly fingerprint: u64;

  /** @param arms names by index. Only at configure: allocates. */
  constructor(configs: AbortConfig[], arms: string[]) {
    this.places = new StaticArray<i32>(arms.length + 1).fill(UNWATCHED);
    this.fingerprint = fingerprintOf(configs, arms);
    for (let i = 0; i < configs.length; i++) {
      const config = configs[i];
      const arm = this.seriesOf(config.arm, config);
      this.watches.push(new ArmWatch(config, i, arm, this.seriesOf(config.baseline, config)));
    }
  }

  /** An empty record of this plan. Allocates. */
  newRecord(): HealthRecord {
    return new HealthRecord(this.fingerprint, this.watches.length, this.series.length);
  }

  private seriesOf(arm: i32, config: AbortConfig): i32 {
    const place = this.placeOf(arm);
    const sliceNs = ArmWatch.sliceOf(config);
    for (let i = 0; i < this.series.length; i++) {
      if (this.series[i].place == place && this.series[i].sliceNs == sliceNs) return i;
    }
    return this.series.push(new Series(place, sliceNs)) - 1;
  }

  private placeOf(arm: i32): i32 {
    if (this.places[arm] == UNWATCHED) this.places[arm] = this.pending.push(new ArmCounts()) - 1;
    return this.places[arm];
  }
}

/** Of all that decides; not 0. Workers with the same one share a record. */
function fingerprintOf(configs: AbortConfig[], arms: string[]): u64 {
  let text = arms.join(" ");
  for (let i = 0; i < configs.length; i++) text += "\n" + configs[i].toString();
  const bytes = new Utf8(text);
  return sipHash13(bytes.ptr, bytes.length, 0, 0) | 1;
}
