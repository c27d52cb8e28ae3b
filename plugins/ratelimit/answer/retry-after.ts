/**
 * Seconds for Retry-After: `seconds`, never less, and up to `jitterPercent` of it more, so that clients told the same
 * do not come back at the same instant. Of short waits, where that is less than a second, so large a share of the clients
 * is told one second more.
 * @param jitterPercent 0 to 100. @param random any 64 bits. Allocates: nothing.
 */
export function retryAfter(seconds: u32, jitterPercent: u32, random: u64): u32 {
  // Hundredths of a second: a uniform part of the most that may be added; then rounded up or down by chance.
  const most = <u64>seconds * jitterPercent;
  const hundredths = (most * (random & 0xffff_ffff)) >> 32;
  return seconds + <u32>((hundredths + ((random >> 32) % 100)) / 100);
}
