import {
  proxy_dequeue_shared_queue,
  proxy_enqueue_shared_queue,
  proxy_register_shared_queue,
  proxy_resolve_shared_queue,
} from "../abi/imports";
import { OUT } from "../abi/memory";
import { WasmResultValues } from "../abi/types";
import { ByteView, Utf8 } from "../core/bytes";
import { Presence, takeLent } from "./presence";

/**
 * A queue of byte strings between VMs of this Envoy, of one plugin or of several. It has no bound and outlives the VMs:
 * who puts something in must be sure that somebody takes it out. Callable at any time.
 */
@final
export class SharedQueue {
  private readonly name: Utf8;
  /** Envoy's number of it; 0 before `register` or `resolve` has found it. */
  token: u32 = 0;
  /** What the last `dequeue` took; valid until the callback returns. */
  readonly value: ByteView = new ByteView();

  constructor(name: string) {
    this.name = new Utf8(name);
  }

  /**
   * Makes the queue in this VM's vm_id, or takes over one of that name with what is in it: from now on `onQueueReady` of
   * this root context is called for each item. In a callback of a root context. Allocates: nothing.
   */
  register(): WasmResultValues {
    return this.noteToken(proxy_register_shared_queue(this.name.ptr, this.name.length, OUT));
  }

  /** Finds the queue that a VM of `vmId` has registered; NotFound when none has. Allocates: nothing. */
  resolve(vmId: Utf8): WasmResultValues {
    return this.noteToken(proxy_resolve_shared_queue(vmId.ptr, vmId.length, this.name.ptr, this.name.length, OUT));
  }

  private noteToken(result: WasmResultValues): WasmResultValues {
    if (result == WasmResultValues.Ok) this.token = load<u32>(OUT);
    return result;
  }

  /** Puts bytes at the end. Allocates: nothing here; the host copies them. */
  enqueue(data: ByteView): WasmResultValues {
    return proxy_enqueue_shared_queue(this.token, data.ptr, data.length);
  }

  /** Takes the first bytes out, into `value`; Absent when there are none. Allocates only what exceeds the arena of 16 KB. */
  dequeue(): Presence {
    const result = proxy_dequeue_shared_queue(this.token, OUT, OUT + 4);
    if (result != WasmResultValues.Empty) return takeLent(result, this.value);
    this.value.set(0, 0);
    return Presence.Absent;
  }
}
