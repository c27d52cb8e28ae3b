import { ByteView } from "../../../assembly/core/bytes";
import { HeaderEdits } from "../context/header-edits";
import { NO_VALUE, TraceHeaders } from "../context/trace-headers";
import { BaggageConfig } from "./config";
import { Items } from "./items";
import { MemberReader } from "./member-reader";
import { convert, convertedLength } from "./uberctx";

/** Members of one request that are looked at, so that the work has an end; those after them do not go on. */
// @ts-ignore: decorator
@inline
const MAX_EXAMINED: i32 = 1024;

// @ts-ignore: decorator
@inline
const COMMA: u8 = 0x2c;
// @ts-ignore: decorator
@inline
const EQUALS: u8 = 0x3d;

/** The `baggage` headers of a request, which together are one list. Allocates nothing once made. */
@final
export class BaggageHeader {
  readonly items: Items;
  /** Members of this request that do not go on. */
  dropped: i32 = 0;
  private readonly slot: i32;
  private readonly reader: MemberReader = new MemberReader();
  private readonly view: ByteView = new ByteView();
  private readonly name: ByteView = new ByteView();
  private readonly text: StaticArray<u8>;
  private isChanged: bool = false;

  /** Takes a slot: only at configure. */
  constructor(
    private readonly config: BaggageConfig,
    private readonly headers: TraceHeaders,
  ) {
    this.items = new Items(config.maxMembers, config.maxBytes);
    this.text = new StaticArray<u8>(config.maxBytes);
    this.slot = headers.slot("baggage");
  }

  /** How many there are. */
  get count(): i32 {
    return this.headers.count(this.slot);
  }

  /** Finds the members that go on. @param trusted whether their sender is. */
  read(trusted: bool): void {
    const headers = this.headers;
    let bytes = -1; // commas between the headers
    let examined = 0;
    this.clear();
    for (let value = headers.first(this.slot); value != NO_VALUE; value = headers.next(value)) {
      headers.view(value, this.view);
      bytes += this.view.length + 1;
      for (this.reader.open(this.view); this.reader.next();) {
        if (examined++ >= MAX_EXAMINED || !this.take(trusted)) this.dropped++;
      }
    }
    // https://www.w3.org/TR/baggage/#limits: the limit is one of the whole text, with what stands around the members.
    this.isChanged = this.dropped > 0 || bytes > this.config.maxBytes;
  }

  /** https://www.w3.org/TR/baggage/#mutating-baggage: a member that is not valid may go, and the others stay. */
  private take(trusted: bool): bool {
    const reader = this.reader;
    const member = reader.member;
    if (member.length > this.config.maxMemberBytes || !this.items.hasRoom(member.length)) return false;
    if (!reader.parse() || !this.config.allows(reader.key, trusted)) return false;
    this.items.add(reader.key, reader.value, member.ptr, member.length);
    return true;
  }

  /** There is nothing to go on, and nothing was dropped yet. */
  clear(): void {
    this.items.clear();
    this.dropped = 0;
    this.isChanged = false;
  }

  /** Lets only items go on that `others` have too. */
  retain(others: Items): void {
    if (this.items.retainSame(others)) this.isChanged = true;
  }

  /** Lets nothing of the headers go on. */
  discard(): void {
    this.items.clear();
    this.isChanged = true;
  }

  /** Lets the request have the members that go on, and behind them those of `added` whose names they do not have. */
  write(added: Items | null, edits: HeaderEdits): void {
    if (!this.isChanged && (added == null || added.count == 0)) return;
    const start = changetype<usize>(this.text);
    let at = start;
    for (let i = 0; i < this.items.count; i++) {
      if (at > start) store<u8>(at++, COMMA);
      this.items.member(i, this.view);
      memory.copy(at, this.view.ptr, <usize>this.view.length);
      at += <usize>this.view.length;
    }
    if (added != null) at = this.add(added, start, at);
    if (!this.isChanged) return;
    if (at > start) edits.set(this.slot, start, <i32>(at - start));
    else this.remove(edits);
  }

  /** @returns the address behind the list. */
  private add(added: Items, start: usize, at: usize): usize {
    const config = this.config;
    let count = this.items.count;
    for (let i = 0; i < added.count; i++) {
      added.name(i, this.name);
      added.value(i, this.view);
      if (this.items.indexOf(this.name, 0) >= 0) continue;
      const valueLength = convertedLength(this.view, false);
      const length = this.name.length + 1 + valueLength;
      const used = <i32>(at - start) + i32(at > start);
      if (count >= config.maxMembers || length > config.maxMemberBytes || length > config.maxBytes - used) {
        this.dropped++;
        continue;
      }
      if (at > start) store<u8>(at++, COMMA);
      memory.copy(at, this.name.ptr, <usize>this.name.length);
      at += <usize>this.name.length;
      store<u8>(at++, EQUALS);
      convert(this.view, false, at);
      at += <usize>valueLength;
      count++;
      this.isChanged = true;
    }
    return at;
  }

  /** Takes the headers away. */
  remove(edits: HeaderEdits): void {
    if (this.count > 0) edits.remove(this.slot);
  }
}
