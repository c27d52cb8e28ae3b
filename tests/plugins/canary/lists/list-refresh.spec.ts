import { Xoshiro256 } from "../../../../assembly/core/xoshiro256";
import { FetchResult } from "../../../../plugins/canary/lists/fetch-result";
import { FetchingWorker, SharedEntries, startWorkers } from "./fetching-process";

const T0: u64 = 1000;

function tickAll(workers: FetchingWorker[], nowMs: u64): void {
  for (let i = 0; i < workers.length; i++) workers[i].refresh.tick(nowMs);
}

/** The one worker whose call is open. */
function asking(workers: FetchingWorker[]): FetchingWorker {
  let found: FetchingWorker | null = null;
  for (let i = 0; i < workers.length; i++) {
    if (!workers[i].call.isOpen) continue;
    assert(found == null, "two workers ask");
    found = workers[i];
  }
  assert(found != null, "no worker asks");
  return found!;
}

function open(workers: FetchingWorker[]): i32 {
  let count = 0;
  for (let i = 0; i < workers.length; i++) count += i32(workers[i].call.isOpen);
  return count;
}

function sent(workers: FetchingWorker[]): i32 {
  let count = 0;
  for (let i = 0; i < workers.length; i++) count += workers[i].call.sent;
  return count;
}

function total(workers: FetchingWorker[], result: FetchResult): u64 {
  let sum: u64 = 0;
  for (let i = 0; i < workers.length; i++) sum += workers[i].refresh.totals[result];
  return sum;
}

/** How many workers have something to tell; it is forgotten. */
function takeNews(workers: FetchingWorker[]): i32 {
  let count = 0;
  for (let i = 0; i < workers.length; i++) {
    count += i32(workers[i].refresh.news >= 0);
    workers[i].refresh.news = -1;
  }
  return count;
}

function haveAll(workers: FetchingWorker[], id: string): bool {
  for (let i = 0; i < workers.length; i++) if (!workers[i].has(id)) return false;
  return true;
}

function haveNone(workers: FetchingWorker[], id: string): bool {
  for (let i = 0; i < workers.length; i++) if (workers[i].has(id)) return false;
  return true;
}

/** Workers that have a list of "42", ETag "e1", at T0 + 2000. */
function withList(entries: SharedEntries, count: i32, seed: u64 = 0): FetchingWorker[] {
  const workers = startWorkers(entries, count, T0, seed);
  tickAll(workers, T0);
  asking(workers).respond(T0 + 100, "42\nalice\n", '"e1"');
  tickAll(workers, T0 + 1000);
  tickAll(workers, T0 + 2000);
  assert(haveAll(workers, "42"));
  takeNews(workers);
  return workers;
}

/** When the workers next ask, in ms from `fromMs`, looked at every 100 ms; at most `mostMs`. */
function nextAsk(workers: FetchingWorker[], fromMs: u64, mostMs: u64): u64 {
  for (let passedMs: u64 = 0; passedMs <= mostMs; passedMs += 100) {
    tickAll(workers, fromMs + passedMs);
    if (open(workers) > 0) return passedMs;
  }
  return u64.MAX_VALUE;
}

