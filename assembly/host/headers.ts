import {
  proxy_add_header_map_value,
  proxy_get_header_map_pairs,
  proxy_get_header_map_value,
  proxy_remove_header_map_value,
  proxy_replace_header_map_value,
  proxy_set_header_map_pairs,
} from "../abi/imports";
import { callbackEpoch, forgetReads, OUT } from "../abi/memory";
import { HeaderMapTypeValues, WasmResultValues } from "../abi/types";
import { ByteView, Utf8 } from "../core/bytes";
import { HeaderPairsWriter } from "../core/header-pairs";
import { Presence, takeLent } from "./presence";

/**
 * One header of one map. Its name is encoded once; its value is fetched from the host at most once per callback,
 * whoever asks. Get one with `requestHeader` or `responseHeader` at configure and keep it.
 *
 * Reads and writes are callable in the callbacks of the stream in which the map is at hand, from its headers callback
 * until the headers are sent on; elsewhere they report Failed or a status other than Ok.
 */
@final
export class Header {
  /** In lower case. */
  readonly name: Utf8;
  private epoch: u64 = 0;
  private presence: Presence = Presence.Absent;
  /** What the last `read` fetched; valid until the callback returns. */
  readonly value: ByteView = new ByteView();

  /**
   * For the maps that have no function here, such as an HttpCall's answer; for the others `requestHeader` and its like. A
   * second object for the same header would not see the first one's writes. For configure: allocates.
   */
  constructor(
    private readonly map: HeaderMapTypeValues,
    name: string,
  ) {
    this.name = new Utf8(name);
  }

  /**
   * Fetches the value into `value`. Of a repeated header Envoy gives the first value only.
   * Allocates: nothing.
   */
  // @ts-ignore: decorator
  @inline
  read(): Presence {
    return this.epoch == callbackEpoch ? this.presence : this.fetch();
  }

  private fetch(): Presence {
    const name = this.name;
    const result = proxy_get_header_map_value(this.map, name.ptr, name.length, OUT, OUT + 4);
    this.epoch = callbackEpoch;
    return (this.presence = takeLent(result, this.value));
  }

  /**
   * Sets the header: all of that name go, one with this value comes last.
   * On request headers this makes Envoy choose the route again. Allocates: nothing.
   */
  replace(value: ByteView): WasmResultValues {
    this.epoch = 0;
    return proxy_replace_header_map_value(this.map, this.name.ptr, this.name.length, value.ptr, value.length);
  }

  /** Adds one more header of this name; on request headers Envoy chooses the route again. Allocates: nothing. */
  add(value: ByteView): WasmResultValues {
    this.epoch = 0;
    return proxy_add_header_map_value(this.map, this.name.ptr, this.name.length, value.ptr, value.length);
  }

  /** Removes all headers of this name; on request headers Envoy chooses the route again. Allocates: nothing. */
  remove(): WasmResultValues {
    this.epoch = 0;
    return proxy_remove_header_map_value(this.map, this.name.ptr, this.name.length);
  }
}

const requestHeaders = new Map<string, Header>();
const responseHeaders = new Map<string, Header>();
const responseTrailers = new Map<string, Header>();

/** The request header `name` (lower case), the same object for all who ask in this module. For configure: allocates. */
export function requestHeader(name: string): Header {
  return headerOf(requestHeaders, HeaderMapTypeValues.RequestHeaders, name);
}

/** The response header `name` (lower case), the same object for all who ask in this module. For configure: allocates. */
export function responseHeader(name: string): Header {
  return headerOf(responseHeaders, HeaderMapTypeValues.ResponseHeaders, name);
}

/** The response trailer `name` (lower case), the same object for all who ask in this module. For configure: allocates. */
export function responseTrailer(name: string): Header {
  return headerOf(responseTrailers, HeaderMapTypeValues.ResponseTrailers, name);
}

function headerOf(known: Map<string, Header>, map: HeaderMapTypeValues, name: string): Header {
  if (!known.has(name)) known.set(name, new Header(map, name));
  return known.get(name);
}

/**
 * Sets a header whose name is known only now, as `Header.replace` does; a `Header` of that name does not see it until the
 * next callback. Allocates: nothing.
 */
export function replaceHeaderNamed(map: HeaderMapTypeValues, name: ByteView, value: ByteView): WasmResultValues {
  return proxy_replace_header_map_value(map, name.ptr, name.length, value.ptr, value.length);
}

/** Removes all headers of a name known only now; see `replaceHeaderNamed`. Allocates: nothing. */
export function removeHeaderNamed(map: HeaderMapTypeValues, name: ByteView): WasmResultValues {
  return proxy_remove_header_map_value(map, name.ptr, name.length);
}

/**
 * Fetches a whole header map, serialised, for a HeaderPairsReader; repeated headers are all there.
 * Costs as much as four single reads. Valid until the callback returns. Allocates: nothing.
 */
export function readHeaderPairs(map: HeaderMapTypeValues, into: ByteView): Presence {
  return takeLent(proxy_get_header_map_pairs(map, OUT, OUT + 4), into);
}

/** Replaces a whole header map by what `pairs` holds after `encode`. Allocates: nothing. */
export function writeHeaderPairs(map: HeaderMapTypeValues, pairs: HeaderPairsWriter): WasmResultValues {
  forgetReads();
  return proxy_set_header_map_pairs(map, pairs.ptr, pairs.length);
}
