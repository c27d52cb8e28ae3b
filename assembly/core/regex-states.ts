import { RegexClasses } from "./regex-classes";
import { END, RegexPositions } from "./regex-positions";
import { RegexRows } from "./regex-rows";

/** The state in which a value begins. */
// @ts-ignore: decorator
@inline
export const BEGIN: i32 = 0;

/** From here nothing matches, whatever follows. */
// @ts-ignore: decorator
@inline
export const DEAD: i32 = 0xfe;

/** Not computed yet; also larger than any state. */
// @ts-ignore: decorator
@inline
const UNKNOWN: u8 = 0xff;

/** Places in the table of states, two for each; and what stands in one that is free. */
// @ts-ignore: decorator
@inline
const SLOTS: i32 = 256;
// @ts-ignore: decorator
@inline
const NO_STATE: u8 = UNKNOWN;

/** An odd number near 2^64 divided by the golden ratio, for multiplicative hashing. */
// @ts-ignore: decorator
@inline
const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;

/** Bytes that states may take, and how many there are at most. */
// @ts-ignore: decorator
@inline
const MAX_BYTES: i32 = 32 * 1024;
// @ts-ignore: decorator
@inline
const MAX_STATES: i32 = 128;

/**
 * The deterministic automaton of a pattern, built as far as values have led into it. A state is the set of positions
 * that may come next. Its memory is of a fixed size: when that is full, all states are forgotten, as in RE2 (Cox,
 * "Regular Expression Matching in the Wild", 2010). So a character costs one look-up as long as states are known, and at
 * most a step for each position, word of a row and state.
 */
@final
export class RegexStates {
  /** Next state by state and class. */
  private readonly table: StaticArray<u8>;
  private readonly sets: StaticArray<u64>;
  private readonly scratch: StaticArray<u64>;
  private readonly slots: StaticArray<u8> = new StaticArray<u8>(SLOTS);
  private slot: i32 = 0;
  private readonly follow: RegexRows;
  private readonly takers: u64[];
  private readonly width: i32;
  private readonly classes: i32;
  private readonly capacity: i32;
  private count: i32 = 0;

  /** For configure: allocates. */
  constructor(positions: RegexPositions, classes: RegexClasses) {
    const width = positions.follow.width;
    // A pattern of n positions has no more than 2^(n + 1) sets of them, and BEGIN may be there twice.
    const possible = 2 << min(positions.count, 10);
    const capacity = min(min(MAX_STATES, possible), MAX_BYTES / (classes.count + 8 * width));
    this.width = width;
    this.classes = classes.count;
    this.capacity = capacity;
    this.table = new StaticArray<u8>(capacity * classes.count);
    this.sets = new StaticArray<u64>(capacity * width);
    this.scratch = new StaticArray<u64>(width);
    this.follow = positions.follow;
    this.takers = classes.takers;
    this.forget();
  }

  /** The state after `state` and a character of this class, or `DEAD`. Allocates: nothing. */
  // @ts-ignore: decorator
  @inline
  next(state: i32, characterClass: i32): i32 {
    const known = unchecked(this.table[state * this.classes + characterClass]);
    return known != UNKNOWN ? known : this.compute(state, characterClass);
  }

  /** Whether the pattern may end in this state. */
  accepts(state: i32): bool {
    return (unchecked(this.sets[state * this.width]) >> END) & 1 ? true : false;
  }

  private compute(state: i32, characterClass: i32): i32 {
    if (!this.collect(state, characterClass)) {
      unchecked((this.table[state * this.classes + characterClass] = <u8>DEAD));
      return DEAD;
    }
    let next = this.find();
    if (next < 0 && this.count == this.capacity) {
      this.forget();
      this.find();
      // The state that it comes from is forgotten too, so there is nowhere to remember it.
      return this.add();
    }
    if (next < 0) next = this.add();
    unchecked((this.table[state * this.classes + characterClass] = <u8>next));
    return next;
  }

  /** Lets `scratch` be what may come after the state and the class. @returns whether anything may. */
  private collect(state: i32, characterClass: i32): bool {
    const width = this.width;
    const scratch = this.scratch;
    const follow = this.follow;
    for (let i = 0; i < width; i++) unchecked((scratch[i] = 0));
    let any = false;
    for (let i = 0; i < width; i++) {
      let taking = unchecked(this.sets[state * width + i] & this.takers[characterClass * width + i]);
      any = any || taking != 0;
      for (; taking != 0; taking &= taking - 1) {
        const p = (i << 6) + <i32>ctz(taking);
        for (let filled = <u32>unchecked(follow.filled[p]); filled != 0; filled &= filled - 1) {
          const j = <i32>ctz(filled);
          unchecked((scratch[j] |= follow.words[p * width + j]));
        }
      }
    }
    return any;
  }

  /** The state whose set is `scratch`, -1 when there is none; then `slot` is where it belongs. */
  private find(): i32 {
    const width = this.width;
    const scratch = this.scratch;
    let hash: u64 = 0;
    for (let i = 0; i < width; i++) hash = (hash ^ unchecked(scratch[i])) * MULTIPLIER;
    let slot = <i32>(hash >> 56);
    for (; unchecked(this.slots[slot]) != NO_STATE; slot = (slot + 1) & (SLOTS - 1)) {
      const state = <i32>unchecked(this.slots[slot]);
      let i = 0;
      while (i < width && unchecked(this.sets[state * width + i] == scratch[i])) i++;
      if (i == width) return state;
    }
    this.slot = slot;
    return -1;
  }

  /** After `find` has found none. */
  private add(): i32 {
    const width = this.width;
    for (let i = 0; i < width; i++) unchecked((this.sets[this.count * width + i] = this.scratch[i]));
    unchecked((this.slots[this.slot] = <u8>this.count));
    return this.count++;
  }

  /** Leaves `scratch` as it is. `BEGIN` is found by no look-up; it may be there a second time. */
  private forget(): void {
    memory.fill(changetype<usize>(this.table), 0xff, this.table.length);
    memory.fill(changetype<usize>(this.slots), NO_STATE, SLOTS);
    for (let i = 0; i < this.width; i++) unchecked((this.sets[i] = this.follow.words[i]));
    this.count = 1;
  }
}