describe("a list that one of several workers fetches", () => {
  it("is asked for once, and in all of them two ticks after the answer", () => {
    const workers = startWorkers(new SharedEntries(), 4, T0);
    expect(haveNone(workers, "42")).toBe(true);
    tickAll(workers, T0);
    expect(sent(workers)).toBe(1);
    expect(asking(workers).call.etag).toBe("");
    asking(workers).respond(T0 + 500, "42\nalice\n1000-1999\n");
    tickAll(workers, T0 + 1000);
    tickAll(workers, T0 + 2000);
    expect(haveAll(workers, "42")).toBe(true);
    expect(haveAll(workers, "alice")).toBe(true);
    expect(haveAll(workers, "1500")).toBe(true);
    expect(haveNone(workers, "43")).toBe(true);
    expect(total(workers, FetchResult.New)).toBe(1);
    expect(takeNews(workers)).toBe(1);
    expect(workers[0].list.size).toBe(3);
  });

  it("is asked for again after the refresh time, give or take a tenth, by whoever comes first", () => {
    const delays = new Set<u64>();
    for (let round = 0; round < 30; round++) {
      const entries = new SharedEntries();
      entries.races = round % 3;
      const workers = withList(entries, 1 + (round % 3), round);
      const delay = nextAsk(workers, T0 + 3000, 200_000) + 2000;
      expect(delay >= 90_000 && delay <= 111_000).toBe(true, delay.toString());
      expect(asking(workers).call.etag).toBe('"e1"');
      delays.add(delay);
    }
    expect(delays.size > 15).toBe(true, delays.size.toString());
  });

  it("stays as it is when the server has no other, and is known to be of now", () => {
    const workers = withList(new SharedEntries(), 3);
    const passed = nextAsk(workers, T0 + 3000, 200_000);
    const now = T0 + 3000 + passed;
    expect(workers[0].refresh.age(now) >= 90).toBe(true);
    asking(workers).respondStatus(now, 304);
    tickAll(workers, now + 1000);
    expect(total(workers, FetchResult.Unchanged)).toBe(1);
    expect(haveAll(workers, "42")).toBe(true);
    expect(workers[2].refresh.age(now + 1000)).toBe(1);
    expect(takeNews(workers)).toBe(0);
    expect(nextAsk(workers, now + 2000, 80_000)).toBe(u64.MAX_VALUE);
  });

  it("is replaced as a whole by another", () => {
    const entries = new SharedEntries();
    const workers = withList(entries, 3);
    const bytes = entries.bytes;
    for (let round = 0; round < 4; round++) {
      const now = T0 + 200_000 * (round + 1);
      tickAll(workers, now);
      asking(workers).respond(now, `7${round}\nbob`, "");
      tickAll(workers, now + 1000);
      tickAll(workers, now + 2000);
      expect(haveAll(workers, `7${round}`)).toBe(true);
      expect(haveNone(workers, round == 0 ? "42" : `7${round - 1}`)).toBe(true);
    }
    // The text before is not kept.
    expect(entries.bytes < bytes + 20).toBe(true);
    tickAll(workers, T0 + 2_000_000);
    expect(asking(workers).call.etag).toBe("");
  });

  it("is taken over at once by a worker that starts later", () => {
    const entries = new SharedEntries();
    const workers = withList(entries, 2);
    const late = startWorkers(entries, 3, T0 + 5000);
    expect(haveAll(late, "42")).toBe(true);
    tickAll(late, T0 + 6000);
    expect(sent(late)).toBe(0);
    expect(sent(workers)).toBe(1);
    // Also while another text is there that nobody has found good yet.
    tickAll(workers, T0 + 200_000);
    asking(workers).respond(T0 + 200_000, "43");
    expect(haveAll(startWorkers(entries, 2, T0 + 200_500), "42")).toBe(true);
  });

  it("stays when the text has not a byte", () => {
    const workers = withList(new SharedEntries(), 2);
    tickAll(workers, T0 + 200_000);
    asking(workers).respond(T0 + 200_000, "");
    tickAll(workers, T0 + 201_000);
    expect(haveAll(workers, "42")).toBe(true);
    expect(total(workers, FetchResult.Blank)).toBe(1);
  });

  it("can be empty", () => {
    const workers = withList(new SharedEntries(), 2);
    tickAll(workers, T0 + 200_000);
    asking(workers).respond(T0 + 200_000, "# nobody\n");
    tickAll(workers, T0 + 201_000);
    tickAll(workers, T0 + 202_000);
    expect(haveNone(workers, "42")).toBe(true);
    expect(total(workers, FetchResult.New)).toBe(2);
  });

  it("is built in parts when it is long, each worker asking the old one meanwhile", () => {
    const entries = new SharedEntries();
    const workers = withList(entries, 2);
    for (let i = 0; i < 2; i++) {
      workers[i].list.config.maxBytes = 1_000_000;
      workers[i].list.config.maxIds = 100_000;
    }
    let text = "";
    for (let i = 0; i < 1000; i++) text += `${100_000 + i}\n`;
    text = text.repeat(60);
    const now = T0 + 200_000;
    tickAll(workers, now);
    asking(workers).respond(now, text);
    let ticks = 0;
    for (; !haveAll(workers, "100999") && ticks < 20; ticks++) {
      const before = entries.pieceReads;
      // Slow ticks: longer than a lease lasts unless it is renewed.
      tickAll(workers, now + 8000 * (ticks + 1));
      expect(entries.pieceReads - before <= 40).toBe(true);
      for (let i = 0; i < 2; i++) expect(workers[i].has("42")).toBe(!workers[i].has("100000"));
    }
    // Of 60,000 lines a worker reads some more than 20,000 in a tick: three ticks here, and three there.
    expect(ticks).toBe(5);
    expect(sent(workers)).toBe(2);
  });
});

