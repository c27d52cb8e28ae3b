import { isLoadMap, LoadField, LoadValues } from "./load-values";

/** Wire types. */
// @ts-ignore: decorator
@inline
const VARINT: u32 = 0;
// @ts-ignore: decorator
@inline
const FIXED64: u32 = 1;
// @ts-ignore: decorator
@inline
const BYTES: u32 = 2;
// @ts-ignore: decorator
@inline
const FIXED32: u32 = 5;

/** Of the field at hand, what `next` found: its number and wire type, and where its content is. */
let fieldNumber: u32 = 0;
let wireType: u32 = 0;
let content: usize = 0;
let contentEnd: usize = 0;
/** Of a varint. */
let varint: u64 = 0;

/** Reads an OrcaLoadReport. A number that is 0 is not in the bytes, and so not known. */
export function readLoadProtobuf(from: usize, end: usize, values: LoadValues): bool {
  while (from < end) {
    from = next(from, end);
    if (from == 0) return false;
    const field = <LoadField>fieldNumber;
    if (fieldNumber > <u32>LoadField.Application) continue;
    if (isLoadMap(field)) {
      if (wireType != BYTES || !readEntry(content, contentEnd, field, values)) return false;
    } else if (wireType == FIXED64) {
      values.offer(field, content, 0, load<f64>(content));
    } else if (field == LoadField.WholeRequestsPerSecond && wireType == VARINT) {
      values.offer(field, content, 0, <f64>varint);
    }
  }
  return true;
}

/** An entry of a map: a message of the key, field 1, and the number, field 2. */
function readEntry(from: usize, end: usize, field: LoadField, values: LoadValues): bool {
  let key: usize = from;
  let keyLength = 0;
  let value: f64 = 0;
  while (from < end) {
    from = next(from, end);
    if (from == 0) return false;
    if (fieldNumber == 1 && wireType == BYTES) {
      key = content;
      keyLength = <i32>(contentEnd - content);
    } else if (fieldNumber == 2 && wireType == FIXED64) {
      value = load<f64>(content);
    }
  }
  values.offer(field, key, keyLength, value);
  return true;
}

/** Reads one field of any kind; the address after it, 0 when there is none. */
function next(from: usize, end: usize): usize {
  from = readVarint(from, end);
  if (from == 0 || varint > <u64>u32.MAX_VALUE || varint < 8) return 0;
  fieldNumber = (<u32>varint) >> 3;
  wireType = (<u32>varint) & 7;
  if (wireType == VARINT) return readVarint(from, end);
  let size: u64 = wireType == FIXED64 ? 8 : 4;
  if (wireType == BYTES) {
    from = readVarint(from, end);
    if (from == 0) return 0;
    size = varint;
  } else if (wireType != FIXED64 && wireType != FIXED32) {
    return 0;
  }
  if (size > <u64>(end - from)) return 0;
  content = from;
  contentEnd = from + <usize>size;
  return contentEnd;
}

function readVarint(from: usize, end: usize): usize {
  varint = 0;
  for (let shift: u64 = 0; shift < 64 && from < end; shift += 7) {
    const byte = load<u8>(from++);
    varint |= (<u64>(byte & 0x7f)) << shift;
    if (byte < 0x80) return from;
  }
  return 0;
}
