import { proxy_get_shared_data, proxy_set_shared_data } from "../abi/imports";
import { OUT } from "../abi/memory";
import { WasmResultValues } from "../abi/types";
import { ByteView, Utf8 } from "../core/bytes";
import { SharedWrite } from "../core/shared-write";
import { Presence, takeLent } from "./presence";

/** What a compareAndSet came to, in the terms of those who know no host. */
export function sharedWriteOf(result: WasmResultValues): SharedWrite {
  if (result == WasmResultValues.Ok) return SharedWrite.Done;
  return result == WasmResultValues.CasMismatch ? SharedWrite.Late : SharedWrite.Failed;
}

/**
 * One entry of the data that all VMs of the same vm_id in this Envoy share. There is no way to delete an entry, and
 * plugins without a vm_id share one namespace: keys are few, fixed, and begin with `tidegate.<plugin>.`.
 * Callable at any time.
 */
@final
export class SharedEntry {
  private readonly key: Utf8;
  /** What the last `read` fetched; valid until the callback returns. */
  readonly value: ByteView = new ByteView();
  /** Version that the last `read` saw; changes with each write to any entry. */
  cas: u32 = 0;

  constructor(key: string) {
    this.key = new Utf8(key);
  }

  /** Fetches `value` and `cas`. Allocates: nothing. */
  read(): Presence {
    const result = proxy_get_shared_data(this.key.ptr, this.key.length, OUT, OUT + 4, OUT + 8);
    this.cas = result == WasmResultValues.Ok ? load<u32>(OUT, 8) : 0;
    return takeLent(result, this.value);
  }

  /**
   * Writes if nobody did since `read`. An entry that does not exist yet is created without any such check, so create
   * entries in on_configure.
   * @returns CasMismatch when another VM was first: read again and retry. Allocates: nothing.
   */
  compareAndSet(ptr: usize, length: i32): WasmResultValues {
    return proxy_set_shared_data(this.key.ptr, this.key.length, ptr, length, this.cas);
  }

  /** Writes whatever others did since. Allocates: nothing. */
  overwrite(ptr: usize, length: i32): WasmResultValues {
    return proxy_set_shared_data(this.key.ptr, this.key.length, ptr, length, 0);
  }
}
