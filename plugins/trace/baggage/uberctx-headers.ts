import { ByteView } from "../../../assembly/core/bytes";
import { HeaderEdits } from "../context/header-edits";
import { NO_VALUE, TraceHeaders } from "../context/trace-headers";
import { BaggageConfig } from "./config";
import { isToken, lowerByte } from "./grammar";
import { Items } from "./items";
import { convert, convertedLength, sayTheSame } from "./uberctx";

/** The longest name of an item that becomes a header's. */
// @ts-ignore: decorator
@inline
const MAX_NAME: i32 = 256;

/**
 * Jaeger's baggage: a header an item, which the header's name names. The first of several headers of one name counts.
 * Allocates nothing once made.
 */
@final
export class UberctxHeaders {
  readonly items: Items;
  /** Items of this request that do not go on. */
  dropped: i32 = 0;
  private readonly slot: i32;
  private readonly prefixLength: i32;
  private readonly name: ByteView = new ByteView();
  private readonly view: ByteView = new ByteView();
  private readonly old: ByteView = new ByteView();
  private readonly lowered: StaticArray<u8> = new StaticArray<u8>(MAX_NAME);
  private readonly text: StaticArray<u8>;

  /** Takes a slot: only at configure. */
  constructor(
    private readonly config: BaggageConfig,
    private readonly headers: TraceHeaders,
  ) {
    this.items = new Items(config.maxMembers, config.maxBytes);
    this.text = new StaticArray<u8>(config.maxMemberBytes);
    const slot = headers.prefixSlot("uberctx-");
    this.slot = slot;
    this.prefixLength = headers.name(slot).length;
  }

  /** How many there are. */
  get count(): i32 {
    return this.headers.count(this.slot);
  }

  /** Finds the items that go on. @param trusted whether their sender is. */
  read(trusted: bool): void {
    const headers = this.headers;
    this.clear();
    for (let value = headers.first(this.slot); value != NO_VALUE; value = headers.next(value)) {
      this.viewName(value);
      headers.view(value, this.view);
      if (!this.take(trusted)) this.dropped++;
    }
  }

  private take(trusted: bool): bool {
    const name = this.name;
    const length = name.length + 1 + this.view.length;
    if (name.length > MAX_NAME || length > this.config.maxMemberBytes || !this.items.hasRoom(length)) return false;
    if (!isToken(name.ptr, name.ptr + <usize>name.length) || this.items.indexOf(name, 0) >= 0) return false;
    if (!this.config.allows(name, trusted)) return false;
    this.items.add(name, this.view, this.view.ptr, length);
    return true;
  }

  /** There is nothing to go on, and nothing was dropped yet. */
  clear(): void {
    this.items.clear();
    this.dropped = 0;
  }

  /** Lets only items go on whose names `others` have. */
  retain(others: Items): void {
    this.items.retainNames(others);
  }

  /** Lets the request have a header for each item that goes on and for each of `added`, which count where both name one. */
  write(added: Items | null, edits: HeaderEdits): void {
    this.removeOthers(edits);
    const items = this.items;
    for (let i = 0; i < items.count; i++) {
      if (items.lineCount(i) < 2) continue;
      items.name(i, this.name);
      if (added != null && added.indexOf(this.name, 0) >= 0) continue;
      items.value(i, this.view);
      edits.setNamed(this.slot, this.name.ptr, this.name.length, this.view.ptr, this.view.length);
    }
    if (added != null) this.add(added, edits);
  }

  /** Takes away all headers that are not of an item that goes on. */
  private removeOthers(edits: HeaderEdits): void {
    const headers = this.headers;
    for (let value = headers.first(this.slot); value != NO_VALUE; value = headers.next(value)) {
      this.viewName(value);
      const item = this.items.indexOf(this.name, 0);
      if (item >= 0) this.items.countLine(item);
      else this.removeNamed(value, edits);
    }
  }

  /** Properties of the items have no place in these headers. Of several items of one name the last counts. */
  private add(added: Items, edits: HeaderEdits): void {
    let count = this.items.count;
    let bytes = this.items.bytes;
    for (let i = 0; i < added.count; i++) {
      added.name(i, this.name);
      added.value(i, this.view);
      if (added.indexOf(this.name, i + 1) >= 0) continue;
      const own = this.items.indexOf(this.name, 0);
      if (own >= 0 && this.hasAlready(own)) continue;
      const length = convertedLength(this.view, true);
      const size = this.name.length + 1 + length + i32(bytes > 0);
      if (this.name.length > MAX_NAME || size - i32(bytes > 0) > this.config.maxMemberBytes) this.dropped++;
      else if (own < 0 && (count >= this.config.maxMembers || size > this.config.maxBytes - bytes)) this.dropped++;
      else {
        this.set(length, edits);
        if (own >= 0) continue;
        count++;
        bytes += size;
      }
    }
  }

  /** Whether the item's one header has the value of `view`. */
  private hasAlready(item: i32): bool {
    this.items.value(item, this.old);
    return this.items.lineCount(item) == 1 && sayTheSame(this.old, this.view);
  }

  /** Writes the item that `name` and `view` are of. @param length of the value, converted. */
  private set(length: i32, edits: HeaderEdits): void {
    const to = changetype<usize>(this.text);
    convert(this.view, true, to);
    const name = changetype<usize>(this.lowered);
    for (let i = 0; i < this.name.length; i++) store<u8>(name + <usize>i, lowerByte(this.name.at(i)));
    edits.setNamed(this.slot, name, this.name.length, to, length);
  }

  /** Takes the headers away. */
  remove(edits: HeaderEdits): void {
    edits.remove(this.slot);
  }

  private removeNamed(value: i32, edits: HeaderEdits): void {
    this.headers.nameOf(value, this.old);
    edits.removeNamed(this.slot, this.old.ptr, this.old.length);
  }

  /** Lets `name` view the name of the item that a header is. */
  private viewName(value: i32): void {
    this.headers.nameOf(value, this.name);
    this.name.set(this.name.ptr + <usize>this.prefixLength, this.name.length - this.prefixLength);
  }
}
