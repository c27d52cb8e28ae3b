import { RegexReader } from "./regex-reader";

/** As RE2 has it. */
// @ts-ignore: decorator
@inline
const MAX_REPETITION: i32 = 1000;

/** How often something is repeated: `*`, `+`, `?` or `{m,n}`, greedy or lazy. */
@final
export class RegexRepetition {
  least: i32 = 0;
  /** -1: any number of times. */
  most: i32 = 0;

  /** Reads one. @returns false when something else comes. */
  read(reader: RegexReader): bool {
    const begin = reader.at;
    this.least = 0;
    this.most = -1;
    if (reader.takeOne(0x2b /* + */)) this.least = 1;
    else if (reader.takeOne(0x3f /* ? */)) this.most = 1;
    else if (!reader.takeOne(0x2a /* * */) && !this.readBraces(reader)) return false;
    // A lazy one finds another match first, but there is one if and only if there is one of the ordinary kind.
    reader.takeOne(0x3f /* ? */);
    if (max(this.least, this.most) > MAX_REPETITION) reader.fail(begin, `at most ${MAX_REPETITION} times`);
    else if (this.most >= 0 && this.most < this.least) reader.fail(begin, "ascending order");
    return true;
  }

  /** Braces that hold no numbers stand for themselves. */
  private readBraces(reader: RegexReader): bool {
    const begin = reader.at;
    if (!reader.takeOne(0x7b /* { */)) return false;
    this.least = this.most = reader.number();
    if (this.least >= 0) {
      if (reader.takeOne(0x2c /* , */)) this.most = reader.number();
      if (reader.takeOne(0x7d /* } */)) return true;
    }
    reader.at = begin;
    return false;
  }
}
