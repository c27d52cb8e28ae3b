import { Counter, Header, Presence, Property, requestHeader, Utf8, WasmResultValues } from "../../../assembly";
import { NO_ARM } from "../outcome/outcome";

/**
 * The header that carries the decision to the routes: one value of ours or none, whatever the client sent. It is written
 * only when something has to change, since each write makes Envoy choose the route again.
 */
@final
export class DecisionHeader {
  private readonly header: Header;
  /** All values under the name, joined by commas, where the header itself gives the first one alone. */
  private readonly all: Property;
  private readonly values: Utf8[];

  /** @param values by arm. Only in onConfigure: allocates. */
  constructor(
    name: string,
    values: string[],
    private readonly hostErrors: Counter,
  ) {
    this.header = requestHeader(name);
    this.all = new Property(["request", "headers", name]);
    this.values = values.map<Utf8>((value: string) => new Utf8(value));
  }

  /** The arm that the request names already, by a single value; NO_ARM when it names none. Allocates: nothing. */
  given(): i32 {
    if (this.header.read() != Presence.Found) return NO_ARM;
    const value = this.header.value;
    for (let arm = 0, count = this.values.length; arm < count; arm++) {
      if (value.equals(unchecked(this.values[arm]))) return this.isSingle() ? arm : NO_ARM;
    }
    return NO_ARM;
  }

  /** Names the arm. One host call for the header as it is, one if it must change. Allocates: nothing. */
  write(arm: i32): void {
    const value = unchecked(this.values[arm]);
    const header = this.header;
    if (header.read() == Presence.Found && header.value.equals(value) && this.isSingle()) return;
    if (header.replace(value) == WasmResultValues.Ok) return;
    // The arm cannot be written; but what the client sent must not stand for it.
    this.hostErrors.add(1);
    header.remove();
  }

  /** Takes away what the client sent. Allocates: nothing. */
  strip(): void {
    if (this.header.read() == Presence.Absent) return;
    if (this.header.remove() != WasmResultValues.Ok) this.hostErrors.add(1);
  }

  private isSingle(): bool {
    const presence = this.all.read();
    if (presence == Presence.Failed) this.hostErrors.add(1);
    return presence == Presence.Found && this.all.value.equals(this.header.value);
  }
}
