/** No rule: nothing is known to tell a client. */
// @ts-ignore: decorator
@inline
export const NO_RULE: i32 = -1;

/** No condition was active. */
// @ts-ignore: decorator
@inline
export const NO_CONDITION: i32 = -1;

/**
 * What a client may be told of one rule's quota: of the rule that turned the request away, or, of an admitted request,
 * of the rule that has the least share of its burst left. Kept in the stream's context until the response's headers
 * come. Shadow rules are not told. Allocates: nothing.
 */
@final
export class Verdict {
  /** Index of the rule, or NO_RULE. */
  rule: i32 = NO_RULE;
  /** Index of the rule's condition that was active, or NO_CONDITION. */
  condition: i32 = NO_CONDITION;
  /** The quota in force: requests in each period, the period, and how many at once. */
  requests: i64 = 0;
  periodSeconds: i64 = 0;
  burst: i64 = 0;
  /** Requests that would be admitted at once now, 0 to `burst`. */
  remaining: i64 = 0;
  /**
   * Ticks until there is more: of a rejection until the request would be admitted, of an admission until one more than
   * `remaining` would be; 0 when the burst is whole.
   */
  resetTicks: i64 = 0;

  /** Another request. */
  clear(): void {
    this.rule = NO_RULE;
    this.condition = NO_CONDITION;
  }

  /** The rule that the client is told about, with its quota in force. */
  tell(
    rule: i32,
    condition: i32,
    requests: i64,
    periodSeconds: i64,
    burst: i64,
    remaining: i64,
    resetTicks: i64,
  ): void {
    this.rule = rule;
    this.condition = condition;
    this.requests = requests;
    this.periodSeconds = periodSeconds;
    this.burst = burst;
    this.remaining = min(max<i64>(0, remaining), burst);
    this.resetTicks = max<i64>(0, resetTicks);
  }

  /** Whether a rule with this much left is to be told rather than the one so far. @param burst at most 10^9. */
  isTighter(remaining: i64, burst: i64): bool {
    if (this.rule == NO_RULE) return true;
    return min(max<i64>(0, remaining), burst) * this.burst < this.remaining * burst;
  }
}
