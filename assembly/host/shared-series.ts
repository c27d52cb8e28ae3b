import { proxy_get_shared_data, proxy_set_shared_data } from "../abi/imports";
import { callbackEpoch, lendAgain, OUT } from "../abi/memory";
import { WasmResultValues } from "../abi/types";
import { ByteView } from "../core/bytes";
import { MAX_DECIMAL_DIGITS, writeDecimal } from "../core/decimal";
import { Presence, takeLent } from "./presence";

/**
 * Entries of shared data (see SharedEntry) whose keys are one prefix and a number: any number of entries for the memory
 * of one. Callable at any time.
 */
@final
export class SharedSeries {
  private readonly key: StaticArray<u8>;
  private readonly prefixLength: i32;
  private keyLength: i32 = 0;
  private epoch: u64 = 0;
  /** What the last `read` fetched; may be changed in place. Valid until the next `read` or the callback returns. */
  readonly value: ByteView = new ByteView();
  /** Version that the last `read` saw. */
  cas: u32 = 0;

  /** Allocates. */
  constructor(prefix: string) {
    const encoded = String.UTF8.encode(prefix);
    const key = new StaticArray<u8>(encoded.byteLength + MAX_DECIMAL_DIGITS);
    memory.copy(changetype<usize>(key), changetype<usize>(encoded), encoded.byteLength);
    this.key = key;
    this.prefixLength = encoded.byteLength;
  }

  /** Fetches `value` and `cas` of entry `number`. Allocates: nothing. */
  read(number: u32): Presence {
    // What was read in an earlier callback is given back already; its place may be another's by now.
    if (this.epoch == callbackEpoch) lendAgain(this.value.ptr, this.value.length);
    this.epoch = callbackEpoch;
    const key = changetype<usize>(this.key);
    this.keyLength = this.prefixLength + writeDecimal(number, key + <usize>this.prefixLength);
    const result = proxy_get_shared_data(key, this.keyLength, OUT, OUT + 4, OUT + 8);
    this.cas = result == WasmResultValues.Ok ? load<u32>(OUT, 8) : 0;
    return takeLent(result, this.value);
  }

  /** Writes entry `number` whatever others did, also when it is not there. Allocates: nothing. */
  overwrite(number: u32, ptr: usize, length: i32): WasmResultValues {
    const key = changetype<usize>(this.key);
    this.keyLength = this.prefixLength + writeDecimal(number, key + <usize>this.prefixLength);
    return proxy_set_shared_data(key, this.keyLength, ptr, length, 0);
  }

  /** As SharedEntry's, on the entry that `read` fetched last. Allocates: nothing. */
  compareAndSet(ptr: usize, length: i32): WasmResultValues {
    return proxy_set_shared_data(changetype<usize>(this.key), this.keyLength, ptr, length, this.cas);
  }
}
