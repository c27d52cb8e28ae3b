import { HeaderEdits } from "../../../../plugins/trace/context/header-edits";
import { TraceHeaders } from "../../../../plugins/trace/context/trace-headers";
import { send } from "../sent";

/** The headers of a request under the hands of formats, one hop after the other. */
export class EditedRequest extends HeaderEdits {
  /** Name, value, name, value, ... */
  pairs: string[] = [];
  /** How many headers were written or taken away since `send`. */
  changes: i32 = 0;

  constructor(headers: TraceHeaders) {
    super(headers);
  }

  /** Lets `headers` read the request as it is now. */
  send(): void {
    send(this.headers, this.pairs);
    this.changes = 0;
  }

  set(slot: i32, ptr: usize, length: i32): void {
    const name = this.headers.name(slot).toString();
    const value = String.UTF8.decodeUnsafe(ptr, <usize>length);
    const at = this.pairs.indexOf(name);
    if (this.headers.count(slot) == 1 && at >= 0 && this.pairs[at + 1] == value) return;
    this.drop(name);
    this.pairs.push(name);
    this.pairs.push(value);
    this.changes++;
  }

  protected removeSlot(slot: i32): void {
    this.drop(this.headers.name(slot).toString());
    this.changes++;
  }

  setNamed(slot: i32, namePtr: usize, nameLength: i32, ptr: usize, length: i32): void {
    assert(false, "no format has a prefix");
  }

  removeNamed(slot: i32, namePtr: usize, nameLength: i32): void {
    assert(false, "no format has a prefix");
  }

  private drop(name: string): void {
    const kept: string[] = [];
    for (let i = 0; i < this.pairs.length; i += 2) {
      if (this.pairs[i] == name) continue;
      kept.push(this.pairs[i]);
      kept.push(this.pairs[i + 1]);
    }
    this.pairs = kept;
  }
}
