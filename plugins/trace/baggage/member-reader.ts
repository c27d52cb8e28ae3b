import { ByteView, findByte } from "../../../assembly/core/bytes";
import { skipOws, trimOws } from "../../../assembly/core/ows";
import { isBaggageValue, isToken } from "./grammar";

// baggage (W3C Baggage, https://www.w3.org/TR/baggage/#definition):
//
//   baggage: userId=alice , serverNode = DF%2028;ttl=5;internal
//            key    value                        properties
//          white space may stand around all of them

// @ts-ignore: decorator
@inline
const COMMA: u8 = 0x2c;
// @ts-ignore: decorator
@inline
const SEMICOLON: u8 = 0x3b;
// @ts-ignore: decorator
@inline
const EQUALS: u8 = 0x3d;

/** Walks the list members of one baggage header in place, empty ones left out. Allocates: nothing once made. */
@final
export class MemberReader {
  private at: usize = 0;
  private end: usize = 0;
  /** Key, value and properties of the member at hand, without the white space around. */
  readonly member: ByteView = new ByteView();
  /** After `parse` has said true. */
  readonly key: ByteView = new ByteView();
  /** After `parse` has said true: still percent-encoded. */
  readonly value: ByteView = new ByteView();

  /** Starts before the first member of `header`. */
  open(header: ByteView): void {
    this.at = header.ptr;
    this.end = header.ptr + <usize>header.length;
  }

  /** Moves to the next member, whatever it is; false when there is none. */
  next(): bool {
    while (this.at < this.end) {
      const memberEnd = findByte(COMMA, this.at, this.end);
      const start = skipOws(this.at, memberEnd);
      this.at = memberEnd + 1;
      if (start == memberEnd) continue;
      this.member.set(start, <i32>(trimOws(start, memberEnd) - start));
      return true;
    }
    return false;
  }

  /** Whether the member keeps to the grammar; `key` and `value` then view its parts. */
  parse(): bool {
    const start = this.member.ptr;
    const end = start + <usize>this.member.length;
    const valueEnd = findByte(SEMICOLON, start, end);
    if (!this.parsePair(start, valueEnd, true)) return false;
    for (let at = valueEnd; at < end;) {
      const propertyEnd = findByte(SEMICOLON, at + 1, end);
      if (!this.isProperty(at + 1, propertyEnd)) return false;
      at = propertyEnd;
    }
    return true;
  }

  /** One with nothing between two semicolons is none, and does no harm: others write such a thing. */
  private isProperty(at: usize, end: usize): bool {
    const start = skipOws(at, end);
    const last = trimOws(start, end);
    return start == last || findByte(EQUALS, start, last) == last
      ? start == last || isToken(start, last)
      : this.parsePair(start, last, false);
  }

  /** @param isMember whether key and value are those of the member, not of a property. */
  private parsePair(at: usize, end: usize, isMember: bool): bool {
    const equals = findByte(EQUALS, at, end);
    if (equals == end) return false;
    const keyEnd = trimOws(at, equals);
    const valueStart = skipOws(equals + 1, end);
    const valueEnd = trimOws(valueStart, end);
    if (isMember) {
      this.key.set(at, <i32>(keyEnd - at));
      this.value.set(valueStart, <i32>(valueEnd - valueStart));
    }
    return isToken(at, keyEnd) && isBaggageValue(valueStart, valueEnd);
  }
}
