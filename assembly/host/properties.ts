import { proxy_get_property, proxy_set_property } from "../abi/imports";
import { OUT } from "../abi/memory";
import { WasmResultValues } from "../abi/types";
import { ByteView, Utf8 } from "../core/bytes";
import { Presence, takeLent } from "./presence";

/**
 * An attribute of the request, connection, node or plugin, such as ["source", "address"]; the path is encoded once.
 * See Envoy's documentation of attributes for names, types and when each is there.
 */
@final
export class Property {
  private readonly path: Utf8;
  /** What the last `read` fetched; numbers are little-endian, 8 bytes. Valid until the callback returns. */
  readonly value: ByteView = new ByteView();

  constructor(segments: string[]) {
    this.path = new Utf8(segments.join("\0"));
  }

  /** Fetches the value, at more than twice the cost of a header. Allocates: nothing. */
  read(): Presence {
    return takeLent(proxy_get_property(this.path.ptr, this.path.length, OUT, OUT + 4), this.value);
  }

  /** Stores bytes as filter state `wasm.<path>`, which access logs and later filters can see. Allocates: nothing. */
  write(value: ByteView): WasmResultValues {
    return proxy_set_property(this.path.ptr, this.path.length, value.ptr, value.length);
  }
}
