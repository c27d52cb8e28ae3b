import { ByteView } from "../../../assembly/core/bytes";
import { Xoshiro256 } from "../../../assembly/core/xoshiro256";
import { MAX_ETAG_BYTES } from "./board";
import { FETCH_RESULTS, FetchResult, resultOf } from "./fetch-result";
import { FetchedList } from "./fetched-list";
import { Lease } from "./lease";
import { ALL_LINES, BuildState, ListBuilder } from "./list-builder";
import { ListPublisher } from "./list-publisher";
import { ListStore } from "./list-store";

/** Lines that a tick reads: some milliseconds' work, more of it while there is no list to ask meanwhile. */
// @ts-ignore: decorator
@inline
const LINES_PER_TICK: i32 = 20_000;
// @ts-ignore: decorator
@inline
const FIRST_LINES_PER_TICK: i32 = 80_000;

/** How a list is asked for. */
export abstract class ListCall {
  /** Sends the request, on condition that the list is not that of `etag`, if there is one; false when it cannot be sent. */
  abstract send(etag: ByteView): bool;
}

/**
 * One worker's part in keeping a list: takes over what others fetched, and fetches when it is the first to find that
 * due. Times are of a clock that never goes back and that all workers share.
 */
@final
export class ListRefresh {
  private readonly lease: Lease;
  private readonly publisher: ListPublisher;
  private readonly etagBytes: StaticArray<u8> = new StaticArray<u8>(MAX_ETAG_BYTES);
  private readonly etag: ByteView = new ByteView();
  /** The text that the list is of, and one that no set can be made of. */
  private known: u64 = 0;
  private refused: u64 = 0;
  /** The set that is being built, and whether of a text that this worker fetched and nobody else has. */
  private builder: ListBuilder | null = null;
  private isOwn: bool = false;
  /** Until when an answer may come; 0 when none is awaited. */
  private awaitedMs: u64 = 0;
  private answeredMs: u64 = 0;
  /** Fetches by FetchResult. */
  readonly totals: StaticArray<u64> = new StaticArray<u64>(FETCH_RESULTS.length);
  /** What to tell people, a FetchResult, when this worker is the one to do so; else -1. */
  news: i32 = -1;
  /** The line that a bad text was refused for. */
  line: i32 = 0;

  /** Allocates. */
  constructor(
    readonly list: FetchedList,
    private readonly store: ListStore,
    private readonly call: ListCall,
    private readonly chance: Xoshiro256,
  ) {
    this.lease = new Lease(store, chance, list.config.refreshMs, list.config.timeoutMs);
    this.publisher = new ListPublisher(store);
  }

  /** Takes over the list that the process has, if it has one, at once. Only in onConfigure: allocates. */
  open(nowMs: u64): void {
    if (!this.lease.look(nowMs)) return;
    this.follow();
    this.build(nowMs, ALL_LINES);
  }

  /** Call every second. Allocates: only when there is a new text. */
  tick(nowMs: u64): void {
    if (!this.lease.look(nowMs)) return;
    this.follow();
    this.build(nowMs, this.list.isThere ? LINES_PER_TICK : FIRST_LINES_PER_TICK);
    if (this.builder != null || nowMs < this.awaitedMs || !this.lease.take(nowMs)) return;
    this.awaitedMs = this.lease.fields.leaseMs;
    if (!this.call.send(this.lease.board.etag)) this.lose(nowMs);
  }

  /** Seconds since the list was known to be what the server has; while there is none, since it was first asked for. */
  age(nowMs: u64): u64 {
    const sinceMs = this.lease.fields.confirmedMs;
    return nowMs > sinceMs ? (nowMs - sinceMs) / 1000 : 0;
  }

  /** The call failed without an answer. Allocates: nothing. */
  lose(nowMs: u64): void {
    this.awaitedMs = 0;
    this.fail(nowMs, FetchResult.Unreachable);
  }

  /**
   * The answer came. True: its body is wanted, by `addPiece` and then `endBody`. Allocates: nothing.
   * @param isText whether the body is of a type that a list can have.
   */
  answer(nowMs: u64, status: u32, isText: bool, bodySize: u32): bool {
    this.awaitedMs = 0;
    const lease = this.lease;
    // Without the lease another worker has fetched meanwhile.
    if (!lease.look(nowMs) || !lease.isMine) return false;
    if (status == 304 && lease.board.etag.length > 0) this.confirm(nowMs);
    else if (status != 200) this.fail(nowMs, FetchResult.BadStatus);
    else if (!isText) this.fail(nowMs, FetchResult.BadType);
    else if (bodySize == 0) this.fail(nowMs, FetchResult.Blank);
    else if (bodySize > <u32>this.list.config.maxBytes) this.fail(nowMs, FetchResult.TooLarge);
    else return this.beginBody(nowMs);
    return false;
  }

