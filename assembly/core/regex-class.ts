import { CharSet, perlClass, posixClass } from "./regex-chars";
import { letterIndex, RegexReader } from "./regex-reader";

/** Reads `[a-z]` from after its first bracket to its last, and adds to `set` what it stands for. For configure. */
export function readBrackets(reader: RegexReader, set: CharSet, foldCase: bool): void {
  const begin = reader.at - 1;
  const negated = reader.take("^");
  // A bracket that comes first stands for itself.
  for (let first = true; first || reader.peek() != 0x5d /* ] */; first = false) {
    if (reader.ended) return reader.fail(begin, 'expected "]" to end what "[" begins');
    if (!readPosixClass(reader, set, foldCase) && !readPerlClass(reader, set, foldCase))
      readRange(reader, set, foldCase);
  }
  reader.at++;
  if (foldCase) set.foldCase();
  if (negated) set.invert();
}

/** `\d`, `\s` or `\w`, or a capital for all others. @returns false when something else comes. */
export function readPerlClass(reader: RegexReader, set: CharSet, foldCase: bool): bool {
  if (reader.peek() != 0x5c /* \ */) return false;
  const letter = reader.peek(1);
  if (letterIndex("dswDSW", letter) < 0) return false;
  const ranges = perlClass(String.fromCharCode(letter | 0x20));
  set.addClass(ranges, (letter & 0x20) == 0, foldCase);
  reader.at += 2;
  return true;
}

/** `[:alpha:]` or `[:^alpha:]`. @returns false when something else comes. */
function readPosixClass(reader: RegexReader, set: CharSet, foldCase: bool): bool {
  const begin = reader.at;
  if (!reader.take("[:")) return false;
  const negated = reader.take("^");
  const name = reader.takeUntil(":]");
  reader.at = name == null ? begin : reader.at;
  if (name == null) return false;
  const ranges = posixClass(name);
  if (ranges == "") reader.fail(begin, "expected the name of a class, such as [:alpha:]");
  set.addClass(ranges, negated, foldCase);
  return true;
}

/** One character, or two and all between. */
function readRange(reader: RegexReader, set: CharSet, foldCase: bool): void {
  const begin = reader.at;
  const first = readMember(reader);
  let last = first;
  if (reader.peek() == 0x2d /* - */ && reader.peek(1) >= 0 && reader.peek(1) != 0x5d) {
    reader.at++;
    last = readMember(reader);
  }
  if (last < first) reader.fail(begin, "expected a range whose first character is not after its last");
  if (foldCase) refuseBeyondAscii(reader, begin, last);
  set.add(first, last);
}

function readMember(reader: RegexReader): i32 {
  const character = reader.next();
  return character == 0x5c /* \ */ ? reader.escaped() : character;
}

/** What has which other case beyond ASCII would take tables that are larger than all of the rest. */
export function refuseBeyondAscii(reader: RegexReader, at: i32, character: i32): void {
  if (character >= 0x80) reader.fail(at, "expected only ASCII under (?i)");
}
