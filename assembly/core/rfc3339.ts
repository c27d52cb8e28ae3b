/**
 * Points in time as RFC 3339 (section 5.6) writes them, `2026-11-21T09:00:00+01:00`, always with their distance from UTC,
 * so that they mean the same on every machine.
 */

/** What is no point in time. */
// @ts-ignore: decorator
@inline
export const NO_TIME: i64 = i64.MIN_VALUE;

// @ts-ignore: decorator
@inline
export const MINUTE_MS: i64 = 60_000;
// @ts-ignore: decorator
@inline
export const DAY_MS: i64 = 86_400_000;

/** Where the optional part of a time, its fraction or its distance from UTC, begins. */
// @ts-ignore: decorator
@inline
const SECONDS_END: i32 = 19;

/**
 * The milliseconds since the Unix epoch, of the years 0000 to 9999; finer fractions are cut. A leap second, which Unix
 * time has not, is the second after it. NO_TIME for what is no such time. Allocates: nothing.
 */
export function parseRfc3339(text: string): i64 {
  const day = parseDate(text);
  const minute = parseClock(text, 11);
  const second = digitsAt(text, 17, 2);
  if (day == NO_TIME || minute < 0 || second < 0 || second > 60) return NO_TIME;
  if ((text.charCodeAt(10) | 0x20) != 0x74 /* t */ || text.charCodeAt(16) != 0x3a /* : */) return NO_TIME;
  let at = SECONDS_END;
  let fraction = 0;
  if (at < text.length && text.charCodeAt(at) == 0x2e /* . */) {
    const digits = digitsEnd(text, ++at);
    if (digits == at) return NO_TIME;
    fraction = millisecondsAt(text, at, digits);
    at = digits;
  }
  const offset = parseOffset(text, at);
  if (offset == NO_OFFSET) return NO_TIME;
  const utcMinute = day * 1440 + <i64>(minute - offset);
  if (second == 60 && !endsHalfYear(utcMinute, digitsAt(text, 0, 4))) return NO_TIME;
  return utcMinute * MINUTE_MS + <i64>(second * 1000 + fraction);
}

// @ts-ignore: decorator
@inline
export const NO_OFFSET: i32 = i32.MIN_VALUE;

/** The minutes that `+01:00`, `-05:30` or `Z`, from `at` to the end of the text, are east of UTC; NO_OFFSET for anything else. */
export function parseOffset(text: string, at: i32 = 0): i32 {
  if (at >= text.length) return NO_OFFSET;
  const sign = text.charCodeAt(at);
  if ((sign | 0x20) == 0x7a /* z */) return text.length == at + 1 ? 0 : NO_OFFSET;
  if ((sign != 0x2b && sign != 0x2d) /* + - */ || text.length != at + 6) return NO_OFFSET;
  const minutes = parseClock(text, at + 1);
  if (minutes < 0) return NO_OFFSET;
  return sign == 0x2d ? -minutes : minutes;
}

/** The minute of the day that `HH:MM` at `at` is, 0 to 1439; -1 for anything else. What follows does not count. */
export function parseClock(text: string, at: i32): i32 {
  const hour = digitsAt(text, at, 2);
  const minute = digitsAt(text, at + 3, 2);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return -1;
  return text.charCodeAt(at + 2) == 0x3a /* : */ ? hour * 60 + minute : -1;
}

/** The days from the epoch to the `YYYY-MM-DD` that the text begins with; NO_TIME for no day of the calendar. */
function parseDate(text: string): i64 {
  const year = digitsAt(text, 0, 4);
  const month = digitsAt(text, 5, 2);
  const day = digitsAt(text, 8, 2);
  if (year < 0 || month < 1 || month > 12 || day < 1 || day > daysOf(year, month)) return NO_TIME;
  return text.charCodeAt(4) == 0x2d && text.charCodeAt(7) == 0x2d /* - */ ? daysTo(year, month, day) : NO_TIME;
}

/** Days of a month, 1 to 12, of the Gregorian calendar. */
function daysOf(year: i32, month: i32): i32 {
  if (month != 2) return 30 + ((month + (month >> 3)) & 1);
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
}

/**
 * Days from 1970-01-01 to a date of the Gregorian calendar, for years from 0 on.
 * Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil: years begin in March, so that
 * the leap day is their last, and repeat after 400, which are 146,097 days.
 */
function daysTo(year: i32, month: i32, day: i32): i64 {
  const shifted = year + 399 + i32(month > 2); // one year back before March, 400 on against negative numbers
  const era = shifted / 400;
  const yearOfEra = shifted % 400;
  const dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
  const dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
  return <i64>((era - 1) * 146_097 + dayOfEra - 719_468);
}

/**
 * Whether a minute since the epoch is the last of a June or December, the only ones that had 61 seconds so far.
 * @param year of the same time somewhere on earth.
 */
function endsHalfYear(minute: i64, year: i32): bool {
  if ((minute + 1) % 1440 != 0) return false;
  const next = (minute + 1) / 1440;
  return next == daysTo(year, 1, 1) || next == daysTo(year, 7, 1) || next == daysTo(year + 1, 1, 1);
}

/** The number that `count` digits at `at` are; -1 when there is something else. */
function digitsAt(text: string, at: i32, count: i32): i32 {
  if (at + count > text.length) return -1;
  let value = 0;
  for (let i = at; i < at + count; i++) {
    const digit = <u32>(text.charCodeAt(i) - 0x30);
    if (digit > 9) return -1;
    value = value * 10 + <i32>digit;
  }
  return value;
}

function digitsEnd(text: string, at: i32): i32 {
  while (at < text.length && <u32>(text.charCodeAt(at) - 0x30) < 10) at++;
  return at;
}

/** What the digits after a point are in thousandths. */
function millisecondsAt(text: string, from: i32, end: i32): i32 {
  let value = 0;
  for (let i = from; i < from + 3; i++) value = value * 10 + (i < end ? text.charCodeAt(i) - 0x30 : 0);
  return value;
}
