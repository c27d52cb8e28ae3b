import { proxy_call_foreign_function } from "../abi/imports";
import { OUT } from "../abi/memory";
import { ByteView, Utf8 } from "../core/bytes";
import { Presence, takeLent } from "./presence";

/** A function that Envoy offers beyond the ABI, by name, such as `clear_route_cache`; it may not be there. */
@final
export class ForeignFunction {
  private readonly name: Utf8;
  /** What the last `call` returned; valid until the callback returns. */
  readonly result: ByteView = new ByteView();

  constructor(name: string) {
    this.name = new Utf8(name);
  }

  /** @returns Absent when this Envoy has no such function, Failed when it refused. Allocates: nothing. */
  call(input: ByteView): Presence {
    const code = proxy_call_foreign_function(this.name.ptr, this.name.length, input.ptr, input.length, OUT, OUT + 4);
    return takeLent(code, this.result);
  }
}
