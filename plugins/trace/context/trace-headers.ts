import { ByteView, Utf8 } from "../../../assembly/core/bytes";
import { HeaderPairsReader } from "../../../assembly/core/header-pairs";

/** No further value. */
// @ts-ignore: decorator
@inline
export const NO_VALUE: i32 = -1;
/** Names of this many bytes and more are kept in one chain. */
// @ts-ignore: decorator
@inline
const LENGTHS: i32 = 64;
/** Values of one request under all slots together for which there is room from the beginning. */
// @ts-ignore: decorator
@inline
export const FIRST_VALUES: i32 = 128;

/** Headers of one name, or of all names that begin with a prefix. */
@final
class Slot {
  count: i32 = 0;
  first: i32 = NO_VALUE;
  last: i32 = NO_VALUE;

  constructor(
    readonly name: Utf8,
    readonly isPrefix: bool,
    /** The next slot whose name has the same length; -1 for none. */
    readonly sibling: i32,
  ) {}
}

/**
 * The headers of a request that anything here asks for, out of its whole header map: one host call for all of them, and
 * only there are repeated headers to be seen. Names are asked for at configure, each gets a slot; a pass over the map
 * then finds the values of all slots. Values view the map and are valid as long as it is. Allocates nothing once made but
 * for a request with more values than any before it: what a stranger sends has to be known whole, to be taken away whole.
 */
@final
export class TraceHeaders {
  private readonly slots: Slot[] = [];
  private readonly prefixes: i32[] = [];
  private readonly byLength: StaticArray<i32> = new StaticArray<i32>(LENGTHS);
  private values: StaticArray<usize> = new StaticArray<usize>(FIRST_VALUES);
  private lengths: StaticArray<i32> = new StaticArray<i32>(FIRST_VALUES);
  private names: StaticArray<usize> = new StaticArray<usize>(FIRST_VALUES);
  private nameLengths: StaticArray<i32> = new StaticArray<i32>(FIRST_VALUES);
  private nexts: StaticArray<i32> = new StaticArray<i32>(FIRST_VALUES);
  private readonly pairs: HeaderPairsReader = new HeaderPairsReader();
  private used: i32 = 0;

  constructor() {
    for (let i = 0; i < LENGTHS; i++) this.byLength[i] = -1;
  }

  /** The slot of the header `name` (lower case), a new one if need be. Only at configure: allocates. */
  slot(name: string): i32 {
    return this.slotOf(name, false);
  }

  /** The slot of all headers whose names begin with `name` (lower case). Only at configure: allocates. */
  prefixSlot(name: string): i32 {
    return this.slotOf(name, true);
  }

  /** The name, or the prefix, of a slot. */
  name(slot: i32): Utf8 {
    return unchecked(this.slots[slot]).name;
  }

  get slotCount(): i32 {
    return this.slots.length;
  }

  isPrefix(slot: i32): bool {
    return unchecked(this.slots[slot]).isPrefix;
  }

  /** Reads a serialised header map. Allocates: nothing, as a rule. */
  read(map: ByteView): void {
    this.used = 0;
    for (let i = 0; i < this.slots.length; i++) {
      const slot = unchecked(this.slots[i]);
      slot.count = 0;
      slot.first = NO_VALUE;
    }
    const pairs = this.pairs;
    for (pairs.open(map); pairs.next();) {
      const slot = this.find(pairs.name);
      if (slot != null) this.add(slot, pairs);
      this.addToPrefixes(pairs);
    }
  }

  /** How many headers the slot has. */
  // @ts-ignore: decorator
  @inline
  count(slot: i32): i32 {
    return unchecked(this.slots[slot]).count;
  }

  /** The slot's first value, for `view`, `nameOf` and `next`; NO_VALUE when there is none. */
  // @ts-ignore: decorator
  @inline
  first(slot: i32): i32 {
    return unchecked(this.slots[slot]).first;
  }

  /** The value of the same slot after this one, in the order of the request. */
  // @ts-ignore: decorator
  @inline
  next(value: i32): i32 {
    return unchecked(this.nexts[value]);
  }

  /** Lets `into` view a value. */
  // @ts-ignore: decorator
  @inline
  view(value: i32, into: ByteView): void {
    into.set(unchecked(this.values[value]), unchecked(this.lengths[value]));
  }

  /** Lets `into` view the whole name under which a value came. */
  // @ts-ignore: decorator
  @inline
  nameOf(value: i32, into: ByteView): void {
    into.set(unchecked(this.names[value]), unchecked(this.nameLengths[value]));
  }

  /** Lets `into` view the value of a slot that has just one; false when it has none, or several. */
  single(slot: i32, into: ByteView): bool {
    const found = unchecked(this.slots[slot]);
    if (found.count != 1) return false;
    this.view(found.first, into);
    return true;
  }

  private slotOf(name: string, isPrefix: bool): i32 {
    const text = new Utf8(name);
    for (let i = 0; i < this.slots.length; i++) {
      if (this.slots[i].isPrefix == isPrefix && this.slots[i].name.equals(text)) return i;
    }
    const chain = min(text.length, LENGTHS - 1);
    const slot = this.slots.length;
    this.slots.push(new Slot(text, isPrefix, isPrefix ? -1 : this.byLength[chain]));
    if (isPrefix) this.prefixes.push(slot);
    else this.byLength[chain] = slot;
    return slot;
  }

  private find(name: ByteView): Slot | null {
    for (let i = unchecked(this.byLength[min(name.length, LENGTHS - 1)]); i >= 0;) {
      const slot = unchecked(this.slots[i]);
      if (name.equals(slot.name)) return slot;
      i = slot.sibling;
    }
    return null;
  }

  /** A header may be asked for by its name and by a prefix: whoever takes all of the prefix away is to find it too. */
  private addToPrefixes(pairs: HeaderPairsReader): void {
    for (let i = 0; i < this.prefixes.length; i++) {
      const slot = unchecked(this.slots[unchecked(this.prefixes[i])]);
      if (pairs.name.startsWith(slot.name)) this.add(slot, pairs);
    }
  }

  private add(slot: Slot, pairs: HeaderPairsReader): void {
    const value = this.used;
    if (value == this.nexts.length) this.grow();
    this.used = value + 1;
    unchecked((this.values[value] = pairs.value.ptr));
    unchecked((this.lengths[value] = pairs.value.length));
    unchecked((this.names[value] = pairs.name.ptr));
    unchecked((this.nameLengths[value] = pairs.name.length));
    unchecked((this.nexts[value] = NO_VALUE));
    if (slot.first == NO_VALUE) slot.first = value;
    else unchecked((this.nexts[slot.last] = value));
    slot.last = value;
    slot.count++;
  }

  private grow(): void {
    this.values = doubled<usize>(this.values);
    this.lengths = doubled<i32>(this.lengths);
    this.names = doubled<usize>(this.names);
    this.nameLengths = doubled<i32>(this.nameLengths);
    this.nexts = doubled<i32>(this.nexts);
  }
}

function doubled<T>(from: StaticArray<T>): StaticArray<T> {
  const to = new StaticArray<T>(2 * from.length);
  memory.copy(changetype<usize>(to), changetype<usize>(from), <usize>from.length * sizeof<T>());
  return to;
}
