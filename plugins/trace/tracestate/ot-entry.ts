import { ByteView, findByte } from "../../../assembly/core/bytes";
import { isHex, isLowerHex, readHex } from "../../../assembly/core/hex";
import {
  isMember,
  isRandomness,
  isThreshold,
  OT_DIGITS,
  OT_SEMICOLON,
  thresholdLength,
  writeThreshold,
} from "./ot-grammar";
import { NONE } from "../sampling/threshold";

// OpenTelemetry's entry in tracestate: https://opentelemetry.io/docs/specs/otel/trace/tracestate-handling/
//
//   ot=th:fd70a4;rv:6e6d1a75832a2f;x:y
//      |         |                 any others, which are not ours
//      |         randomness: 14 digits, the 56 bits by which all decide instead of by the trace id
//      threshold: what is below it was not sampled; 56 bits without the zeros at the end

/** Of the whole value, which is a value of tracestate. */
// @ts-ignore: decorator
@inline
const MAX_BYTES: i32 = 256;

/** The `ot` entry of one request's tracestate. One object serves all requests; allocates nothing once made. */
@final
export class OtEntry {
  /** 0 to 2^56-1, or NONE. */
  threshold: u64 = NONE;
  /** 0 to 2^56-1, or NONE. */
  randomness: u64 = NONE;
  private from: usize = 0;
  private end: usize = 0;
  private isGood: bool = false;
  private hasThreshold: bool = false;
  private hasRandomness: bool = false;
  private readonly text: StaticArray<u8> = new StaticArray<u8>(MAX_BYTES);
  private readonly composed: ByteView = new ByteView();

  /** There is no entry. */
  clear(): void {
    this.threshold = NONE;
    this.randomness = NONE;
    this.from = 0;
    this.end = 0;
    this.isGood = false;
    this.hasThreshold = false;
    this.hasRandomness = false;
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
    this.threshold = NONE;
    this.randomness = NONE;
  }

  private readMembers(): bool {
    for (let at = this.from; at <= this.end;) {
      const next = findByte(OT_SEMICOLON, at, this.end);
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
      if (this.hasThreshold) return false;
      this.hasThreshold = true;
      // Letters of either case: the specification's text has allowed both.
      if (digits >= 1 && digits <= OT_DIGITS && isHex(from, digits)) {
        const zeros: u64 = (OT_DIGITS - digits) << 2;
        this.threshold = readHex(from, digits) << zeros;
      }
    } else if (isRandomness(at, end)) {
      if (this.hasRandomness) return false;
      this.hasRandomness = true;
      if (digits == OT_DIGITS && isLowerHex(from, digits)) this.randomness = readHex(from, digits);
    }
    return true;
  }

  /**
   * The entry's value with this threshold, NONE for none, in the room of this object; of length 0 when nothing is
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
    if (threshold != NONE && this.lengthOfOthers() + 1 + thresholdLength(threshold) <= MAX_BYTES) {
      at = writeThreshold(threshold, at);
    }
    composed.set(start, <i32>(this.writeOthers(at, start) - start));
    return composed;
  }

  /** Bytes of all that is not the threshold. */
  private lengthOfOthers(): i32 {
    let length = 0;
    for (let at = this.from; this.isGood && at < this.end;) {
      const next = findByte(OT_SEMICOLON, at, this.end);
      if (!isThreshold(at, next)) length += <i32>(next - at) + i32(length > 0);
      at = next + 1;
    }
    return length;
  }

  /** Appends all that is not the threshold, in its order, at `to`. @returns the address behind it. */
  private writeOthers(to: usize, start: usize): usize {
    for (let at = this.from; this.isGood && at < this.end;) {
      const next = findByte(OT_SEMICOLON, at, this.end);
      if (!isThreshold(at, next)) {
        if (to > start) store<u8>(to++, OT_SEMICOLON);
        memory.copy(to, at, next - at);
        to += next - at;
      }
      at = next + 1;
    }
    return to;
  }
}
