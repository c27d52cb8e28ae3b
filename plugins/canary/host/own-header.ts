import { ByteView, Counter, Header, Presence, Property, requestHeader, WasmResultValues } from "../../../assembly";

/**
 * A request header that says what this plugin decided: one value of ours or none, whatever the client sent. It is written
 * only when something has to change, since each write makes Envoy choose the route again.
 */
@final
export class OwnHeader {
  private readonly header: Header;
  /** All values under the name, joined by commas, where the header itself gives the first one alone. */
  private readonly all: Property;

  /** Only in onConfigure: allocates. */
  constructor(
    name: string,
    private readonly hostErrors: Counter,
  ) {
    this.header = requestHeader(name);
    this.all = new Property(["request", "headers", name]);
  }

  /** Fetches the first `value`. At most one host call. Allocates: nothing. */
  read(): Presence {
    return this.header.read();
  }

  /** What `read` found; valid until the callback returns. */
  get value(): ByteView {
    return this.header.value;
  }

  /** Whether the value that `read` found is the only one. One host call. Allocates: nothing. */
  isSingle(): bool {
    const presence = this.all.read();
    if (presence == Presence.Failed) this.hostErrors.add(1);
    return presence == Presence.Found && this.all.value.equals(this.header.value);
  }

  /** Sets the value. One host call for the header as it is, one if it must change. Allocates: nothing. */
  write(value: ByteView): void {
    const header = this.header;
    if (header.read() == Presence.Found && header.value.equals(value) && this.isSingle()) return;
    if (header.replace(value) == WasmResultValues.Ok) return;
    // The value cannot be written; but what the client sent must not stand for it.
    this.hostErrors.add(1);
    header.remove();
  }

  /** Takes away what the client sent. Allocates: nothing. */
  strip(): void {
    if (this.header.read() == Presence.Absent) return;
    if (this.header.remove() != WasmResultValues.Ok) this.hostErrors.add(1);
  }
}
