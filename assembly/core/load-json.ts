import { isLoadMap, LoadField, loadFieldOf, LoadValues } from "./load-values";
import { numberOf } from "./number-text";

/** Reads an object of the report's fields. What stands for nothing that is known is passed over. */
export function readLoadJson(from: usize, end: usize, values: LoadValues): bool {
  const after = readObject(from, end, LoadField.Unknown, true, values);
  return after != 0 && skipSpace(after, end) == end;
}

// Each of these answers the address after what it read, 0 when that is not what it should be.

/** @param field of the map that the object is, unless it is the `report` itself. */
function readObject(from: usize, end: usize, field: LoadField, report: bool, values: LoadValues): usize {
  from = skipSpace(from, end);
  if (byteAt(from, end) != 0x7b /* { */) return 0;
  from = skipSpace(from + 1, end);
  if (byteAt(from, end) == 0x7d /* } */) return from + 1;
  while (true) {
    const key = from + 1;
    from = skipString(from, end);
    if (from == 0) return 0;
    const keyEnd = from - 1;
    from = skipSpace(from, end);
    if (byteAt(from, end) != 0x3a /* : */) return 0;
    from = skipSpace(from + 1, end);
    if (!report) from = readNumber(from, end, field, key, keyEnd, values);
    else from = readField(from, end, loadFieldOf(key, keyEnd), values);
    if (from == 0) return 0;
    from = skipSpace(from, end);
    if (byteAt(from, end) == 0x7d /* } */) return from + 1;
    if (byteAt(from, end) != 0x2c /* , */) return 0;
    from = skipSpace(from + 1, end);
  }
}

function readField(from: usize, end: usize, field: LoadField, values: LoadValues): usize {
  if (field == LoadField.Unknown || byteAt(from, end) == 0x6e /* n, of null */) return skipValue(from, end);
  if (isLoadMap(field)) return readObject(from, end, field, false, values);
  return readNumber(from, end, field, from, from, values);
}

/** A number, or a string of one: JSON of protobuf may have either. Other values are passed over. */
function readNumber(from: usize, end: usize, field: LoadField, key: usize, keyEnd: usize, values: LoadValues): usize {
  const after = skipValue(from, end);
  if (after == 0) return 0;
  const quoted = usize(load<u8>(from) == 0x22);
  values.offer(field, key, <i32>(keyEnd - key), numberOf(from + quoted, after - quoted));
  return after;
}

/** Passes over any value; what is between the brackets of one is only roughly looked at. */
function skipValue(from: usize, end: usize): usize {
  let depth = 0;
  while (from < end) {
    const byte = load<u8>(from);
    if (byte == 0x22 /* " */) {
      from = skipString(from, end);
    } else if (byte == 0x7b /* { */ || byte == 0x5b /* [ */) {
      depth++;
      from++;
    } else if (byte == 0x7d /* } */ || byte == 0x5d /* ] */) {
      depth--;
      from++;
    } else if (depth > 0 && !isPlain(byte)) {
      from++;
    } else {
      from = skipPlain(from, end);
    }
    if (from == 0 || depth < 0) return 0;
    if (depth == 0) return from;
  }
  return 0;
}

/** Letters, digits and signs, one at least: a number, true, false or null. */
function skipPlain(from: usize, end: usize): usize {
  const start = from;
  while (from < end && isPlain(load<u8>(from))) from++;
  return from > start ? from : 0;
}

function isPlain(byte: u8): bool {
  return (byte | 0x20) - 0x61 < 26 || byte - 0x30 < 10 || byte == 0x2b || byte == 0x2d || byte == 0x2e;
}

function skipString(from: usize, end: usize): usize {
  if (byteAt(from, end) != 0x22 /* " */) return 0;
  for (from++; from < end; from++) {
    const byte = load<u8>(from);
    if (byte == 0x22) return from + 1;
    if (byte == 0x5c /* \ */) from++;
  }
  return 0;
}

function skipSpace(from: usize, end: usize): usize {
  while (from < end && (load<u8>(from) == 0x20 || load<u8>(from) - 0x09 < 2 || load<u8>(from) == 0x0d)) from++;
  return from;
}

function byteAt(from: usize, end: usize): u8 {
  return from < end ? load<u8>(from) : 0;
}
