import fc from "fast-check";

// Shares of keys, ramps and schedules. Times are in ms.

export interface Ramp {
  start: string;
  from: number;
  step: number;
  every: string;
  hold?: number;
}

export interface Part {
  arm: string;
  percent: number | Ramp;
  room?: number;
}

export interface Schedule {
  start?: string;
  end?: string;
  windows?: { days?: string[]; from?: string; to?: string; utc_offset?: string }[];
}

/** A Saturday. */
export const NOW = Date.parse("2026-11-21T08:00:00Z");
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

const two = (number: number): string => String(number).padStart(2, "0");
const clock = (minute: number): string => `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
const offset = (minutes: number): string => (minutes < 0 ? "-" : "+") + clock(Math.abs(minutes));

const offsets = fc.integer({ min: -720, max: 840 });
/** A whole second at most so long before or after NOW, written with any distance from UTC. */
const timeWithin = (distance: number): fc.Arbitrary<string> =>
  fc.tuple(fc.integer({ min: -distance / SECOND, max: distance / SECOND }), offsets).map(([seconds, east]) => {
    const local = new Date(NOW + seconds * SECOND + east * MINUTE).toISOString().slice(0, 19);
    return local + (east === 0 ? "Z" : offset(east));
  });

const hundredths = fc.oneof(fc.constantFrom(0, 10_000), fc.nat(10_000));
const share = (part: number, of: number): number => Math.floor((part * of) / 10_000);

/** Percentages that come to at most `most` hundredths. */
function percentUpTo(most: number, drawn: Drawn): number | Ramp {
  const { isRamp, start, from, step, every, hold } = drawn;
  const last = share(hold, most);
  if (!isRamp) return last / 100;
  const held = last === 10_000 && from % 2 === 0 ? {} : { hold: last / 100 };
  return { start, from: share(from, last) / 100, step: Math.max(1, share(step, last)) / 100, every, ...held };
}

interface Drawn {
  isRamp: boolean;
  start: string;
  from: number;
  step: number;
  every: string;
  hold: number;
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  isRamp: fc.boolean(),
  start: fc.oneof(timeWithin(30 * SECOND), timeWithin(2 * DAY)),
  from: hundredths,
  step: hundredths,
  every: fc.constantFrom("1s", "7s", "10m", "6h", "1d", "365d"),
  hold: hundredths,
});

export const percents: fc.Arbitrary<number | Ramp> = drawn.map((one) => percentUpTo(10_000, one));

/** @param arms different ones. */
export function splits(arms: readonly string[]): fc.Arbitrary<Part[]> {
  const parts = fc.array(fc.tuple(fc.nat(10_000), fc.boolean(), drawn), { minLength: 1, maxLength: arms.length });
  return fc.tuple(parts, fc.nat()).map(([weighed, first]) => {
    const scale = Math.max(
      10_000,
      weighed.reduce((sum, [weight]) => sum + weight, 0),
    );
    return weighed.map(([weight, hasRoom, one], i) => {
      const room = Math.floor((weight * 10_000) / scale);
      const percent = percentUpTo(room, one);
      const arm = arms[(first + i) % arms.length]!;
      return hasRoom || weighed.length > 2 ? { arm, percent, room: room / 100 } : { arm, percent };
    });
  });
}

const windows = fc
  .tuple(
    fc.option(fc.uniqueArray(fc.constantFrom(...DAYS), { minLength: 1 }), { nil: undefined }),
    ...([fc.nat(1439), fc.integer({ min: 1, max: 1440 }), fc.option(offsets, { nil: undefined })] as const),
  )
  .map(([days, from, to, east]) => ({
    ...(days ? { days } : {}),
    ...(from === to ? (days ? {} : { to: "24:00" }) : { from: clock(from), to: clock(to) }),
    ...(east === undefined ? {} : { utc_offset: offset(east) }),
  }));

export const schedules: fc.Arbitrary<Schedule> = fc.oneof(
  fc.record({ start: timeWithin(DAY) }),
  fc.record({ end: timeWithin(DAY) }),
  fc.record({ windows: fc.array(windows, { minLength: 1, maxLength: 3 }) }),
  fc.record({ start: timeWithin(DAY), windows: fc.array(windows, { minLength: 1, maxLength: 3 }) }),
  fc.tuple(timeWithin(DAY), timeWithin(DAY)).map((times) => {
    const [start, end] = times.sort((a, b) => Date.parse(a) - Date.parse(b)) as [string, string];
    return Date.parse(start) < Date.parse(end) ? { start, end } : { start };
  }),
);
