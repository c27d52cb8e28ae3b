import { ByteView } from "../../../assembly/core/bytes";
import { MAX_TRACESTATE_MEMBERS, TracestateReader } from "../../../assembly/core/tracestate";
import { HeaderEdits } from "../context/header-edits";
import { NO_VALUE, TraceHeaders } from "../context/trace-headers";
import { EntryList, MAX_TRACESTATE_BYTES } from "./entry-list";

/** What the headers of one kind say, all of them together. */
export enum Field {
  Absent,
  Valid,
  Invalid,
}

/** Of a key, and of a value. */
// @ts-ignore: decorator
@inline
const MAX_PART_BYTES: i32 = 256;
/** Entries that one request may be given, each with room of its own. */
// @ts-ignore: decorator
@inline
const MAX_PUTS: i32 = 4;
// @ts-ignore: decorator
@inline
const PUT_BYTES: i32 = 2 * MAX_PART_BYTES + 1;
// @ts-ignore: decorator
@inline
const CAPACITY: i32 = MAX_TRACESTATE_MEMBERS + MAX_PUTS;

// @ts-ignore: decorator
@inline
const EQUALS: u8 = 0x3d;

/**
 * The tracestate of a request, all its headers together: `read`, look up, change, `write`. The list and what stands in it
 * are valid as long as the header map is. Nothing is written unless an entry was changed. Allocates nothing once made.
 */
@final
export class Tracestate {
  readonly slot: i32;
  /** What `read` found. */
  field: Field = Field.Absent;
  private readonly reader: TracestateReader = new TracestateReader();
  private readonly view: ByteView = new ByteView();
  private readonly entries: EntryList = new EntryList(CAPACITY);
  private readonly puts: StaticArray<u8> = new StaticArray<u8>(MAX_PUTS * PUT_BYTES);
  private readonly text: StaticArray<u8> = new StaticArray<u8>(MAX_TRACESTATE_BYTES);
  private readonly composed: ByteView = new ByteView();
  private putCount: i32 = 0;
  private isChanged: bool = false;

  /** Takes the slot of `tracestate`: only at configure. */
  constructor(private readonly headers: TraceHeaders) {
    this.slot = headers.slot("tracestate");
  }

  /**
   * Reads the request's headers. Several are one list, in their order:
   * https://www.w3.org/TR/trace-context-2/#tracestate-header-field-values. What is not valid counts as no entry at all.
   */
  read(): Field {
    const headers = this.headers;
    this.entries.count = 0;
    this.putCount = 0;
    this.isChanged = false;
    this.field = headers.count(this.slot) > 0 ? Field.Valid : Field.Absent;
    for (let value = headers.first(this.slot); value != NO_VALUE; value = headers.next(value)) {
      headers.view(value, this.view);
      if (!this.readHeader()) return this.refuse();
    }
    return this.field;
  }

  private readHeader(): bool {
    const reader = this.reader;
    for (reader.open(this.view); reader.next();) {
      if (this.entries.count == MAX_TRACESTATE_MEMBERS) return false;
      this.entries.append(reader.member, reader.length, reader.keyLength);
    }
    return reader.isValid;
  }

  /** https://www.w3.org/TR/trace-context-2/#a-traceparent-is-received, 3: what cannot be parsed may be dropped, whole. */
  private refuse(): Field {
    this.entries.count = 0;
    this.field = Field.Invalid;
    return this.field;
  }

  /** Number of entries, those that were put among them. */
  get size(): i32 {
    return this.entries.count;
  }

  /** Lets `into` view the value of the first entry of this key; false when there is none. */
  find(key: ByteView, into: ByteView): bool {
    const index = this.entries.indexOf(key, 0);
    if (index < 0) return false;
    this.entries.value(index, into);
    return true;
  }

  /** Takes all entries out: they belong to a trace that is not continued. */
  clear(): void {
    if (this.field != Field.Absent) this.isChanged = true;
    this.entries.count = 0;
  }

  /**
   * Makes `value` the entry of `key`, in the first place, and of no other entry of that key; an entry that says so already
   * stays where it is. Both must keep to the grammar and are copied. At most four times a request, later ones are ignored.
   */
  put(key: ByteView, value: ByteView): void {
    if (this.hasOnly(key, value) || this.putCount == MAX_PUTS) return;
    if (key.length > MAX_PART_BYTES || value.length > MAX_PART_BYTES) return;
    this.drop(key);
    const at = changetype<usize>(this.puts) + <usize>(this.putCount++ * PUT_BYTES);
    memory.copy(at, key.ptr, <usize>key.length);
    store<u8>(at + <usize>key.length, EQUALS);
    memory.copy(at + <usize>(key.length + 1), value.ptr, <usize>value.length);
    this.entries.prepend(at, key.length + 1 + value.length, key.length);
    this.isChanged = true;
  }

  /** Takes all entries of `key` out. */
  drop(key: ByteView): void {
    for (let i = this.entries.indexOf(key, 0); i >= 0; i = this.entries.indexOf(key, i)) {
      this.entries.removeAt(i);
      this.isChanged = true;
    }
  }

  /**
   * The list as one header, in the room of this object; of length 0 when no entry is left. Cut to the limits of those who
   * change a tracestate, so only for one that was changed: 32 entries and 512 bytes.
   */
  compose(): ByteView {
    const start = changetype<usize>(this.text);
    this.entries.cut();
    this.composed.set(start, <i32>(this.entries.writeAt(start) - start));
    return this.composed;
  }

  /** Lets the request have this tracestate. What arrived and was not changed stays, unless it is not valid. */
  write(edits: HeaderEdits): void {
    if (!this.isChanged && this.field != Field.Invalid) return;
    const value = this.compose();
    if (value.length > 0) edits.set(this.slot, value.ptr, value.length);
    else if (this.field != Field.Absent) edits.remove(this.slot);
  }

  private hasOnly(key: ByteView, value: ByteView): bool {
    const index = this.entries.indexOf(key, 0);
    if (index < 0 || this.entries.indexOf(key, index + 1) >= 0) return false;
    this.entries.value(index, this.view);
    return this.view.equals(value);
  }
}
