import { ByteView } from "../../../assembly/core/bytes";
import { lowerByte } from "./grammar";
import { sayTheSame } from "./uberctx";

/** No item. */
// @ts-ignore: decorator
@inline
export const NO_ITEM: i32 = -1;

const VIEW: ByteView = new ByteView();
const OTHER_VIEW: ByteView = new ByteView();

/**
 * The items of baggage that one kind of header brought and that go on, in their order, within the limits. They view the
 * header map. Allocates nothing once made.
 */
@final
export class Items {
  private readonly members: StaticArray<usize>;
  private readonly lengths: StaticArray<i32>;
  private readonly names: StaticArray<usize>;
  private readonly nameLengths: StaticArray<i32>;
  /** Of the names, so that most others are told from them without a look at their bytes. */
  private readonly hashes: StaticArray<u32>;
  private readonly values: StaticArray<usize>;
  private readonly valueLengths: StaticArray<i32>;
  /** How many headers an item came in. */
  private readonly lines: StaticArray<i32>;
  count: i32 = 0;
  /** Bytes of all of them as members of one list, the commas included. */
  bytes: i32 = 0;

  /** Only at configure. */
  constructor(
    private readonly maxMembers: i32,
    private readonly maxBytes: i32,
  ) {
    this.members = new StaticArray<usize>(maxMembers);
    this.lengths = new StaticArray<i32>(maxMembers);
    this.names = new StaticArray<usize>(maxMembers);
    this.nameLengths = new StaticArray<i32>(maxMembers);
    this.hashes = new StaticArray<u32>(maxMembers);
    this.values = new StaticArray<usize>(maxMembers);
    this.valueLengths = new StaticArray<i32>(maxMembers);
    this.lines = new StaticArray<i32>(maxMembers);
  }

  clear(): void {
    this.count = 0;
    this.bytes = 0;
  }

  /** Whether there is room for one more item of this many bytes as a member of a list. */
  // @ts-ignore: decorator
  @inline
  hasRoom(length: i32): bool {
    return this.count < this.maxMembers && length + i32(this.count > 0) <= this.maxBytes - this.bytes;
  }

  /** Adds an item for which there is room. */
  add(name: ByteView, value: ByteView, member: usize, length: i32): void {
    const index = this.count++;
    this.bytes += length + i32(index > 0);
    unchecked((this.members[index] = member));
    unchecked((this.lengths[index] = length));
    unchecked((this.names[index] = name.ptr));
    unchecked((this.nameLengths[index] = name.length));
    unchecked((this.hashes[index] = hashOf(name)));
    unchecked((this.values[index] = value.ptr));
    unchecked((this.valueLengths[index] = value.length));
    unchecked((this.lines[index] = 0));
  }

  /** Forgets the items of names that `others` do not have. */
  retainNames(others: Items): void {
    this.retain(others, false);
  }

  /** Forgets the items that `others` do not have, by name and decoded value. @returns whether there were any. */
  retainSame(others: Items): bool {
    const count = this.count;
    this.retain(others, true);
    return this.count < count;
  }

  private retain(others: Items, sameValue: bool): void {
    const count = this.count;
    this.clear();
    for (let i = 0; i < count; i++) {
      this.name(i, VIEW);
      const other = others.indexOf(VIEW, 0);
      if (other < 0 || (sameValue && !this.saysTheSame(i, others, other))) continue;
      this.move(i, this.count);
      this.bytes += unchecked(this.lengths[i]) + i32(this.count > 0);
      this.count++;
    }
  }

  private saysTheSame(index: i32, others: Items, other: i32): bool {
    this.value(index, VIEW);
    others.value(other, OTHER_VIEW);
    return sayTheSame(VIEW, OTHER_VIEW);
  }

  private move(from: i32, to: i32): void {
    unchecked((this.members[to] = this.members[from]));
    unchecked((this.lengths[to] = this.lengths[from]));
    unchecked((this.names[to] = this.names[from]));
    unchecked((this.nameLengths[to] = this.nameLengths[from]));
    unchecked((this.hashes[to] = this.hashes[from]));
    unchecked((this.values[to] = this.values[from]));
    unchecked((this.valueLengths[to] = this.valueLengths[from]));
    unchecked((this.lines[to] = this.lines[from]));
  }

  /** Lets `into` view an item as it stands in a list. */
  // @ts-ignore: decorator
  @inline
  member(index: i32, into: ByteView): void {
    into.set(unchecked(this.members[index]), unchecked(this.lengths[index]));
  }

  // @ts-ignore: decorator
  @inline
  name(index: i32, into: ByteView): void {
    into.set(unchecked(this.names[index]), unchecked(this.nameLengths[index]));
  }

  // @ts-ignore: decorator
  @inline
  value(index: i32, into: ByteView): void {
    into.set(unchecked(this.values[index]), unchecked(this.valueLengths[index]));
  }

  /** Counts a header of the item. */
  // @ts-ignore: decorator
  @inline
  countLine(index: i32): void {
    unchecked(this.lines[index]++);
  }

  // @ts-ignore: decorator
  @inline
  lineCount(index: i32): i32 {
    return unchecked(this.lines[index]);
  }

  /** The first item of this name from `from` on, capitals or not; NO_ITEM when there is none. */
  indexOf(name: ByteView, from: i32): i32 {
    const hash = hashOf(name);
    for (let i = from; i < this.count; i++) {
      if (unchecked(this.hashes[i]) != hash || unchecked(this.nameLengths[i]) != name.length) continue;
      if (equalsInAnyCase(unchecked(this.names[i]), name)) return i;
    }
    return NO_ITEM;
  }
}

/** FNV-1a of the name in small letters. */
function hashOf(name: ByteView): u32 {
  let hash: u32 = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = (hash ^ lowerByte(name.at(i))) * 0x01000193;
  return hash;
}

function equalsInAnyCase(at: usize, name: ByteView): bool {
  for (let i = 0; i < name.length; i++) {
    if (lowerByte(load<u8>(at + <usize>i)) != lowerByte(name.at(i))) return false;
  }
  return true;
}
