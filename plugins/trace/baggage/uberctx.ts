import { ByteView } from "../../../assembly/core/bytes";
import { escapedByte } from "../../../assembly/core/percent-encoding";
import { isBaggageOctet } from "./grammar";

// Jaeger's baggage, an item a header: https://www.jaegertracing.io/docs/1.76/sdk-migration/#propagation-format
//
//   uberctx-userid: Am%C3%A9lie
//
// Values are percent-encoded in both forms, so most go over as they stand. What a member of baggage cannot hold is encoded;
// so is a `%` that encodes nothing, on which readers fail, and the `+` that some readers of Jaeger's form take for a space.

// @ts-ignore: decorator
@inline
const PERCENT: u8 = 0x25;
// @ts-ignore: decorator
@inline
const PLUS: u8 = 0x2b;

/** Bytes of the value in the other form. Allocates: nothing. */
export function convertedLength(value: ByteView, toJaeger: bool): i32 {
  const end = value.ptr + <usize>value.length;
  let length = value.length;
  for (let at = value.ptr; at < end; at++) if (mustEncode(at, end, toJaeger)) length += 2;
  return length;
}

/** Writes the value in the other form at `to`, which has room for `convertedLength` bytes. Allocates: nothing. */
export function convert(value: ByteView, toJaeger: bool, to: usize): void {
  const end = value.ptr + <usize>value.length;
  for (let at = value.ptr; at < end; at++) {
    const byte = load<u8>(at);
    if (mustEncode(at, end, toJaeger)) {
      store<u8>(to, PERCENT);
      store<u8>(to, upperHexDigit(byte >> 4), 1);
      store<u8>(to, upperHexDigit(byte & 15), 2);
      to += 3;
    } else store<u8>(to++, byte);
  }
}

/** Whether two values, of either form, are the same once decoded. Allocates: nothing. */
export function sayTheSame(one: ByteView, other: ByteView): bool {
  const oneEnd = one.ptr + <usize>one.length;
  const otherEnd = other.ptr + <usize>other.length;
  let a = one.ptr;
  let b = other.ptr;
  while (a < oneEnd && b < otherEnd) {
    const oneByte = escapedByte(a, oneEnd);
    const otherByte = escapedByte(b, otherEnd);
    if ((oneByte >= 0 ? oneByte : load<u8>(a)) != (otherByte >= 0 ? otherByte : load<u8>(b))) return false;
    a += oneByte >= 0 ? 3 : 1;
    b += otherByte >= 0 ? 3 : 1;
  }
  return a == oneEnd && b == otherEnd;
}

// @ts-ignore: decorator
@inline
function mustEncode(at: usize, end: usize, toJaeger: bool): bool {
  const byte = load<u8>(at);
  if (byte == PERCENT) return escapedByte(at, end) < 0;
  return byte == PLUS ? toJaeger : !isBaggageOctet(byte);
}

// @ts-ignore: decorator
@inline
function upperHexDigit(nibble: u8): u8 {
  return nibble + (nibble < 10 ? 0x30 : 0x37);
}
