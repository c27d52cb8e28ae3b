import { Direction } from "../../core/traffic-direction";
import { PathKind, PathMatch } from "./path-match";

/** The number of a port that is not told. */
export const ANY_PORT: i32 = -1;

/** One way in which a request can be a setting's: one of each list of its match. Immutable. */
@final
export class Place {
  /**
   * @param route name of Envoy's route; "": any. @param host in lower case, `*.shop.example` for all below; "": any.
   * @param setting whose it is, from 1 on, in the order written.
   */
  constructor(
    readonly route: string,
    readonly host: string,
    readonly path: PathMatch,
    readonly port: i32,
    readonly direction: Direction,
    readonly setting: i32,
  ) {}

  /** Whether the same requests are at the other, which has the same route and host. */
  isSame(other: Place): bool {
    return this.port == other.port && this.direction == other.direction && this.path.isSame(other.path);
  }
}

/**
 * Compares places of the same route and host: negative when `a` is the more specific one, 0 when neither is.
 * A path goes before a port, and a port before a direction.
 */
export function compareRank(a: Place, b: Place): i32 {
  if (a.path.kind != b.path.kind) return b.path.kind - a.path.kind;
  if (a.path.kind != PathKind.Any && a.path.length != b.path.length) return b.path.length - a.path.length;
  const ports = i32(b.port != ANY_PORT) - i32(a.port != ANY_PORT);
  if (ports != 0) return ports;
  return i32(b.direction != Direction.Unspecified) - i32(a.direction != Direction.Unspecified);
}
