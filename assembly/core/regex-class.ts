import { CharSet, PERL_CLASSES, posixClass } from "./regex-chars";
import { BACKSLASH, RegexReader } from "./regex-reader";

/** Reads `[a-z]` from after its first bracket to its last, and adds to `set` what it stands for. For configure. */
export function readBrackets(reader: RegexReader, set: CharSet, foldCase: bool): void {
  const begin = reader.at - 1;
  const negated = reader.takeOne(0x5e /* ^ */);
  // A bracket that comes first stands for itself.
  for (let first = true; first || reader.peek() != 0x5d /* ] */; first = false) {
    if (reader.ended) return reader.fail(begin, '"]" to end what "[" begins');
    if (!readPosixClass(reader, set, foldCase) && !readPerlClass(reader, set, foldCase))
      readRange(reader, set, foldCase);
  }
  reader.at++;
  if (foldCase) set.foldCase();
  if (negated) set.invert();
}

/** `\d`, `\s` or `\w`, or a capital for all others. @returns false when something else comes. */
export function readPerlClass(reader: RegexReader, set: CharSet, foldCase: bool): bool {
  const escape = reader.takeEscape("dswDSW");
  if (escape < 0) return false;
  set.addClass(PERL_CLASSES[escape % 3], escape >= 3, foldCase);
  return true;
}

/** `[:alpha:]` or `[:^alpha:]`. @returns false when something else comes. */
function readPosixClass(reader: RegexReader, set: CharSet, foldCase: bool): bool {
  const begin = reader.at;
  if (reader.peek() != 0x5b /* [ */ || reader.peek(1) != 0x3a /* : */) return false;
  reader.at += 2;
  const negated = reader.takeOne(0x5e /* ^ */);
  const name = reader.takeUntil(":]");
  reader.at = name == null ? begin : reader.at;
  if (name == null) return false;
  const ranges = posixClass(name);
  if (ranges == "") reader.fail(begin, "a class such as [:alpha:]");
  set.addClass(ranges, negated, foldCase);
  return true;
}

/** One character, or two and all between. */
function readRange(reader: RegexReader, set: CharSet, foldCase: bool): void {
  const begin = reader.at;
  const first = readCharacter(reader);
  let last = first;
  if (reader.peek() == 0x2d /* - */ && reader.peek(1) >= 0 && reader.peek(1) != 0x5d) {
    reader.at++;
    last = readCharacter(reader);
  }
  if (last < first) reader.fail(begin, "ascending order");
  if (foldCase) refuseBeyondAscii(reader, begin, last);
  set.add(first, last);
}

/** A character, or the escape of one. */
export function readCharacter(reader: RegexReader): i32 {
  return reader.takeOne(BACKSLASH) ? reader.escaped() : reader.next();
}

/** What has which other case beyond ASCII would take tables that are larger than all of the rest. */
export function refuseBeyondAscii(reader: RegexReader, at: i32, character: i32): void {
  if (character >= 0x80) reader.fail(at, "only ASCII under (?i)");
}
