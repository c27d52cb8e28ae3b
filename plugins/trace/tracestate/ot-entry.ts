import { ByteView, Utf8 } from "../../../assembly/core/bytes";
import { isHex, isLowerHex, readHex, writeLowerHex } from "../../../assembly/core/hex";
import { Tracestate } from "./tracestate";

// OpenTelemetry's entry in tracestate: https://opentelemetry.io/docs/specs/otel/trace/tracestate-handling/
//
//   ot=th:fd70a4;rv:6e6d1a75832a2f;x:y
//      |         |                 any others, which are not ours
//      |         randomness: 14 digits, the 56 bits by which all decide instead of by the trace id
//      threshold: what is below it was not sampled; 56 bits without the zeros at the end

/** The entry's key. */
export const OT_KEY: string = "ot";
/** No threshold, or no randomness. */
// @ts-ignore: decorator
@inline
export const NO_OT_VALUE: u64 = u64.MAX_VALUE;

/** Of the whole value, which is a value of tracestate. */
// @ts-ignore: decorator
@inline
const MAX_BYTES: i32 = 256;
/** Of 56 bits. */
// @ts-ignore: decorator
@inline
const DIGITS: i32 = 14;

// @ts-ignore: decorator
@inline
const COLON: u8 = 0x3a;
// @ts-ignore: decorator
@inline
const SEMICOLON: u8 = 0x3b;
// @ts-ignore: decorator
@inline
const T: u8 = 0x74;
// @ts-ignore: decorator
@inline
const H: u8 = 0x68;
// @ts-ignore: decorator
@inline
const R: u8 = 0x72;
// @ts-ignore: decorator
@inline
const V: u8 = 0x76;

/** The `ot` entry of one request's tracestate. One object serves all requests; allocates nothing once made. */
@final
export class OtEntry {
  /** 0 to 2^56-1, or NO_OT_VALUE. */
  threshold: u64 = NO_OT_VALUE;
  /** 0 to 2^56-1, or NO_OT_VALUE. */
  randomness: u64 = NO_OT_VALUE;
  private from: usize = 0;
  private end: usize = 0;
  private isGood: bool = false;
  private readonly key: Utf8 = new Utf8(OT_KEY);
  private readonly value: ByteView = new ByteView();
  private readonly text: StaticArray<u8> = new StaticArray<u8>(MAX_BYTES);
  private readonly composed: ByteView = new ByteView();

  /** Reads the entry of a tracestate, which must stay until `writeTo`. */
  readFrom(tracestate: Tracestate): void {
    if (tracestate.find(this.key, this.value)) this.read(this.value);
    else this.clear();
  }

  /** Lets the entry of the tracestate that was read have this threshold, NO_OT_VALUE for none. */
  writeTo(tracestate: Tracestate, threshold: u64): void {
    const value = this.compose(threshold);
    if (value.length > 0) tracestate.put(this.key, value);
    else tracestate.drop(this.key);
  }

  /** There is no entry. */
  clear(): void {
    this.threshold = NO_OT_VALUE;
    this.randomness = NO_OT_VALUE;
    this.from = 0;
    this.end = 0;
    this.isGood = false;
  }

  /**
   * Reads an entry's value, which must stay where it is until `compose`. One that keeps not to the grammar, or says a thing
   * twice, says nothing; a threshold or a randomness that is no number is as good as absent.
   */
  read(value: ByteView): void {
    this.clear();
    this.from = value.ptr;
    this.end = value.ptr + <usize>value.length;
    this.isGood = value.length <= MAX_BYTES && this.readMembers();
    if (this.isGood) return;
    this.threshold = NO_OT_VALUE;
    this.randomness = NO_OT_VALUE;
  }

  private readMembers(): bool {
    for (let at = this.from; at <= this.end;) {
      const next = endOfMember(at, this.end);
      if (!isMember(at, next) || !this.take(at, next)) return false;
      at = next + 1;
    }
    return true;
  }

  /** False when the same is said before. */
  private take(at: usize, end: usize): bool {
    const from = at + 3;
    const digits = <i32>(end - from);
    if (isThreshold(at, end)) {
      if (this.threshold != NO_OT_VALUE) return false;
      // Letters of either case: the specification's text has allowed both.
      if (digits >= 1 && digits <= DIGITS && isHex(from, digits)) {
        const zeros: u64 = (DIGITS - digits) << 2;
        this.threshold = readHex(from, digits) << zeros;
      }
    } else if (isRandomness(at, end)) {
      if (this.randomness != NO_OT_VALUE) return false;
      if (digits == DIGITS && isLowerHex(from, digits)) this.randomness = readHex(from, digits);
    }
    return true;
  }

