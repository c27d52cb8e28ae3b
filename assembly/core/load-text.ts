import { isLoadMap, LoadField, loadFieldOf, LoadValues } from "./load-values";
import { numberOf } from "./number-text";
import { skipOws, trimOws } from "./ows";

/** Reads `name=number, name:number`, a map's names after a dot. Names that nobody knows are passed over. */
export function readLoadText(from: usize, end: usize, values: LoadValues): bool {
  while (true) {
    let next = from;
    while (next < end && load<u8>(next) != 0x2c /* , */) next++;
    if (!readEntry(skipOws(from, next), trimOws(from, next), values)) return false;
    if (next == end) return true;
    from = next + 1;
  }
}

function readEntry(from: usize, end: usize, values: LoadValues): bool {
  let equals = from;
  while (equals < end && load<u8>(equals) != 0x3d /* = */ && load<u8>(equals) != 0x3a /* : */) equals++;
  if (equals >= end) return false;
  const nameEnd = trimOws(from, equals);
  const value = numberOf(skipOws(equals + 1, end), end);
  if (isNaN(value) || nameEnd == from) return false;
  let dot = from;
  while (dot < nameEnd && load<u8>(dot) != 0x2e /* . */) dot++;
  const field = loadFieldOf(from, dot);
  if (field == LoadField.Unknown || isLoadMap(field) != dot < nameEnd) return true;
  const key = min(dot + 1, nameEnd);
  values.offer(field, key, <i32>(nameEnd - key), value);
  return true;
}
