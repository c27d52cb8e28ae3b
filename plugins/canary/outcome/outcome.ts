import { ByteView } from "../../../assembly/core/bytes";
import { NO_PLACE } from "../../../assembly/core/percent";
import { RequestFacts } from "../../../assembly/request/facts";

/** No arm: the rule does not decide. */
// @ts-ignore: decorator
@inline
export const NO_ARM: i32 = -1;

/** Which arm the requests get that a rule is for. */
export abstract class Outcome {
  /** The arm's index, NO_ARM when the request gets none. Allocates: nothing. */
  abstract pick(facts: RequestFacts): i32;

  /** Takes account of the time, in ms since the Unix epoch, 0 when it is not known: call once a second. Allocates: nothing. */
  follow(wallMs: i64): void {}

  /** The label by which `pick` chose a lane, of no bytes when it chose none; null when the outcome is no lane. */
  get label(): ByteView | null {
    return null;
  }

  /** Where the request is among 10,000 places; NO_PLACE without a key, or when the outcome does not deal places. */
  placeOf(facts: RequestFacts): i32 {
    return NO_PLACE;
  }
}

/** One arm for all. */
@final
export class ArmOutcome extends Outcome {
  constructor(private readonly arm: i32) {
    super();
  }

  pick(facts: RequestFacts): i32 {
    return this.arm;
  }
}
