import { writeEscaped } from "../core/escape";
import { proxy_log } from "./imports";
import { LogLevelValues } from "./types";

// @ts-ignore: decorator
@inline
const CAPACITY: usize = 512;
const LINE: usize = memory.data(512);

/**
 * What asc calls for a failed runtime check (`--use abort=assembly/abi/abort/abort`): logs message, file, line and
 * column in one escaped line and traps. Allocates nothing, as the cause may be that memory has run out.
 */
export function abort(message: string | null, fileName: string | null, line: u32, column: u32): void {
  let at = writeEscaped("abort: ", LINE, CAPACITY);
  at += writeEscaped(message != null ? message : "(no message)", LINE + at, CAPACITY - at - 160);
  at += writeEscaped(" at ", LINE + at, CAPACITY - at);
  at += writeEscaped(fileName != null ? fileName : "(unknown file)", LINE + at, CAPACITY - at - 32);
  at += writeNumber(line, LINE + at);
  at += writeNumber(column, LINE + at);
  proxy_log(LogLevelValues.critical, LINE, at);
  unreachable();
}

/** Writes `:value`, at most 11 bytes. */
function writeNumber(value: u32, to: usize): usize {
  let digits: usize = 1;
  for (let rest = value / 10; rest != 0; rest /= 10) digits++;
  store<u8>(to, 58);
  for (let i = digits; i > 0; i--, value /= 10) store<u8>(to + i, <u8>(48 + (value % 10)));
  return digits + 1;
}