describe("a fetch that fails", () => {
  it("leaves the list as it is, whatever went wrong, and is counted as what it is", () => {
    const results = [
      FetchResult.Unreachable,
      FetchResult.BadStatus,
      FetchResult.BadType,
      FetchResult.TooLarge,
      FetchResult.BadLine,
      FetchResult.TooManyIds,
      FetchResult.HostError,
    ];
    for (let i = 0; i < results.length; i++) {
      const entries = new SharedEntries();
      const workers = withList(entries, 3);
      const now = T0 + 200_000;
      tickAll(workers, now);
      const worker = asking(workers);
      entries.isFull = results[i] == FetchResult.HostError;
      if (results[i] == FetchResult.Unreachable) worker.lose(now);
      else if (results[i] == FetchResult.BadStatus) worker.respondStatus(now, 503);
      else if (results[i] == FetchResult.BadLine) worker.respond(now, "43\n44\n2-1\n");
      else if (results[i] == FetchResult.TooLarge) worker.respond(now, "#".repeat(100_001));
      else if (results[i] == FetchResult.HostError) worker.respond(now, "43");
      else if (results[i] == FetchResult.BadType) {
        worker.call.isOpen = false;
        expect(worker.refresh.answer(now, 200, false, 2)).toBe(false);
      } else {
        for (let j = 0; j < 3; j++) workers[j].list.config.maxIds = 2;
        worker.respond(now, "43\n44\n45");
      }
      tickAll(workers, now + 100);
      tickAll(workers, now + 200);
      expect(total(workers, results[i])).toBe(1, results[i].toString());
      expect(total(workers, FetchResult.New)).toBe(1);
      expect(haveAll(workers, "42")).toBe(true);
      expect(haveNone(workers, "43")).toBe(true);
      expect(takeNews(workers)).toBe(1);
      if (results[i] == FetchResult.BadLine) expect(worker.refresh.line).toBe(3);
      entries.isFull = false;
      // It is tried again soon, and what was good is asked for by its ETag.
      nextAsk(workers, now + 300, 2000);
      expect(asking(workers).call.etag).toBe('"e1"');
      asking(workers).respondStatus(now + 2400, 304);
      expect(takeNews(workers)).toBe(1);
    }
  });

  it("is tried again later and later, up to the refresh time, by one worker", () => {
    const workers = withList(new SharedEntries(), 3);
    let now = T0 + 200_000;
    tickAll(workers, now);
    let most: u64 = 1000;
    for (let failures = 1; failures < 14; failures++) {
      asking(workers).respondStatus(now, 500);
      const delay = nextAsk(workers, now, 200_000);
      expect(delay >= most / 2 && delay <= most + 100).toBe(true, `${failures}: ${delay}`);
      now += delay;
      most = min<u64>(100_000, 2 * most);
    }
    expect(takeNews(workers)).toBe(1);
    expect(sent(workers)).toBe(15);
  });

  it("of a list that was never there is tried again, too", () => {
    const workers = startWorkers(new SharedEntries(), 2, T0);
    for (let i = 0; i < 2; i++) workers[i].call.isRefused = true;
    tickAll(workers, T0);
    expect(total(workers, FetchResult.Unreachable)).toBe(1);
    expect(workers[0].list.isThere).toBe(false);
    for (let i = 0; i < 2; i++) workers[i].call.isRefused = false;
    expect(nextAsk(workers, T0 + 100, 2000) < 1000).toBe(true);
    expect(workers[0].refresh.age(T0 + 60_000)).toBe(60);
  });

  it("is what an answer of not modified is when nothing was there", () => {
    const workers = startWorkers(new SharedEntries(), 1, T0);
    tickAll(workers, T0);
    workers[0].respondStatus(T0, 304);
    expect(workers[0].refresh.totals[FetchResult.BadStatus]).toBe(1);
  });
});

