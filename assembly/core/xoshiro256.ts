/** Steps after which each word of the state has long reached all others. */
// @ts-ignore: decorator
@inline
const STEPS_TO_MIX: i32 = 32;

/**
 * xoshiro256**: 64 uniform bits a step, period 2^256-1, four words of state. For ids and for chance; whoever sees its
 * output can predict it, so nothing secret may come from it.
 * Source: Blackman and Vigna, "Scrambled Linear Pseudorandom Number Generators", 2021; https://prng.di.unimi.it
 */
@final
export class Xoshiro256 {
  // Any state but all zeros, which would only ever give zero.
  private s0: u64 = 1;
  private s1: u64 = 0;
  private s2: u64 = 0;
  private s3: u64 = 0;

  /**
   * Takes the 32 bytes at `from` as the state.
   * @returns false, with the state as it was, when all of them are zero. Allocates: nothing.
   */
  seed(from: usize): bool {
    const s0 = load<u64>(from);
    const s1 = load<u64>(from, 8);
    const s2 = load<u64>(from, 16);
    const s3 = load<u64>(from, 24);
    if ((s0 | s1 | s2 | s3) == 0) return false;
    this.s0 = s0;
    this.s1 = s1;
    this.s2 = s2;
    this.s3 = s3;
    return true;
  }

  /**
   * Takes four words that are no random bits (a clock, a number) as the state, each spread over its 64 bits.
   * Words that differ from those of another generator in any place give another state. Allocates: nothing.
   */
  seedPoor(word0: u64, word1: u64, word2: u64, word3: u64): void {
    this.s0 = spread(word0);
    this.s1 = spread(word1);
    this.s2 = spread(word2);
    this.s3 = spread(word3);
    if ((this.s0 | this.s1 | this.s2 | this.s3) == 0) this.s0 = 1;
    // Output shows one word of the state: what differs in another one takes some steps to get there.
    for (let i = 0; i < STEPS_TO_MIX; i++) this.next();
  }

  /** The next 64 bits. Allocates: nothing. */
  next(): u64 {
    const s1 = this.s1;
    const result = rotl<u64>(s1 * 5, 7) * 9;
    this.s2 ^= this.s0;
    this.s3 ^= s1;
    this.s1 = s1 ^ this.s2;
    this.s0 ^= this.s3;
    this.s2 ^= s1 << 17;
    this.s3 = rotl<u64>(this.s3, 45);
    return result;
  }
}

/** One step of SplitMix64, a bijection: how the generator's authors make states out of poor seeds. */
function spread(word: u64): u64 {
  word += 0x9e3779b97f4a7c15;
  word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9;
  word = (word ^ (word >> 27)) * 0x94d049bb133111eb;
  return word ^ (word >> 31);
}
