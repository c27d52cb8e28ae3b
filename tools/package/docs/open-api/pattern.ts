/** The most repetitions, of repetitions too, that RE2 counts. */
const MAX_REPEATS = 1000;
/** Groups that look around, back references, classes of Unicode or POSIX, and what else the two read differently. */
const APART = /^(\(\?[^:]|\\[0-9BScksup]|\[\^?\]|\[:[^]*:\])/;
const UNIT = /^\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2}))/;
const REPEATS = /^\{(\d+)(?:,(\d*))?\}/;

/**
 * A regular expression of ECMAScript as RE2 reads it, too: Higress's command line has the one, its console the other.
 * Undefined when there is none that surely matches all that the given one does.
 */
export function commonPattern(pattern: string): string | undefined {
  let [common, counted] = ["", 1];
  for (let rest = pattern; rest !== "";) {
    const token = REPEATS.exec(rest) ?? UNIT.exec(rest) ?? /^\\?[^]/.exec(rest)!;
    const repeats = REPEATS.exec(token[0]);
    if (repeats) counted *= Math.max(1, Number(repeats[1]), Number(repeats[2] ?? 0));
    const meant = UNIT.test(token[0]) ? character(Number.parseInt(token[1] ?? token[2]!, 16)) : token[0];
    if (meant === undefined || counted > MAX_REPEATS || (!UNIT.test(token[0]) && APART.test(rest))) return undefined;
    common += meant;
    rest = rest.slice(token[0].length);
  }
  return common;
}

/** As two hexadecimal digits, or as it is beyond those; undefined for half of a pair. */
function character(code: number): string | undefined {
  if (code <= 0xff) return String.raw`\x${code.toString(16).padStart(2, "0")}`;
  return code >= 0xd800 && code <= 0xdfff ? undefined : String.fromCharCode(code);
}
