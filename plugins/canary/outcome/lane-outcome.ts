import { ByteView } from "../../../assembly/core/bytes";
import { RequestFacts } from "../../../assembly/request/facts";
import { LaneChoice } from "../lanes/lanes";
import { Outcome } from "./outcome";

/** The lane that the request names. */
@final
export class LaneOutcome extends Outcome {
  constructor(private readonly choice: LaneChoice) {
    super();
  }

  pick(facts: RequestFacts): i32 {
    return this.choice.pick(facts);
  }

  get label(): ByteView | null {
    return this.choice.label;
  }
}
