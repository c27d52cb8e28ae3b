import { ConfigNode } from "./config-reader";
import { JsonKind } from "./json-kind";

const UNITS: string[] = ["us", "ms", "s", "m", "h"];
const UNIT_NS: i64[] = [1000, 1_000_000, 1_000_000_000, 60_000_000_000, 3_600_000_000_000];
const LONG_UNITS: string[] = ["s", "m", "h", "d"];
const LONG_UNIT_S: i64[] = [1, 60, 3600, 86_400];

/** Digits that are read: so many hours in ns are within i64. */
// @ts-ignore: decorator
@inline
const MAX_DIGITS: i32 = 6;

/** The nanoseconds of a whole number and a unit, such as `250ms`; -1 for anything else. At most six digits. */
export function parseDuration(text: string): i64 {
  return parseIn(text, UNITS, UNIT_NS);
}

/** The seconds of what may be long, such as `30d`: a whole number and s, m, h or d; -1 for anything else. At most six digits. */
export function parseSeconds(text: string): i64 {
  return parseIn(text, LONG_UNITS, LONG_UNIT_S);
}

function parseIn(text: string, units: string[], worth: i64[]): i64 {
  let digits = 0;
  let value: i64 = 0;
  while (digits < text.length && <u32>(text.charCodeAt(digits) - 0x30) < 10) {
    if (digits == MAX_DIGITS) return -1;
    value = value * 10 + (text.charCodeAt(digits++) - 0x30);
  }
  const unit = units.indexOf(text.slice(digits));
  return digits == 0 || unit < 0 ? -1 : value * worth[unit];
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

/** As `readDuration`, for what may be long: in seconds, and days are a unit. */
export function readSeconds(node: ConfigNode, key: string, otherwise: i64, least: string, most: string): i64 {
  const member = node.member(key);
  if (member == null) return otherwise;
  const seconds = member.value.kind == JsonKind.String ? parseSeconds(member.value.text) : -1;
  if (seconds >= parseSeconds(least) && seconds <= parseSeconds(most)) return seconds;
  member.refuse(`expected a duration from ${least} to ${most}, a whole number and s, m, h or d, not ${member.shown()}`);
  return otherwise;
}
