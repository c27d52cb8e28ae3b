import { RegexClasses } from "./regex-classes";
import { END, RegexPositions } from "./regex-positions";

/** The state in which a value begins. */
// @ts-ignore: decorator
@inline
export const BEGIN: i32 = 0;

/** From here nothing matches, whatever follows. */
// @ts-ignore: decorator
@inline
export const DEAD: i32 = 0xfffe;

/** Not computed yet. */
// @ts-ignore: decorator
@inline
const UNKNOWN: u16 = 0xffff;

/** Bytes that states may take, and how many there are at most. */
// @ts-ignore: decorator
@inline
const MAX_BYTES: i32 = 32 * 1024;
// @ts-ignore: decorator
@inline
const MAX_STATES: i32 = 128;

/**
 * The deterministic automaton of a pattern, built as far as values have led into it. A state is the set of positions
 * that may come next. In memory of a fixed size: when it is full, all states are
 * forgotten. So a character costs one look-up in nearly all cases, and at most about positions * width + MAX_STATES steps.
 *
 * Source: the lazy construction of Thompson's grep and RE2 (Cox, "Regular Expression Matching in the Wild", 2010).
 */
@final
export class RegexStates {
  /** Next state by state and class. */
  private readonly table: StaticArray<u16>;
  private readonly sets: StaticArray<u64>;
  private readonly scratch: StaticArray<u64>;
  private readonly follow: StaticArray<u64>;
  private readonly takers: u64[];
  private readonly width: i32;
  private readonly classes: i32;
  private readonly capacity: i32;
  private count: i32 = 0;

  /** For configure: allocates. */
  constructor(positions: RegexPositions, classes: RegexClasses) {
    const width = positions.width;
    // A pattern of n positions has no more than 2^(n + 1) sets of them.
    const possible = 2 << min(positions.count, 10);
    const capacity = min(min(MAX_STATES, possible), MAX_BYTES / (2 * classes.count + 8 * width));
    this.width = width;
    this.classes = classes.count;
    this.capacity = capacity;
    this.table = new StaticArray<u16>(capacity * classes.count);
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
      unchecked((this.table[state * this.classes + characterClass] = <u16>DEAD));
      return DEAD;
    }
    let next = this.find();
    if (next < 0 && this.count == this.capacity) {
      this.forget();
      // The state that it comes from is forgotten too, so there is nowhere to remember it.
      next = this.find();
      return next < 0 ? this.add() : next;
    }
    if (next < 0) next = this.add();
    unchecked((this.table[state * this.classes + characterClass] = <u16>next));
    return next;
  }

  /** Lets `scratch` be what may come after the state and the class. @returns whether anything may. */
  private collect(state: i32, characterClass: i32): bool {
    const width = this.width;
    const scratch = this.scratch;
    for (let i = 0; i < width; i++) unchecked((scratch[i] = 0));
    let any = false;
    for (let i = 0; i < width; i++) {
      let taking = unchecked(this.sets[state * width + i] & this.takers[characterClass * width + i]);
      any = any || taking != 0;
      for (; taking != 0; taking &= taking - 1) {
        const row = ((i << 6) + <i32>ctz(taking)) * width;
        for (let j = 0; j < width; j++) unchecked((scratch[j] |= this.follow[row + j]));
      }
    }
    return any;
  }

  /** The state whose set is `scratch`, -1 when there is none. */
  private find(): i32 {
    const width = this.width;
    for (let state = 0; state < this.count; state++) {
      let i = 0;
      while (i < width && unchecked(this.sets[state * width + i] == this.scratch[i])) i++;
      if (i == width) return state;
    }
    return -1;
  }

  private add(): i32 {
    const width = this.width;
    for (let i = 0; i < width; i++) unchecked((this.sets[this.count * width + i] = this.scratch[i]));
    return this.count++;
  }

  private forget(): void {
    memory.fill(changetype<usize>(this.table), 0xff, (<usize>this.table.length) << 1);
    for (let i = 0; i < this.width; i++) unchecked((this.sets[i] = this.follow[i]));
    this.count = 1;
  }
}
