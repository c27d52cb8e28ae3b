import {
  ByteView,
  Counter,
  Header,
  HeaderMapTypeValues,
  removeHeaderNamed,
  replaceHeaderNamed,
  requestHeader,
  WasmResultValues,
} from "../../../assembly";
import { HeaderEdits } from "../context/header-edits";
import { TraceHeaders } from "../context/trace-headers";

/** The longest name of a header that begins with a configured prefix. */
const MAX_NAME: i32 = 512;

/** Edits the headers of the running request, each only if it has to change: a write makes Envoy choose the route again. */
@final
export class RequestEdits extends HeaderEdits {
  private readonly slots: Header[] = [];
  private readonly old: ByteView = new ByteView();
  private readonly value: ByteView = new ByteView();
  private readonly nameBytes: StaticArray<u8> = new StaticArray<u8>(MAX_NAME);
  private readonly name: ByteView = new ByteView();

  /** @param headers with all slots taken. Only in onConfigure: allocates. */
  constructor(
    headers: TraceHeaders,
    private readonly hostErrors: Counter,
  ) {
    super(headers);
    for (let i = 0; i < headers.slotCount; i++) this.slots.push(requestHeader(headers.name(i).toString()));
  }

  /** At most one host call. Allocates: nothing. */
  set(slot: i32, ptr: usize, length: i32): void {
    const value = this.value;
    value.set(ptr, length);
    if (this.headers.single(slot, this.old) && this.old.equals(value)) return;
    this.take(unchecked(this.slots[slot]).replace(value));
  }

  /** One host call. Allocates: nothing. */
  protected removeSlot(slot: i32): void {
    this.take(unchecked(this.slots[slot]).remove());
  }

  /** One host call. A name that is too long is left alone. Allocates: nothing. */
  setNamed(slot: i32, namePtr: usize, nameLength: i32, ptr: usize, length: i32): void {
    const prefix = this.headers.name(slot);
    if (nameLength > MAX_NAME - prefix.length) return;
    const start = changetype<usize>(this.nameBytes);
    memory.copy(start, prefix.ptr, <usize>prefix.length);
    memory.copy(start + <usize>prefix.length, namePtr, <usize>nameLength);
    this.name.set(start, prefix.length + nameLength);
    this.value.set(ptr, length);
    this.take(replaceHeaderNamed(HeaderMapTypeValues.RequestHeaders, this.name, this.value));
  }

  /** One host call. Allocates: nothing. */
  removeNamed(slot: i32, namePtr: usize, nameLength: i32): void {
    this.name.set(namePtr, nameLength);
    this.take(removeHeaderNamed(HeaderMapTypeValues.RequestHeaders, this.name));
  }

  private take(result: WasmResultValues): void {
    if (result != WasmResultValues.Ok) this.hostErrors.add(1);
  }
}
