import { ByteView, Utf8 } from "../../../assembly/core/bytes";
import { lowerCase } from "../../../assembly/core/lower-case";
import { escapedByte } from "../../../assembly/core/percent-encoding";
import { lowerByte } from "./grammar";

/** The longest name on a list; of a longer one as much as this is looked at. */
// @ts-ignore: decorator
@inline
export const MAX_LISTED_NAME: i32 = 128;

const LOWERED: StaticArray<u8> = new StaticArray<u8>(MAX_LISTED_NAME);

/**
 * Names of baggage, each the whole name or, with a `*` behind, how names begin. Capitals do not matter: in headers named by
 * them they are lost. Allocates only when made.
 */
@final
export class NameList {
  private readonly names: Utf8[] = [];
  private readonly arePrefixes: bool[] = [];

  /** @param patterns such as `tenant` and `user.*`, of at most MAX_LISTED_NAME bytes. */
  constructor(patterns: string[]) {
    for (let i = 0; i < patterns.length; i++) {
      const isPrefix = patterns[i].endsWith("*");
      const name = isPrefix ? patterns[i].substring(0, patterns[i].length - 1) : patterns[i];
      this.names.push(new Utf8(lowerCase(name)));
      this.arePrefixes.push(isPrefix);
    }
  }

  /** Whether the name is one of them as it stands. Allocates: nothing. */
  has(name: ByteView): bool {
    return this.names.length > 0 && this.hasLowered(lower(name, false));
  }

  /** Whether the name is one of them as it stands, or as those see it who decode percent-encoded names. Allocates: nothing. */
  hasDecoded(name: ByteView): bool {
    if (this.names.length == 0) return false;
    const length = lower(name, false);
    if (this.hasLowered(length)) return true;
    const decoded = lower(name, true);
    return decoded < length && this.hasLowered(decoded);
  }

  /** @param length of the name whose beginning is in LOWERED. */
  private hasLowered(length: i32): bool {
    const start = changetype<usize>(LOWERED);
    for (let i = 0; i < this.names.length; i++) {
      const name = unchecked(this.names[i]);
      const fits = unchecked(this.arePrefixes[i]) ? length >= name.length : length == name.length;
      if (fits && memory.compare(start, name.ptr, <usize>name.length) == 0) return true;
    }
    return false;
  }
}

/** Writes the name, or what it begins with, in small letters into LOWERED. @returns the whole name's length. */
function lower(name: ByteView, decode: bool): i32 {
  const start = changetype<usize>(LOWERED);
  const end = name.ptr + <usize>name.length;
  let length = 0;
  for (let at = name.ptr; at < end; length++) {
    const escaped = decode ? escapedByte(at, end) : -1;
    const byte = escaped >= 0 ? <u8>escaped : load<u8>(at);
    if (length < MAX_LISTED_NAME) store<u8>(start + <usize>length, lowerByte(byte));
    at += escaped >= 0 ? 3 : 1;
  }
  return length;
}
