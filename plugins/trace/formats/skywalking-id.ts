import { findByte } from "../../../assembly/core/bytes";
import { isDecimal, readDecimal } from "../../../assembly/core/decimal";
import { isHex, readHex } from "../../../assembly/core/hex";

// @ts-ignore: decorator
@inline
const DOT: u8 = 0x2e;
// @ts-ignore: decorator
@inline
const DASH: u8 = 0x2d;

/**
 * An id of SkyWalking as 128 bits. Agents write a UUID, with dashes or without, and the Java agent one of its process
 * with two numbers behind, `<32 digits>.<thread>.<time and sequence>`: then the numbers are part of what is unique, and
 * are mixed in as the OpenTelemetry collector does, so that the ids made here are those under which it stores
 * SkyWalking's own spans.
 * Source: opentelemetry-collector-contrib, receiver/skywalkingreceiver/internal/trace/skywalkingproto_to_traces.go.
 */
@final
export class SkyWalkingId {
  high: u64 = 0;
  low: u64 = 0;

  /** @returns false when the bytes are no id that can be mapped. Allocates: nothing. */
  read(at: usize, length: i32): bool {
    if (length < 32) return false;
    if (!isHex(at, 32)) return length == 36 && this.readDashed(at);
    this.high = readHex(at, 16);
    this.low = readHex(at + 16, 16);
    return length == 32 || this.mixNumbers(at + 32, at + <usize>length);
  }

  /** Mixes the number of a span in: an id of its segment then is one of that span. Allocates: nothing. */
  mixSpan(span: u32): void {
    this.high ^= (<u64>bswap<u32>(span)) << 32;
  }

  /** 8-4-4-4-12 digits. */
  private readDashed(at: usize): bool {
    if (load<u8>(at, 8) != DASH || load<u8>(at, 13) != DASH) return false;
    if (load<u8>(at, 18) != DASH || load<u8>(at, 23) != DASH) return false;
    if (!isHex(at, 8) || !isHex(at + 9, 4) || !isHex(at + 14, 4)) return false;
    if (!isHex(at + 19, 4) || !isHex(at + 24, 12)) return false;
    this.high = (readHex(at, 8) << 32) | (readHex(at + 9, 4) << 16) | readHex(at + 14, 4);
    this.low = (readHex(at + 19, 4) << 48) | readHex(at + 24, 12);
    return true;
  }

  /** `.n.n` at `at`. */
  private mixNumbers(at: usize, end: usize): bool {
    if (load<u8>(at) != DOT) return false;
    const dot = findByte(DOT, at + 1, end);
    if (!isDecimal(at + 1, dot) || !isDecimal(dot + 1, end)) return false;
    this.high ^= <u64>bswap<u32>(<u32>readDecimal(at + 1, dot));
    this.low ^= bswap<u64>(readDecimal(dot + 1, end));
    return true;
  }
}
