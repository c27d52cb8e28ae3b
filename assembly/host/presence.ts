import { WasmResultValues } from "../abi/types";
import { OUT } from "../abi/memory";
import { ByteView } from "../core/bytes";

/** What a read of the host found. Absent, empty and failed are three different things. */
export enum Presence {
  /** There is a value of at least one byte. */
  Found,
  /** There is a value of no bytes. */
  Empty,
  /** There is no such thing. */
  Absent,
  /** The host did not answer: not available in this phase, forbidden by capability restriction, or a fault. */
  Failed,
}

/** Takes a pointer and a size out of `OUT` after a host call returned `result`. */
// @ts-ignore: decorator
@inline
export function takeLent(result: u32, into: ByteView): Presence {
  if (result == WasmResultValues.Ok) {
    into.set(load<usize>(OUT), <i32>load<usize>(OUT, 4));
    return into.length > 0 ? Presence.Found : Presence.Empty;
  }
  into.set(0, 0);
  return result == WasmResultValues.NotFound
    ? Presence.Absent
    : result == WasmResultValues.Empty
      ? Presence.Empty
      : Presence.Failed;
}
