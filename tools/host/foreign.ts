import { deflateSync, inflateSync } from "node:zlib";
import { Status } from "./abi.js";
import { EMPTY } from "./bytes.js";
import type { Context } from "./context.js";
import { readFields } from "./protobuf.js";
import type { ForeignFunction } from "./proxy.js";

/** Filter state objects that Envoy 1.40 can make from bytes and that the host takes. */
const FILTER_STATE_OBJECTS = new Set(["envoy.string", "envoy.hashable_string"]);

/**
 * Envoy's own foreign functions, but for those that need its CEL, its crypto or its network connection.
 * They act on the context whose callback runs, not on the effective one.
 * @returns undefined for a name that is not known.
 */
export function envoyForeignFunction(name: string, context: Context): ForeignFunction | undefined {
  switch (name) {
    case "clear_route_cache":
      return () => {
        context.clearRouteCache();
        return Status.Ok;
      };
    case "set_envoy_filter_state":
      return (args) => setFilterState(args, context);
    case "declare_property":
      return (args) => declareProperty(args, context);
    case "compress":
      return (args) => deflateSync(args);
    case "uncompress":
      return uncompress;
    default:
      return undefined;
  }
}

function uncompress(args: Uint8Array): Uint8Array | Status {
  try {
    return inflateSync(args);
  } catch {
    return Status.SerializationFailure;
  }
}

/** Arguments: path (1), value (2), span (3). */
function setFilterState(args: Uint8Array, context: Context): Status {
  const fields = readFields(args);
  if (!fields) return Status.BadArgument;
  const path = fields.text(1);
  if (!FILTER_STATE_OBJECTS.has(path)) return Status.NotFound;
  return context.setFilterState(path, fields.text(2));
}

/** Arguments: name (1) and others. A name can be declared once a root context. */
function declareProperty(args: Uint8Array, context: Context): Status | Uint8Array {
  const fields = readFields(args);
  if (!fields || !context.declareProperty(fields.text(1))) return Status.BadArgument;
  return EMPTY;
}
