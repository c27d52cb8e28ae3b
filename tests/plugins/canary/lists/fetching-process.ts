import { ByteView, Utf8 } from "../../../../assembly/core/bytes";
import { Xoshiro256 } from "../../../../assembly/core/xoshiro256";
import { SharedWrite } from "../../../../assembly/core/shared-write";
import { FetchConfig } from "../../../../plugins/canary/lists/fetch-config";
import { FetchedList } from "../../../../plugins/canary/lists/fetched-list";
import { ListCall, ListRefresh } from "../../../../plugins/canary/lists/list-refresh";
import { ListStore, PIECE_BYTES } from "../../../../plugins/canary/lists/list-store";

/** The shared data of a process: the board, and pieces by slot and number. */
@final
export class SharedEntries {
  board: StaticArray<u8> = new StaticArray<u8>(0);
  cas: u32 = 0;
  readonly pieces: Map<u32, StaticArray<u8>> = new Map<u32, StaticArray<u8>>();
  /** Writes of the board before which another worker comes. */
  races: i32 = 0;
  isSilent: bool = false;
  isFull: bool = false;
  pieceReads: i32 = 0;

  /** Bytes that pieces take. */
  get bytes(): i32 {
    let sum = 0;
    const all = this.pieces.values();
    for (let i = 0; i < all.length; i++) sum += all[i].length;
    return sum;
  }
}

function copyOf(ptr: usize, length: i32): StaticArray<u8> {
  const bytes = new StaticArray<u8>(length);
  memory.copy(changetype<usize>(bytes), ptr, length);
  return bytes;
}


@final
class EntriesStore extends ListStore {
  private cas: u32 = 0;

  constructor(private readonly entries: SharedEntries) {
    super();
  }

  readBoard(): bool {
    const entries = this.entries;
    this.cas = entries.cas;
    this.value.set(changetype<usize>(entries.board), entries.board.length);
    return !entries.isSilent;
  }

  writeBoard(ptr: usize, length: i32): SharedWrite {
    const entries = this.entries;
    if (entries.isSilent) return SharedWrite.Failed;
    if (entries.races > 0) {
      entries.races--;
      entries.cas++;
    }
    if (this.cas != entries.cas) return SharedWrite.Late;
    entries.board = copyOf(ptr, length);
    entries.cas++;
    return SharedWrite.Done;
  }

  readPiece(slot: u32, piece: u32): bool {
    this.entries.pieceReads++;
    const key = (slot << 16) | piece;
    if (!this.entries.pieces.has(key)) this.value.set(0, 0);
    else {
      const bytes = this.entries.pieces.get(key);
      this.value.set(changetype<usize>(bytes), bytes.length);
    }
    return !this.entries.isSilent;
  }

  writePiece(slot: u32, piece: u32, ptr: usize, length: i32): bool {
    if (this.entries.isSilent || this.entries.isFull) return false;
    this.entries.pieces.set((slot << 16) | piece, copyOf(ptr, length));
    return true;
  }
}

/** Keeps what was asked. */
@final
class AskedCall extends ListCall {
  sent: i32 = 0;
  isOpen: bool = false;
  isRefused: bool = false;
  etag: string = "";

  send(etag: ByteView): bool {
    if (this.isRefused) return false;
    this.sent++;
    this.isOpen = true;
    this.etag = etag.toString();
    return true;
  }
}

/** A worker of the process. */
@final
export class FetchingWorker {
  readonly call: AskedCall;
  readonly list: FetchedList;
  readonly refresh: ListRefresh;

  /** @param number of the worker, from which its chance comes. */
  constructor(entries: SharedEntries, config: FetchConfig, number: u64) {
    const chance = new Xoshiro256();
    chance.seedPoor(number, 0, 0, 0);
    const list = new FetchedList("testers", config, number, 5);
    const call = new AskedCall();
    this.list = list;
    this.call = call;
    this.refresh = new ListRefresh(list, new EntriesStore(entries), call, chance);
  }

  has(id: string): bool {
    const bytes = new Utf8(id);
    return this.list.has(bytes.ptr, bytes.length);
  }

  /** The server answers 200 with a list. */
  respond(nowMs: u64, body: string, etag: string = ""): void {
    this.call.isOpen = false;
    const bytes = new Utf8(body);
    if (!this.refresh.answer(nowMs, 200, true, bytes.length)) return;
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      if (!this.refresh.addPiece(nowMs, bytes.ptr + <usize>at, min(PIECE_BYTES, bytes.length - at))) return;
    }
    this.refresh.endBody(new Utf8(etag));
  }

  /** The server answers with a status and no body. */
  respondStatus(nowMs: u64, status: u32): void {
    this.call.isOpen = false;
    this.refresh.answer(nowMs, status, true, 0);
  }

  lose(nowMs: u64): void {
    this.call.isOpen = false;
    this.refresh.lose(nowMs);
  }
}

/** `count` workers of a process, that fetch every 100 s. */
export function startWorkers(entries: SharedEntries, count: i32, nowMs: u64 = 1000, seed: u64 = 0): FetchingWorker[] {
  const workers: FetchingWorker[] = [];
  for (let i = 0; i < count; i++) {
    const config = new FetchConfig();
    config.refreshMs = 100_000;
    config.maxBytes = 100_000;
    config.maxIds = 20_000;
    const worker = new FetchingWorker(entries, config, 100 * seed + i + 1);
    worker.refresh.open(nowMs);
    workers.push(worker);
  }
  return workers;
}
