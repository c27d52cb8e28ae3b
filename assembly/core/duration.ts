import { ConfigNode } from "./config-reader";
import { JsonKind } from "./json-kind";

const UNITS: string[] = ["us", "ms", "s", "m", "h"];
const UNIT_NS: i64[] = [1000, 1_000_000, 1_000_000_000, 60_000_000_000, 3_600_000_000_000];

/** Digits that are read: so many hours are within i64. */
// @ts-ignore: decorator
@inline
const MAX_DIGITS: i32 = 6;

/** The nanoseconds of a whole number and a unit, such as `250ms`; -1 for anything else. At most six digits. */
export function parseDuration(text: string): i64 {
  let digits = 0;
  let value: i64 = 0;
  while (digits < text.length && <u32>(text.charCodeAt(digits) - 0x30) < 10) {
    if (digits == MAX_DIGITS) return -1;
    value = value * 10 + (text.charCodeAt(digits++) - 0x30);
  }
  const unit = UNITS.indexOf(text.slice(digits));
  return digits == 0 || unit < 0 ? -1 : value * UNIT_NS[unit];
}

/** The duration under `key` in ns, from `least` to `most`, themselves such texts; `otherwiseNs` when there is none. For configure. */
export function readDuration(node: ConfigNode, key: string, otherwiseNs: i64, least: string, most: string): i64 {
  const member = node.member(key);
  if (member == null) return otherwiseNs;
  const duration = member.value.kind == JsonKind.String ? parseDuration(member.value.text) : -1;
  if (duration >= parseDuration(least) && duration <= parseDuration(most)) return duration;
  member.refuse(
    `expected a duration from ${least} to ${most}, a whole number and us, ms, s, m or h, not ${member.shown()}`,
  );
  return otherwiseNs;
}
