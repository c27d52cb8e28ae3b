import { ByteView, Utf8 } from "../../../assembly/core/bytes";
import { IdTable, NO_ENTRY } from "../../../assembly/core/id-table";
import { RequestFacts } from "../../../assembly/request/facts";
import { ValueSource } from "../../../assembly/request/source";

/** No lane, and so no arm: the label names none of the configured ones. */
// @ts-ignore: decorator
@inline
export const NO_LANE: i32 = -1;

/** Length of the longest label, as of the longest name of an arm. */
// @ts-ignore: decorator
@inline
const MAX_LABEL: i32 = 63;

/** One lane: a developer's, a feature's or a team's replicas. */
@final
export class Lane {
  readonly bytes: Utf8;

  constructor(
    readonly name: string,
    /** Index of the arm of the same name. */
    readonly arm: i32,
  ) {
    this.bytes = new Utf8(name);
  }
}

/**
 * The lanes that there are. A label such as `team.feature.alice` leads to the lane of that name; when there is none, to
 * `team.feature`, then to `team`: its last component is dropped until a lane has the name. Nothing else is a lane,
 * whatever a request says.
 */
@final
export class Lanes {
  private readonly lanes: Lane[];
  /** Components of the lane with the most. */
  private readonly depth: i32;

  /** @param separator stands between two components. Allocates. */
  constructor(
    lanes: Lane[],
    private readonly separator: u8,
  ) {
    const sorted = lanes.slice();
    sorted.sort((a, b) => compare(a.bytes, b.bytes.ptr, b.bytes.length));
    let depth = 0;
    for (let i = 0; i < sorted.length; i++) depth = max(depth, components(sorted[i].bytes, separator));
    this.lanes = sorted;
    this.depth = depth;
  }

  /** The arm of the lane that the label leads to, or NO_LANE. Allocates: nothing. */
  find(label: ByteView): i32 {
    if (!isLabel(label)) return NO_LANE;
    let length = label.length;
    for (let deep = components(label, this.separator); deep > this.depth; deep--) length = this.dropLast(label, length);
    for (; length > 0; length = this.dropLast(label, length)) {
      const arm = this.armOf(label.ptr, length);
      if (arm != NO_LANE) return arm;
    }
    return NO_LANE;
  }

  /** Length of the label's first `length` bytes without their last component; 0 when that is all. */
  private dropLast(label: ByteView, length: i32): i32 {
    do {
      length--;
    } while (length > 0 && label.at(length) != this.separator);
    return length;
  }

  /** By binary search. */
  private armOf(ptr: usize, length: i32): i32 {
    let low = 0;
    let high = this.lanes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const lane = unchecked(this.lanes[middle]);
      const order = compare(lane.bytes, ptr, length);
      if (order == 0) return lane.arm;
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return NO_LANE;
  }
}

/** A rule's outcome by lane. */
@final
export class LaneChoice {
  /** What the request named its lane by when `pick` found an arm; valid as long as the request's values are. */
  readonly label: ByteView = new ByteView();

  /**
   * @param source of the label, or of the user id when there are users.
   * @param users index into `labels` for each user that has a label; null when the source gives labels.
   */
  constructor(
    readonly source: ValueSource,
    private readonly lanes: Lanes,
    private readonly users: IdTable | null,
    private readonly labels: Utf8[],
  ) {}

  /** The arm of the request's lane, or NO_LANE. Allocates: nothing. */
  pick(facts: RequestFacts): i32 {
    const value = this.source.value(facts);
    const label = value != null ? this.labelOf(value) : null;
    const arm = label != null ? this.lanes.find(label) : NO_LANE;
    if (arm != NO_LANE) this.label.set(label!.ptr, label!.length);
    else this.label.set(0, 0);
    return arm;
  }

  private labelOf(value: ByteView): ByteView | null {
    const users = this.users;
    if (users == null) return value;
    const user = users.get(value.ptr, value.length);
    return user == NO_ENTRY ? null : unchecked(this.labels[user]);
  }
}

/**
 * Whether a value can be a label: a letter or digit, then up to 62 of letters, digits, `.`, `_` and `-`. No other value
 * is compared, remembered or handed on. Allocates: nothing.
 */
export function isLabel(value: ByteView): bool {
  if (value.length == 0 || value.length > MAX_LABEL || isMark(value.at(0))) return false;
  for (let i = 0; i < value.length; i++) {
    const byte = <u32>value.at(i);
    if ((byte | 0x20) - 0x61 >= 26 && byte - 0x30 >= 10 && !isMark(<u8>byte)) return false;
  }
  return true;
}

// @ts-ignore: decorator
@inline
function isMark(byte: u8): bool {
  return byte == 0x2e /* . */ || byte == 0x2d /* - */ || byte == 0x5f; /* _ */
}

function components(name: ByteView, separator: u8): i32 {
  let count = 1;
  for (let i = 0; i < name.length; i++) count += i32(name.at(i) == separator);
  return count;
}

/** Any order that is one. */
function compare(name: ByteView, ptr: usize, length: i32): i32 {
  return name.length != length ? name.length - length : memory.compare(name.ptr, ptr, <usize>length);
}
