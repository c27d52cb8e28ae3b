import { findByte, Utf8 } from "../../../assembly/core/bytes";
import { isHex, readHex } from "../../../assembly/core/hex";
import { Sampling, TraceContext } from "../context/trace-context";

// The fields of x-amzn-trace-id, one by one: see xray.ts.

// @ts-ignore: decorator
@inline
const DASH: u8 = 0x2d;
// @ts-ignore: decorator
@inline
const EQUALS: u8 = 0x3d;
// @ts-ignore: decorator
@inline
const RANDOM_DIGITS: usize = 24;

export const ROOT: Utf8 = new Utf8("Root=");
export const PARENT: Utf8 = new Utf8("Parent=");
export const SAMPLED: Utf8 = new Utf8("Sampled=");

/** What was read of a value, in bits. */
// @ts-ignore: decorator
@inline
export const HAS_ROOT: i32 = 1;
// @ts-ignore: decorator
@inline
const HAS_PARENT: i32 = 2;
// @ts-ignore: decorator
@inline
export const HAS_SAMPLED: i32 = 4;
// @ts-ignore: decorator
@inline
export const INVALID: i32 = -1;

/**
 * Reads one field into `context`.
 * @returns which one, 0 for one that is not ours, INVALID for one that is and cannot be read.
 */
export function readField(at: usize, end: usize, context: TraceContext): i32 {
  if (isNamed(at, end, ROOT)) return readRoot(at + <usize>ROOT.length, end, context) ? HAS_ROOT : INVALID;
  if (isNamed(at, end, PARENT)) return readParent(at + <usize>PARENT.length, end, context) ? HAS_PARENT : INVALID;
  if (isNamed(at, end, SAMPLED)) return readSampled(at + <usize>SAMPLED.length, end, context) ? HAS_SAMPLED : INVALID;
  return 0;
}

function isNamed(at: usize, end: usize, name: Utf8): bool {
  const length = <usize>name.length;
  return end - at >= length && memory.compare(at, name.ptr, length) == 0;
}

/** The time may lack its leading zeros: there are senders who write it so. */
function readRoot(at: usize, end: usize, context: TraceContext): bool {
  if (end - at < 3 || load<u8>(at) != 0x31 /* 1 */ || load<u8>(at, 1) != DASH) return false;
  const time = at + 2;
  const dash = findByte(DASH, time, end);
  const timeDigits = <i32>(dash - time);
  if (timeDigits < 1 || timeDigits > 8 || end - dash != RANDOM_DIGITS + 1) return false;
  if (!isHex(time, timeDigits) || !isHex(dash + 1, <i32>RANDOM_DIGITS)) return false;
  context.traceIdHigh = (readHex(time, timeDigits) << 32) | readHex(dash + 1, 8);
  context.traceIdLow = readHex(dash + 9, 16);
  return context.hasTrace;
}

function readParent(at: usize, end: usize, context: TraceContext): bool {
  if (end - at != 16 || !isHex(at, 16)) return false;
  context.parentId = readHex(at, 16);
  return context.parentId != 0;
}

/** `?` leaves the decision to the receiver. */
function readSampled(at: usize, end: usize, context: TraceContext): bool {
  if (end - at != 1) return false;
  const byte = load<u8>(at);
  if (byte == 0x31 /* 1 */) context.sampling = Sampling.Sampled;
  else if (byte == 0x30 /* 0 */) context.sampling = Sampling.Dropped;
  else return byte == 0x3f; /* ? */
  return true;
}

/** Whether a field of a valid value is to go on: what is not ours, and Sampled=? while there is no decision. */
export function isOthers(at: usize, end: usize, context: TraceContext): bool {
  if (isNamed(at, end, SAMPLED)) return context.sampling == Sampling.Undecided && load<u8>(end - 1) == 0x3f; /* ? */
  return findByte(EQUALS, at, end) < end && !isNamed(at, end, ROOT) && !isNamed(at, end, PARENT);
}