  /** The next bytes of the body, at most PIECE_BYTES; false when no more are wanted. Allocates: nothing. */
  addPiece(nowMs: u64, ptr: usize, length: i32): bool {
    if (this.publisher.add(ptr, length)) return true;
    this.abandonBody(nowMs);
    return false;
  }

  /** The body cannot be read to its end. Allocates: nothing. */
  abandonBody(nowMs: u64): void {
    this.publisher.empty(this.publisher.slot, this.publisher.pieces);
    this.fail(nowMs, FetchResult.HostError);
  }

  /** The body is complete. Allocates memory for the set. */
  endBody(etag: ByteView): void {
    const length = etag.length <= MAX_ETAG_BYTES ? etag.length : 0;
    memory.copy(changetype<usize>(this.etagBytes), etag.ptr, <usize>length);
    this.etag.set(changetype<usize>(this.etagBytes), length);
    this.isOwn = true;
    const text = this.publisher;
    this.startBuilding(text.name, text.slot, text.pieces, text.lines);
  }

  /** The text goes where the one that others may still read is not. */
  private beginBody(nowMs: u64): bool {
    const fields = this.lease.fields;
    this.answeredMs = nowMs;
    this.publisher.begin(this.chance.next() | 1, fields.text == 0 ? 0 : 1 - fields.slot);
    return true;
  }

  /** Begins to build what the board names, and ends building what it names no longer. */
  private follow(): void {
    const fields = this.lease.fields;
    const builder = this.builder;
    if (builder != null) {
      if (this.isOwn ? this.lease.isMine : fields.text == builder.name) return;
      this.stopBuilding();
    }
    if (fields.text == 0 || fields.text == this.known || fields.text == this.refused) return;
    this.startBuilding(fields.text, fields.slot, fields.pieces, fields.capacity);
  }

  private startBuilding(name: u64, slot: u32, pieces: u32, capacity: u32): void {
    const list = this.list;
    const ids = list.takeEmpty(<i32>min<u32>(capacity, list.config.maxIds));
    this.builder = new ListBuilder(name, slot, pieces, ids);
  }

  /** Without a set that is used. */
  private stopBuilding(): void {
    const builder = this.builder;
    if (builder != null) this.list.giveBack(builder.ids);
    this.endBuilding();
  }

  private endBuilding(): void {
    this.builder = null;
    this.isOwn = false;
  }

  private build(nowMs: u64, most: i32): void {
    const builder = this.builder;
    if (builder == null) return;
    const state = builder.work(this.store, most);
    if (state == BuildState.Working) {
      if (this.isOwn) this.lease.renew(nowMs);
    } else if (this.isOwn) this.conclude(builder, nowMs);
    else this.takeOver(builder, nowMs);
  }

  /** What another worker fetched is built. */
  private takeOver(builder: ListBuilder, nowMs: u64): void {
    if (builder.state == BuildState.Done) return this.use(builder);
    this.stopBuilding();
    if (builder.state == BuildState.Damaged) this.lease.complain(nowMs);
    else this.refused = builder.name;
  }

  /** What this worker fetched is built: now others may have it. */
  private conclude(builder: ListBuilder, nowMs: u64): void {
    if (builder.state == BuildState.Done) return this.publish(builder, nowMs);
    this.stopBuilding();
    this.publisher.empty(builder.slot, builder.pieces);
    this.line = builder.line;
    this.fail(nowMs, resultOf(builder.state));
  }

  private publish(builder: ListBuilder, nowMs: u64): void {
    const fields = this.lease.fields;
    const earlierPieces = fields.text != 0 ? fields.pieces : 0;
    const isNews = fields.text == 0 || fields.failures > 0;
    // If another worker wrote: again in the next tick, unless the lease was lost.
    if (!this.lease.publish(nowMs, builder, this.etag, this.answeredMs)) return;
    this.count(FetchResult.New, isNews);
    this.use(builder);
    this.publisher.empty(1 - builder.slot, earlierPieces);
  }

  private use(builder: ListBuilder): void {
    this.endBuilding();
    this.known = builder.name;
    this.list.replace(builder.ids);
  }

  private confirm(nowMs: u64): void {
    const isNews = this.lease.fields.failures > 0;
    if (this.lease.confirm(nowMs)) this.count(FetchResult.Unchanged, isNews);
  }

  /** Ends a fetch; the list stays as it was. */
  private fail(nowMs: u64, result: FetchResult): void {
    const isNoted = this.lease.fail(nowMs);
    this.count(result, isNoted && this.lease.fields.failures == 1);
  }

  private count(result: FetchResult, isNews: bool): void {
    this.totals[result]++;
    if (isNews) this.news = result;
  }
}