  /**
   * The entry's value with this threshold, NO_OT_VALUE for none, in the room of this object; of length 0 when nothing is
   * left to say. With the threshold that was read it is what was read, byte for byte. Where there is no room for the
   * threshold beside what others say, it is left out; https://opentelemetry.io/docs/specs/otel/trace/tracestate-handling/#setting-values
   */
  compose(threshold: u64): ByteView {
    const composed = this.composed;
    if (threshold == this.threshold) {
      composed.set(this.from, <i32>(this.end - this.from));
      return composed;
    }
    const start = changetype<usize>(this.text);
    let at = start;
    if (threshold != NO_OT_VALUE && this.lengthOfOthers() + 4 + digitsOf(threshold) <= MAX_BYTES) {
      at = writeThreshold(threshold, at);
    }
    composed.set(start, <i32>(this.writeOthers(at, start) - start));
    return composed;
  }

  /** Bytes of all that is not the threshold. */
  private lengthOfOthers(): i32 {
    let length = 0;
    for (let at = this.from; this.isGood && at < this.end;) {
      const next = endOfMember(at, this.end);
      if (!isThreshold(at, next)) length += <i32>(next - at) + i32(length > 0);
      at = next + 1;
    }
    return length;
  }

  /** Appends all that is not the threshold, in its order, at `to`. @returns the address behind it. */
  private writeOthers(to: usize, start: usize): usize {
    for (let at = this.from; this.isGood && at < this.end;) {
      const next = endOfMember(at, this.end);
      if (!isThreshold(at, next)) {
        if (to > start) store<u8>(to++, SEMICOLON);
        memory.copy(to, at, next - at);
        to += next - at;
      }
      at = next + 1;
    }
    return to;
  }
}

/** Writes `th:` and the digits at `to`. @returns the address behind them. */
function writeThreshold(threshold: u64, to: usize): usize {
  const digits = digitsOf(threshold);
  store<u8>(to, T);
  store<u8>(to, H, 1);
  store<u8>(to, COLON, 2);
  writeLowerHex(threshold >> (<u64>((DIGITS - digits) << 2)), digits, to + 3);
  return to + 3 + <usize>digits;
}

/** Digits without the zeros at the end, but at least one. */
function digitsOf(threshold: u64): i32 {
  return threshold == 0 ? 1 : DIGITS - <i32>(ctz(threshold) >> 2);
}

/** Whether the member from `at` to `end` is `th:`... */
// @ts-ignore: decorator
@inline
function isThreshold(at: usize, end: usize): bool {
  return end - at >= 3 && load<u8>(at) == T && load<u8>(at, 1) == H && load<u8>(at, 2) == COLON;
}

/** Whether the member from `at` to `end` is `rv:`... */
// @ts-ignore: decorator
@inline
function isRandomness(at: usize, end: usize): bool {
  return end - at >= 3 && load<u8>(at) == R && load<u8>(at, 1) == V && load<u8>(at, 2) == COLON;
}

/** https://opentelemetry.io/docs/specs/otel/trace/tracestate-handling/#key: a-z, then a-z and 0-9, then `:` and a value. */
function isMember(at: usize, end: usize): bool {
  if (at == end || !isLetter(load<u8>(at))) return false;
  for (at++; at < end && load<u8>(at) != COLON; at++) {
    if (!isLetter(load<u8>(at)) && !isDigit(load<u8>(at))) return false;
  }
  if (at == end) return false;
  for (at++; at < end; at++) if (!isValueByte(load<u8>(at))) return false;
  return true;
}

/** https://opentelemetry.io/docs/specs/otel/trace/tracestate-handling/#value: letters, digits, `.`, `_` and `-`. */
// @ts-ignore: decorator
@inline
function isValueByte(byte: u8): bool {
  return isLetter(byte | 0x20) || isDigit(byte) || byte == 0x2e || byte == 0x5f || byte == 0x2d;
}

// @ts-ignore: decorator
@inline
function isLetter(byte: u8): bool {
  return <u32>byte - 0x61 < 26;
}

// @ts-ignore: decorator
@inline
function isDigit(byte: u8): bool {
  return <u32>byte - 0x30 < 10;
}

/** The address of the next `;`, or `end`. */
function endOfMember(at: usize, end: usize): usize {
  while (at < end && load<u8>(at) != SEMICOLON) at++;
  return at;
}
