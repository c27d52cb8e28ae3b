/**
 * A percentage that is fixed, or grows with the time:
 *
 *     hold |                  +--------
 *          |            +-----+
 *          |      +-----+ step
 *     from +      +
 *          | every|
 *        0 +------+------------------------> time
 *               start
 *
 * A function of the time alone, so that every proxy with the right time gives the same.
 */
@final
export class Ramp {
  /** Steps after which `hold` is reached. */
  private readonly steps: i64;

  /**
   * @param start in ms since the Unix epoch; before it the percentage is 0.
   * @param from at the start, @param step more with each period, @param hold at the end: in hundredths of a percent, `step`
   * at least 1, `hold` at least `from`.
   * @param everyMs the period, at least 1.
   */
  constructor(
    private readonly start: i64,
    private readonly from: i32,
    private readonly step: i32,
    private readonly everyMs: i64,
    private readonly hold: i32,
  ) {
    this.steps = (<i64>(hold - from) + step - 1) / step;
  }

  /** The same at all times. @param share in hundredths of a percent. */
  static fixed(share: i32): Ramp {
    return new Ramp(i64.MIN_VALUE, share, 1, 1, share);
  }

  /** The largest that it comes to. */
  get most(): i32 {
    return this.hold;
  }

  /** The percentage in hundredths, at a time in ms since the Unix epoch; never less at a later time. Allocates: nothing. */
  at(wallMs: i64): i32 {
    if (wallMs < this.start) return 0;
    // Unsigned, the distance of any two times has room.
    const periods = <u64>(wallMs - this.start) / <u64>this.everyMs;
    if (periods >= <u64>this.steps) return this.hold;
    return this.from + <i32>periods * this.step;
  }
}
