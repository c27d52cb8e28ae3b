import { fromLatin1 } from "../../tools/host/index.js";
import { SipHash, type Word } from "../../tools/lists/siphash.js";
import type { Part, Ramp, Schedule } from "./canary-shares.js";

// What the README says of shares and schedules, in the plainest way. Times are in ms since the Unix epoch.

const MINUTE = 60_000;
const UNITS: Record<string, number> = { s: 1000, m: MINUTE, h: 60 * MINUTE, d: 1440 * MINUTE };
const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

export function isActive(schedule: Schedule | undefined, now: number): boolean {
  const { start, end, windows } = schedule ?? {};
  if (start !== undefined && now < Date.parse(start)) return false;
  if (end !== undefined && now >= Date.parse(end)) return false;
  return windows?.some((window) => isOpen(window, now)) ?? true;
}

function isOpen({ days = DAYS, from = "00:00", to = "24:00", utc_offset = "Z" }: Window, now: number): boolean {
  const local = new Date(
    now + (utc_offset === "Z" ? 0 : Number(`${utc_offset[0]}1`) * minuteOf(utc_offset.slice(1)) * MINUTE),
  );
  const minute = local.getUTCHours() * 60 + local.getUTCMinutes();
  const opens = minuteOf(from);
  const closes = minuteOf(to) || 1440;
  const onDay = (day: number): boolean => days.includes(DAYS[day % 7]!);
  const today = local.getUTCDay();
  if (opens < closes) return onDay(today) && minute >= opens && minute < closes;
  return (onDay(today) && minute >= opens) || (onDay(today + 6) && minute < closes);
}

type Window = NonNullable<Schedule["windows"]>[number];

const minuteOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));

/** In hundredths of a percent. */
export function percentAt(percent: number | Ramp, now: number): number {
  if (typeof percent === "number") return Math.round(percent * 100);
  const { start, from, step, every, hold = 100 } = percent;
  if (now < Date.parse(start)) return 0;
  const periods = Math.floor((now - Date.parse(start)) / (Number(every.slice(0, -1)) * UNITS[every.at(-1)!]!));
  return Math.min(Math.round(hold * 100), Math.round(from * 100) + periods * Math.round(step * 100));
}

/** The arm of a place among 10,000, or of no place; undefined for none. */
export function armAt(parts: readonly Part[], place: number | undefined, now: number): string | undefined {
  let bottom = 0;
  for (const [i, { arm, percent, room }] of parts.entries()) {
    const size = percentAt(percent, now);
    const first = i > 0 && i === parts.length - 1 ? 10_000 - size : bottom;
    if (place === undefined ? size === 10_000 : place >= first && place < first + size) return arm;
    bottom += Math.round((room ?? mostOf(percent)) * 100);
  }
  return undefined;
}

function mostOf(percent: number | Ramp): number {
  return typeof percent === "number" ? percent : (percent.hold ?? 100);
}

const MASK = (1n << 64n) - 1n;
const word = ({ low, high }: Word): bigint => (BigInt(high) << 32n) | BigInt(low);
const salts = new Map<string, [bigint, bigint]>();

/** The place of a key, a byte string, under a salt. */
export function placeOf(key: string, salt: string): number {
  let keys = salts.get(salt);
  if (!keys) {
    const bytes = new TextEncoder().encode(salt);
    const hash = (key1: bigint): bigint => word(new SipHash({ key0: 0n, key1 }).hash(bytes));
    salts.set(salt, (keys = [hash(0n), hash(1n)]));
  }
  const [key0, key1] = keys;
  const bytes = fromLatin1(key.slice(0, 1024));
  return Number(word(new SipHash({ key0, key1: (key1 ^ BigInt(key.length)) & MASK }).hash(bytes)) % 10_000n);
}
