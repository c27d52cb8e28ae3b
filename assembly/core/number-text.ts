/** Powers of ten beyond this make every number infinite or 0. */
// @ts-ignore: decorator
@inline
const MAX_POWER: i32 = 400;
/** Above this no further digit fits. */
// @ts-ignore: decorator
@inline
const MAX_MANTISSA: u64 = (u64.MAX_VALUE - 9) / 10;

/**
 * The number that the bytes from `from` to `end` are as a whole, such as `0.83`, `-2`, `.5` or `1e-3`; NaN when they are
 * none, which `inf` and `nan` are not either. Right to a few units in the last place. Allocates: nothing.
 */
export function numberOf(from: usize, end: usize): f64 {
  const negative = from < end && load<u8>(from) == 0x2d; /* - */
  if (negative || (from < end && load<u8>(from) == 0x2b) /* + */) from++;
  let mantissa: u64 = 0;
  let power = 0;
  let digits = 0;
  let pointed = false;
  for (; from < end; from++) {
    const byte = <u32>load<u8>(from);
    if (byte == 0x2e /* . */ && !pointed) {
      pointed = true;
      continue;
    }
    if (byte - 0x30 >= 10) break;
    digits++;
    if (mantissa <= MAX_MANTISSA) {
      mantissa = mantissa * 10 + (byte - 0x30);
      if (pointed) power--;
    } else if (!pointed) {
      power++;
    }
  }
  if (digits == 0) return NaN;
  if (from < end) {
    const written = exponentOf(from, end);
    if (written == NO_EXPONENT) return NaN;
    power += written;
  }
  const value = scaled(<f64>mantissa, power);
  return negative ? -value : value;
}

const NO_EXPONENT: i32 = i32.MIN_VALUE;

/** What `e-3` says, at most MAX_POWER in size; NO_EXPONENT for something else. */
function exponentOf(from: usize, end: usize): i32 {
  if ((load<u8>(from) | 0x20) != 0x65 /* e */) return NO_EXPONENT;
  from++;
  const negative = from < end && load<u8>(from) == 0x2d;
  if (negative || (from < end && load<u8>(from) == 0x2b)) from++;
  if (from == end) return NO_EXPONENT;
  let exponent = 0;
  for (; from < end; from++) {
    const digit = <u32>load<u8>(from) - 0x30;
    if (digit >= 10) return NO_EXPONENT;
    exponent = min(exponent * 10 + <i32>digit, MAX_POWER);
  }
  return negative ? -exponent : exponent;
}

function scaled(value: f64, power: i32): f64 {
  let factor: f64 = 1;
  for (let i = min(abs(power), MAX_POWER); i > 0; i--) {
    // A factor that overflowed would make 0 of what is only small.
    if (factor < 1e300) {
      factor *= 10;
    } else {
      value = power < 0 ? value / factor : value * factor;
      factor = 10;
    }
  }
  return power < 0 ? value / factor : value * factor;
}
