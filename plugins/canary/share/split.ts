import { ALL, NO_PLACE } from "../../../assembly/core/percent";
import { Ramp } from "./ramp";

/** No arm: the place is in no part. */
// @ts-ignore: decorator
@inline
export const NO_PART: i32 = -1;

/** An arm and its percentage. */
@final
export class Part {
  /** The places that the part has now: `size` of them from `first` on. */
  first: i32 = 0;
  size: i32 = 0;

  /**
   * @param arm index of the arm.
   * @param room percentage in hundredths up to which the part may grow, at least `ramp.most`.
   */
  constructor(
    readonly arm: i32,
    readonly ramp: Ramp,
    readonly room: i32 = ramp.most,
  ) {}
}

/**
 * Which arm a place among 10,000 belongs to. Parts grow into places that nobody had, so that raising a percentage only
 * adds keys to its arm and takes none from another:
 *
 *     0                                                          10,000
 *     | first -> room |  second -> room  |   free   | room <- last |
 *
 * The first part grows from the bottom, the last one from the top, those between from where the rooms before them end. Two
 * parts therefore need no rooms, and a part put between others moves none of their keys.
 */
@final
export class Split {
  /**
   * @param parts whose rooms together are at most `ALL`, at least one.
   * Ramps give nothing before `follow` is called. Allocates.
   */
  constructor(readonly parts: StaticArray<Part>) {
    let room = 0;
    for (let i = 0; i < parts.length; i++) {
      parts[i].first = room;
      room += parts[i].room;
    }
    this.setSizes(i64.MIN_VALUE);
  }

  /** One arm for a share of the places, in hundredths of a percent or by time. */
  static of(arm: i32, ramp: Ramp): Split {
    return new Split([new Part(arm, ramp)]);
  }

  /**
   * Gives each part what its ramp comes to at a time in ms since the Unix epoch, at configure and then once a second. 0, a
   * host without an answer, leaves all as it is. Allocates: nothing.
   */
  follow(wallMs: i64): void {
    if (wallMs > 0) this.setSizes(wallMs);
  }

  /**
   * The arm of a place, NO_PART if it is in no part. A request without a key, NO_PLACE, has only the arm that has all places.
   * Allocates: nothing.
   */
  pick(place: i32): i32 {
    const parts = this.parts;
    for (let i = 0, count = parts.length; i < count; i++) {
      const part = unchecked(parts[i]);
      if (place == NO_PLACE ? part.size == ALL : <u32>(place - part.first) < <u32>part.size) return part.arm;
    }
    return NO_PART;
  }

  private setSizes(wallMs: i64): void {
    const parts = this.parts;
    const last = parts.length - 1;
    for (let i = 0; i <= last; i++) {
      const part = unchecked(parts[i]);
      part.size = part.ramp.at(wallMs);
      if (i > 0 && i == last) part.first = ALL - part.size;
    }
  }
}