describe("a worker that fetches", () => {
  it("is replaced when it is gone before the answer, after the lease", () => {
    const workers = withList(new SharedEntries(), 2);
    const now = T0 + 200_000;
    tickAll(workers, now);
    const gone = asking(workers);
    gone.call.isOpen = false;
    const other = workers.filter(
      (worker, index, all) => !(worker.call.sent > 1 || (worker.call.sent == 1 && index == 0)),
    );
    expect(other.length).toBe(1);
    const delay = nextAsk(other, now + 100, 60_000) + 100;
    expect(delay >= 15_000 && delay <= 15_200).toBe(true, delay.toString());
    // Its answer comes after all, and changes nothing.
    expect(gone.refresh.answer(now + delay, 200, true, 2)).toBe(false);
    other[0].respond(now + delay + 200, "44");
    tickAll(workers, now + delay + 1000);
    tickAll(workers, now + delay + 2000);
    expect(haveAll(workers, "44")).toBe(true);
    expect(total(workers, FetchResult.New)).toBe(2);
  });

  it("keeps the others from taking a text whose pieces were overwritten, and all fetch it again", () => {
    const entries = new SharedEntries();
    const workers = withList(entries, 1);
    const late = startWorkers(entries, 0, T0);
    store<u64>(changetype<usize>(entries.pieces.get(0)), 99);
    const newcomer = startWorkers(entries, 1, T0 + 10_000)[0];
    expect(newcomer.list.isThere).toBe(false);
    late.push(workers[0]);
    late.push(newcomer);
    const delay = nextAsk(late, T0 + 10_100, 20_000);
    expect(delay <= 10_000).toBe(true);
    expect(asking(late).call.etag).toBe("");
    asking(late).respond(T0 + 30_000, "45");
    tickAll(late, T0 + 31_000);
    tickAll(late, T0 + 32_000);
    expect(haveAll(late, "45")).toBe(true);
  });

  it("does without shared data what it can: nothing", () => {
    const entries = new SharedEntries();
    entries.isSilent = true;
    const workers = startWorkers(entries, 2, T0);
    tickAll(workers, T0);
    expect(sent(workers)).toBe(0);
    entries.isSilent = false;
    tickAll(workers, T0 + 1000);
    tickAll(workers, T0 + 2000);
    expect(sent(workers)).toBe(1);
  });

  it("makes a new board of bytes that are none", () => {
    const entries = new SharedEntries();
    entries.board = new StaticArray<u8>(77);
    const workers = startWorkers(entries, 1, T0);
    tickAll(workers, T0);
    tickAll(workers, T0 + 1000);
    expect(sent(workers)).toBe(1);
  });
});

describe("workers among faults of all kinds", () => {
  it("have whole lists that the server gave, and in the end the last", () => {
    const random = new Xoshiro256();
    random.seedPoor(11, 0, 0, 0);
    for (let run = 0; run < 25; run++) {
      const entries = new SharedEntries();
      const count = 1 + <i32>(random.next() % 4);
      let now = T0;
      const workers = startWorkers(entries, count, now);
      let version = 0;
      for (let step = 0; step < 150; step++) {
        now += random.next() % 4000;
        entries.races = random.next() % 5 == 0 ? 1 : 0;
        entries.isSilent = random.next() % 20 == 0;
        entries.isFull = random.next() % 20 == 0;
        const worker = workers[<i32>(random.next() % count)];
        worker.refresh.tick(now);
        if (worker.call.isOpen && random.next() % 3 > 0) {
          const kind = random.next() % 8;
          if (kind == 0) worker.lose(now);
          else if (kind == 1) worker.respondStatus(now, 503);
          else if (kind == 2) worker.respond(now, `a${version}\n2-1`);
          else if (kind == 3) worker.respondStatus(now, 304);
          else
            worker.respond(
              now,
              `${++version}\n` +
                `b${version}\n`.repeat(<i32>(random.next() % 4 == 0 ? random.next() % 9000 : 1)) +
                `z${version}`,
              '"e"',
            );
        }
        if (random.next() % 40 == 0 && entries.pieces.size > 0) entries.pieces.set(0, new StaticArray<u8>(12));
        let lists = 0;
        for (let v = 1; v <= version; v++) {
          if (!worker.has(v.toString())) continue;
          lists++;
          expect(worker.has(`z${v}`)).toBe(true);
        }
        expect(lists).toBe(i32(worker.list.isThere));
      }
      entries.isSilent = false;
      entries.isFull = false;
      entries.races = 0;
      version++;
      for (let second = 0; second < 400; second++) {
        now += 1000;
        tickAll(workers, now);
        expect(open(workers) <= count).toBe(true);
        for (let i = 0; i < count; i++) {
          if (workers[i].call.isOpen) workers[i].respond(now, `${version}\nz${version}`, '"last"');
        }
      }
      expect(haveAll(workers, `z${version}`)).toBe(true, `run ${run}`);
    }
  });
});
