/**
 * Shares of a whole number by weight: whole numbers that add up to it exactly. Call `next` once for each worker, always
 * in the same order. Allocates: nothing.
 */
@final
export class ExactShares {
  private perWeight: f64 = 0;
  private turn: f64 = 0;
  private sum: f64 = 0;
  private given: f64 = 0;
  private whole: f64 = 0;

  /**
   * @param whole what is shared. @param total sum of the weights to come, above 0.
   * @param turn 0 to 1, another one each time: who gets the rest of a division goes round.
   */
  begin(whole: f64, total: f64, turn: f64): void {
    this.whole = Math.floor(whole);
    this.perWeight = this.whole / total;
    this.turn = turn;
    this.sum = 0;
    this.given = 0;
  }

  /** The next worker's share. */
  next(weight: f64): f64 {
    this.sum += weight;
    const until = min<f64>(this.whole, Math.floor(this.sum * this.perWeight + this.turn + ROUNDING));
    const share = until - this.given;
    this.given = until;
    return share;
  }
}

// @ts-ignore: decorator
@inline
const ROUNDING: f64 = 1e-9;
