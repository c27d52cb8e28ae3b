import {
  BufferPieces,
  BufferTypeValues,
  collectSoon,
  Counter,
  Header,
  HeaderMapTypeValues,
  log,
  LogLevelValues,
  monotonicNs,
  Presence,
} from "../../../assembly";
import { Xoshiro256 } from "../../../assembly/core/xoshiro256";
import { FETCH_RESULTS, FetchResult } from "../lists/fetch-result";
import { FetchedList } from "../lists/fetched-list";
import { ListRefresh } from "../lists/list-refresh";
import { PIECE_BYTES } from "../lists/list-store";
import { canBeList } from "../lists/list-type";
import { ListMetrics } from "./list-metrics";
import { ListRequest } from "./list-request";
import { ListTexts } from "./list-texts";

/** Headers of an answer to a call. */
const STATUS: Header = new Header(HeaderMapTypeValues.HttpCallResponseHeaders, ":status");
const ETAG: Header = new Header(HeaderMapTypeValues.HttpCallResponseHeaders, "etag");
const TYPE: Header = new Header(HeaderMapTypeValues.HttpCallResponseHeaders, "content-type");
const ENCODING: Header = new Header(HeaderMapTypeValues.HttpCallResponseHeaders, "content-encoding");

/** One list that this worker keeps. */
@final
class Fetching {
  readonly refresh: ListRefresh;
  readonly request: ListRequest;
  private readonly metrics: ListMetrics;
  private readonly body: BufferPieces = new BufferPieces(BufferTypeValues.HttpCallResponseBody, PIECE_BYTES);
  private status: u32 = 0;

  constructor(list: FetchedList, scope: string, chance: Xoshiro256, hostErrors: Counter) {
    // Lists of other configurations are no concern of this one, even by the same name.
    const texts = new ListTexts(`${scope}.list.${list.name}`, hostErrors);
    texts.keep(list.config.tag, monotonicNs() / 1_000_000);
    const store = texts.open(list.config.tag);
    const request = new ListRequest(list.config);
    this.request = request;
    this.refresh = new ListRefresh(list, store, request, chance);
    this.metrics = new ListMetrics(list.name);
  }

  tick(nowMs: u64): void {
    this.refresh.tick(nowMs);
    this.tell();
    this.metrics.show(this.refresh, nowMs);
  }

  receive(headers: u32, bodySize: u32): void {
    const nowMs = monotonicNs() / 1_000_000;
    this.request.isOpen = false;
    this.status = 0;
    if (headers == 0) this.refresh.lose(nowMs);
    else this.read(nowMs, bodySize);
    this.tell();
  }

  private read(nowMs: u64, bodySize: u32): void {
    STATUS.read();
    TYPE.read();
    ENCODING.read();
    this.status = statusOf(STATUS);
    const isText = canBeList(TYPE.value, ENCODING.value);
    if (!this.refresh.answer(nowMs, this.status, isText, bodySize)) return;
    this.body.open(bodySize);
    let presence = this.body.read();
    for (; presence == Presence.Found; presence = this.body.read()) {
      if (!this.refresh.addPiece(nowMs, this.body.piece.ptr, this.body.piece.length)) return;
    }
    if (presence == Presence.Failed) return this.refresh.abandonBody(nowMs);
    ETAG.read();
    this.refresh.endBody(ETAG.value);
  }

  /** One line for each change, by the one worker that made it. */
  private tell(): void {
    const refresh = this.refresh;
    if (refresh.list.hasGarbage) collectSoon();
    refresh.list.hasGarbage = false;
    const news = refresh.news;
    if (news < 0) return;
    refresh.news = -1;
    const list = `canary: list ${refresh.list.name}`;
    if (news <= FetchResult.Unchanged) return log(LogLevelValues.info, `${list}: ${refresh.list.size} ids`);
    log(LogLevelValues.warn, `${list}: ${this.reason(news)}; ${this.consequence()}`);
  }

  private reason(result: i32): string {
    if (result == FetchResult.BadStatus) return `fetched with status ${this.status}`;
    if (result == FetchResult.BadLine) return `line ${this.refresh.line} is no id`;
    return `not fetched: ${FETCH_RESULTS[result]}`;
  }

  private consequence(): string {
    return this.refresh.list.isThere ? "the last good list stays" : "no id is in it yet";
  }
}

/** All fetched lists of a configuration, in one worker. */
@final
export class ListFetcher {
  private readonly lists: Fetching[] = [];

  /**
   * Takes over lists that this process has fetched before. Only in onConfigure: allocates.
   * @param scope the beginning of the plugin's keys in shared data. @param hostErrors counts what Envoy refuses.
   */
  constructor(lists: FetchedList[], scope: string, chance: Xoshiro256, hostErrors: Counter) {
    const nowMs = monotonicNs() / 1_000_000;
    for (let i = 0; i < lists.length; i++) {
      const fetching = new Fetching(lists[i], scope, chance, hostErrors);
      fetching.refresh.open(nowMs);
      this.lists.push(fetching);
    }
  }

  /** Call every second. @param nowMs monotonic. Allocates: only when a list changes. */
  tick(nowMs: u64): void {
    for (let i = 0; i < this.lists.length; i++) this.lists[i].tick(nowMs);
  }

  /** For onHttpCallResponse; false when the answer is not for a list. Allocates: only for a new list. */
  onResponse(token: u32, headers: u32, bodySize: u32): bool {
    for (let i = 0; i < this.lists.length; i++) {
      if (!this.lists[i].request.isOf(token)) continue;
      this.lists[i].receive(headers, bodySize);
      return true;
    }
    return false;
  }
}

/** The three digits of a status, 0 for what is none. */
function statusOf(header: Header): u32 {
  const value = header.value;
  let status: u32 = 0;
  for (let i = 0; i < value.length && i < 3; i++) status = status * 10 + (value.at(i) - 0x30);
  return status;
}
