import { ByteView } from "./bytes";

/** What Envoy's `traffic_direction` of a listener reads as. An edge's listener has none. */
export enum Direction {
  Unspecified,
  Inbound,
  Outbound,
}

/** The direction that the property `xds.listener_direction` tells; of a host that does not tell: none. Allocates: nothing. */
export function directionOf(property: ByteView): Direction {
  if (property.length != 8) return Direction.Unspecified;
  const direction = load<i64>(property.ptr);
  const isTold = direction == Direction.Inbound || direction == Direction.Outbound;
  return isTold ? <Direction>direction : Direction.Unspecified;
}
