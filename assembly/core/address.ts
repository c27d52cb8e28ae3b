import { ByteView } from "./bytes";

/**
 * Cuts the port off an address in Envoy's notation: `10.0.0.1:80`, `[2001:db8::1]:80`. What has no port is left as it
 * is: a bare address, `/run/app.sock`. Allocates: nothing.
 */
export function dropPort(address: ByteView): void {
  if (address.length == 0) return;
  let colon = -1;
  let colons = 0;
  for (let i = 0; i < address.length; i++) {
    const byte = address.at(i);
    if (byte == 0x5d /* ] */) colons = 0;
    if (byte != 0x3a /* : */) continue;
    colon = i;
    colons++;
  }
  // More than one colon outside brackets: a bare IPv6 address.
  if (colons == 1 && address.at(0) != 0x2f /* / */) address.length = colon;
}
/** Bytes of an address as `parseAddress` writes it. */
// @ts-ignore: decorator
@inline
export const ADDRESS_BYTES: i32 = 16;

/** The longest text that is an address: six groups, an IPv4 address, brackets and a zone. */
// @ts-ignore: decorator
@inline
const MAX_ADDRESS_TEXT: i32 = 80;

/**
 * Reads an IPv4 or IPv6 address without port, in brackets or not, and writes its 16 bytes at `to`: those of
 * `::ffff:a.b.c.d` for IPv4 in either notation. A zone (`%eth0`) does not count. `to` is undefined for what is no address.
 * @returns 4, 6, or 0 for what is no address. Allocates: nothing.
 */
export function parseAddress(text: ByteView, to: usize): i32 {
  let from = text.ptr;
  let end = from + <usize>text.length;
  if (text.length == 0 || text.length > MAX_ADDRESS_TEXT) return 0;
  if (load<u8>(from) == 0x5b /* [ */) {
    if (load<u8>(--end) != 0x5d /* ] */) return 0;
    from++;
  }
  if (parseIpv4(from, end, to + 12)) {
    store<u64>(to, 0);
    store<u32>(to, MAPPED, 8);
    return 4;
  }
  if (!parseIpv6(from, end, to)) return 0;
  return load<u64>(to) == 0 && load<u32>(to, 8) == MAPPED ? 4 : 6;
}

/** The bytes 0, 0, ff, ff. */
// @ts-ignore: decorator
@inline
const MAPPED: u32 = 0xffff0000;

/** Clears all but the first `prefix` bits of an address that `parseAddress` wrote; an IPv4 address has 32. */
export function maskAddress(address: usize, family: i32, prefix: i32): void {
  const bits = family == 4 ? 96 + prefix : prefix;
  for (let i = 0; i < ADDRESS_BYTES; i++) {
    const kept = min(8, max(0, bits - 8 * i));
    const at = address + <usize>i;
    store<u8>(at, load<u8>(at) & (<u8>(0xff00 >> kept)));
  }
}

function parseIpv4(from: usize, end: usize, to: usize): bool {
  for (let i = 0; i < 4; i++) {
    let value: u32 = 0;
    const first = from;
    while (from < end && <u32>load<u8>(from) - 0x30 < 10 && from - first < 3) {
      value = value * 10 + (<u32>load<u8>(from++) - 0x30);
    }
    if (from == first || value > 255 || (from - first > 1 && load<u8>(first) == 0x30)) return false;
    store<u8>(to + <usize>i, <u8>value);
    if (i < 3 && (from == end || load<u8>(from++) != 0x2e) /* . */) return false;
  }
  return from == end;
}

/** RFC 4291 section 2.2. */
function parseIpv6(from: usize, end: usize, to: usize): bool {
  let written = 0;
  let gap = -1;
  if (end - from >= 2 && load<u16>(from) == 0x3a3a /* :: */) {
    gap = 0;
    from += 2;
  }
  while (from < end && load<u8>(from) != 0x25 /* % */) {
    if (written == ADDRESS_BYTES) return false;
    if (written <= 12 && parseIpv4(from, zoneless(from, end), to + <usize>written)) {
      written += 4;
      break;
    }
    const next = parseGroup(from, end, to + <usize>written);
    if (next == 0) return false;
    written += 2;
    from = next;
    if (from == end || load<u8>(from) == 0x25) break;
    if (load<u8>(from++) != 0x3a || from == end) return false;
    if (load<u8>(from) != 0x3a) continue;
    if (gap >= 0) return false;
    gap = written;
    from++;
  }
  return fillGap(to, written, gap);
}

/** Where the zone begins, or `end`. */
function zoneless(from: usize, end: usize): usize {
  while (from < end && load<u8>(from) != 0x25) from++;
  return from;
}

/** One to four hexadecimal digits. @returns the address after them, 0 when there are none or too many. */
function parseGroup(from: usize, end: usize, to: usize): usize {
  let value: u32 = 0;
  let digits = 0;
  for (; from < end; from++, digits++) {
    const byte = <u32>load<u8>(from);
    const digit = byte - 0x30 < 10 ? byte - 0x30 : (byte | 0x20) - 0x61 < 6 ? (byte | 0x20) - 0x57 : 16;
    if (digit == 16) break;
    value = (value << 4) | digit;
    if (digits == 4) return 0;
  }
  if (digits == 0) return 0;
  store<u16>(to, bswap<u16>(<u16>value));
  return from;
}

/** Moves what was written after `::` to the end and puts zeros before it. */
function fillGap(to: usize, written: i32, gap: i32): bool {
  if (gap < 0) return written == ADDRESS_BYTES;
  if (written > ADDRESS_BYTES - 2) return false;
  const tail = <usize>(written - gap);
  memory.copy(to + ADDRESS_BYTES - tail, to + <usize>gap, tail);
  memory.fill(to + <usize>gap, 0, <usize>(ADDRESS_BYTES - written));
  return true;
}
