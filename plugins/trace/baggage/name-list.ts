import { ByteView, Utf8 } from "../../../assembly/core/bytes";
import { escapedByte } from "../../../assembly/core/percent-encoding";
import { lowerCase } from "../../../assembly/core/lower-case";
import { lowerByte } from "./grammar";

/**
 * Names of baggage, each the whole name or, with a `*` behind, how names begin. Capitals do not matter: in headers named by
 * them they are lost. Allocates only when made.
 */
@final
export class NameList {
  private readonly names: Utf8[] = [];
  private readonly arePrefixes: bool[] = [];

  /** @param patterns such as `tenant` and `user.*`. */
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
    for (let i = 0; i < this.names.length; i++) if (this.isLike(name, i, false)) return true;
    return false;
  }

  /** Whether the name is one of them as it stands, or as those see it who decode percent-encoded names. Allocates: nothing. */
  hasDecoded(name: ByteView): bool {
    for (let i = 0; i < this.names.length; i++) {
      if (this.isLike(name, i, false) || this.isLike(name, i, true)) return true;
    }
    return false;
  }

  private isLike(name: ByteView, index: i32, decode: bool): bool {
    const wanted = unchecked(this.names[index]);
    const end = name.ptr + <usize>name.length;
    let at = name.ptr;
    for (let i = 0; i < wanted.length; i++) {
      if (at >= end) return false;
      const escaped = decode ? escapedByte(at, end) : -1;
      if (lowerByte(escaped >= 0 ? <u8>escaped : load<u8>(at)) != wanted.at(i)) return false;
      at += escaped >= 0 ? 3 : 1;
    }
    return at == end || unchecked(this.arePrefixes[index]);
  }
}
