import { Places } from "../../../assembly/core/percent";
import { RequestFacts } from "../../../assembly/request/facts";
import { ValueSource } from "../../../assembly/request/source";
import { Split } from "../share/split";
import { Outcome } from "./outcome";

/** Shares of the keys that a source gives. */
@final
export class SplitOutcome extends Outcome {
  constructor(
    private readonly key: ValueSource,
    private readonly places: Places,
    readonly split: Split,
  ) {
    super();
  }

  pick(facts: RequestFacts): i32 {
    return this.split.pick(this.placeOf(facts));
  }

  placeOf(facts: RequestFacts): i32 {
    return this.places.placeOf(this.key.value(facts));
  }

  follow(wallMs: i64): void {
    this.split.follow(wallMs);
  }
}
