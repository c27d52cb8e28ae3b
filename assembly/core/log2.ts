/** The bow of log2(1 + f) above the line from 0 to 1. */
// @ts-ignore: decorator
@inline
const BOW: f64 = 0.3437;

/**
 * The binary logarithm of `x`, which must not be 0, within 0.009: for statistics that are kept with each request.
 * Grows with `x` and has no steps. Allocates: nothing.
 */
// @ts-ignore: decorator
@inline
export function roughLog2(x: u64): f64 {
  const whole = 63 - <i32>clz(x);
  // The digits after the leading one, as 52 bits behind the point.
  const fraction = <f64>(((x << (63 - whole)) << 1) >> 12) * 2.220446049250313e-16;
  return <f64>whole + fraction + BOW * fraction * (1 - fraction);
}
