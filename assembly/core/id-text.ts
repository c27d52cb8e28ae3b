/** What a line of a list of ids says: an id, or a range of numbers. The tool reads lists by the same rules. */

/** The longest id, in bytes: a longer one is not in any set, and is not hashed. */
// @ts-ignore: decorator
@inline
export const MAX_ID_BYTES: i32 = 256;

/** The largest number that is kept exactly: 18 digits. */
// @ts-ignore: decorator
@inline
export const MAX_ID_NUMBER: u64 = 999_999_999_999_999_999;

/** What became of an entry of a list. */
export enum IdEntry {
  Added,
  /** It was there already. */
  Repeated,
  /** There is no room for one more. */
  Full,
  /** Of no bytes, or of more than MAX_ID_BYTES. */
  BadLength,
  /** Control characters, or spaces around it: no header value has these. */
  BadText,
  /** Numbers with a dash between them that are no range: the first is the greater, has a leading zero or 19 digits. */
  BadRange,
}

/** What to expect instead of an entry that a set does not take; "" for one that it took. */
export function idEntryProblem(entry: IdEntry): string {
  if (entry == IdEntry.Full) return "expected fewer ids";
  if (entry == IdEntry.BadLength) return `expected an id of 1 to ${MAX_ID_BYTES} bytes`;
  if (entry == IdEntry.BadText) return "expected an id without control characters, and without spaces around it";
  if (entry == IdEntry.BadRange) {
    return "expected a range such as 1000-1999: two numbers of up to 18 digits without leading zeros, the smaller first";
  }
  return "";
}

/** Added when the bytes can be an id; else why they cannot. Allocates: nothing. */
export function textProblemOf(ptr: usize, length: i32): IdEntry {
  if (length <= 0 || length > MAX_ID_BYTES) return IdEntry.BadLength;
  for (let i = 0; i < length; i++) {
    const byte = load<u8>(ptr + <usize>i);
    if (byte < 0x20 || byte == 0x7f) return IdEntry.BadText;
  }
  if (load<u8>(ptr) == 0x20 || load<u8>(ptr + <usize>length - 1) == 0x20) return IdEntry.BadText;
  return IdEntry.Added;
}

/** The number that the bytes are in its only decimal form, of up to 18 digits; -1 when they are none. */
export function numberAt(ptr: usize, length: i32): i64 {
  if (length <= 0 || length > 18) return -1;
  if (load<u8>(ptr) == 0x30) return length == 1 ? 0 : -1;
  let number: i64 = 0;
  for (let i = 0; i < length; i++) {
    const digit = <u32>load<u8>(ptr + <usize>i) - 0x30;
    if (digit > 9) return -1;
    number = number * 10 + digit;
  }
  return number;
}

/** Where the dash stands in bytes of the form digits, dash, digits; 0 for any others. */
export function rangeDash(ptr: usize, length: i32): i32 {
  let dash = 0;
  for (let i = 0; i < length; i++) {
    const byte = <u32>load<u8>(ptr + <usize>i);
    if (byte - 0x30 < 10) continue;
    if (byte != 0x2d || dash > 0 || i == 0) return 0;
    dash = i;
  }
  return dash < length - 1 ? dash : 0;
}
