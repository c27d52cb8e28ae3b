const RFC3339 = /^(\d{4}-\d\d-(\d\d))[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[-+]\d\d:\d\d)$/;

/** The first time, since proxies take 0 for no time at all. */
const FIRST = Date.UTC(1971);
/** The time after the last one: a proxy counts nanoseconds in 64 bits. */
const AFTER = Date.UTC(2500);

/** A time of RFC 3339 in ms since the Unix epoch; undefined for what is none, or no proxy's. */
export function readTime(text: string): number | undefined {
  const [, date, day] = RFC3339.exec(text) ?? [];
  const time = date === undefined ? NaN : Date.parse(text.toUpperCase());
  // Date.parse takes February 30 for a day in March.
  const exists = new Date(`${date}T00:00:00Z`).getUTCDate() === Number(day);
  return exists && time >= FIRST && time < AFTER ? time : undefined;
}
