import { ByteView } from "../../../assembly/core/bytes";
import { RequestFacts } from "../../../assembly/request/facts";

/** What a request costs at most, whatever it says. */
export const MAX_COST: i32 = 1_000_000;

/** What requests of a rule cost: always the same, or what a header says. */
@final
export class CostRule {
  /**
   * @param header number of the header, -1 for none. @param otherwise the cost without a header that is a whole number
   * from 1 on. @param most what a greater number counts as.
   */
  constructor(
    private readonly header: i32 = -1,
    readonly otherwise: i32 = 1,
    readonly most: i32 = 1,
  ) {}

  /** What the request costs, 1 to `most`. Allocates: nothing. */
  of(facts: RequestFacts): i32 {
    if (this.header < 0) return this.otherwise;
    const value = facts.header(this.header);
    const cost = value != null ? wholeNumber(value) : 0;
    return cost == 0 ? this.otherwise : min(cost, this.most);
  }
}

/** The number that these digits are, at most MAX_COST; 0 for anything else. */
function wholeNumber(text: ByteView): i32 {
  let number = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = <i32>text.at(i) - 0x30;
    if (<u32>digit > 9) return 0;
    number = min(number * 10 + digit, MAX_COST);
  }
  return number;
}
