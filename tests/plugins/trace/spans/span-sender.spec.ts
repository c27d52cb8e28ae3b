import { ByteView, Utf8 } from "../../../../assembly/core/bytes";
import { parseJson } from "../../../../assembly/core/json";
import { Xoshiro256 } from "../../../../assembly/core/xoshiro256";
import { SpanBatch } from "../../../../plugins/trace/spans/span-batch";
import { SpanQueue } from "../../../../plugins/trace/spans/span-queue";
import { MAX_ATTEMPTS, SpanCall, SpanNews, SpanSender } from "../../../../plugins/trace/spans/span-sender";

/** Remembers what was sent. */
class Calls extends SpanCall {
  bodies: string[] = [];
  isRefused: bool = false;

  send(body: ByteView): bool {
    if (this.isRefused) return false;
    this.bodies.push(body.toString());
    return true;
  }
}

const chance = new Xoshiro256();
chance.seedPoor(1, 2, 3, 4);
let queue = new SpanQueue(1);
let calls = new Calls();
let sender = new SpanSender(queue, new SpanBatch(1, [], []), calls, chance);
let nowMs: u64 = 0;

function begin(maxQueue: i32, maxBatch: i32): void {
  queue = new SpanQueue(maxQueue);
  calls = new Calls();
  sender = new SpanSender(queue, new SpanBatch(maxBatch, ["service.name"], ["a"]), calls, chance);
  nowMs = 1_000_000;
}

function push(count: i32): void {
  for (let i = 0; i < count; i++) expect<bool>(queue.push(new Utf8(`{"name":"${i}"}`))).toBe(true);
}

/** The number of spans of a body, which must be JSON. */
function spansIn(body: string): i32 {
  const document = parseJson(new Utf8(body));
  expect<string>(document.error).toBe("");
  const scope = document.root.member("resourceSpans")!.elements()[0].member("scopeSpans")!.elements()[0];
  return scope.member("spans")!.size;
}

/** Ticks each second until something is sent, at most a minute; the seconds it took. */
function secondsUntilSent(): i32 {
  const before = calls.bodies.length;
  for (let seconds = 1; seconds <= 60; seconds++) {
    nowMs += 1000;
    sender.tick(nowMs);
    if (calls.bodies.length > before) return seconds;
  }
  return -1;
}

describe("SpanSender", () => {
  it("sends nothing while there is nothing", () => {
    begin(10, 2);
    sender.tick(nowMs);
    expect<i32>(calls.bodies.length).toBe(0);
    expect<bool>(sender.isDone).toBe(true);
  });

  it("sends one batch at a time, and the next one as soon as a full one waits", () => {
    begin(10, 2);
    push(5);
    sender.tick(nowMs);
    sender.tick(nowMs);
    expect<i32>(calls.bodies.length).toBe(1);
    sender.answer(nowMs, 200, 0, 0);
    expect<i32>(calls.bodies.length).toBe(2);
    sender.answer(nowMs, 200, 0, 0);
    expect<i32>(calls.bodies.length).toBe(2, "one span can wait for the next tick");
    sender.tick(nowMs);
    expect<bool>(sender.isDone).toBe(false);
    sender.answer(nowMs, 200, 0, 0);
    expect<i32>(spansIn(calls.bodies[0])).toBe(2);
    expect<i32>(spansIn(calls.bodies[2])).toBe(1);
    expect<u64>(sender.exported).toBe(5);
    expect<u64>(sender.failed).toBe(0);
    expect<bool>(sender.isDone).toBe(true);
  });

  it("counts what a partial success rejects, at most what was sent", () => {
    begin(10, 4);
    push(4);
    sender.tick(nowMs);
    sender.answer(nowMs, 200, 0, 3);
    expect<u64>(sender.exported).toBe(1);
    expect<u64>(sender.failed).toBe(3);
    expect<SpanNews>(sender.news).toBe(SpanNews.Refused);
    push(1);
    sender.tick(nowMs);
    sender.answer(nowMs, 202, 0, 99);
    expect<u64>(sender.failed).toBe(4);
  });

  // https://opentelemetry.io/docs/specs/otlp/#failures-1: the retryable statuses are 429, 502, 503 and 504.
  it("gives up at once what must not be sent again", () => {
    const retryable: u32[] = [429, 502, 503, 504];
    for (let status: u32 = 300; status < 600; status++) {
      begin(4, 4);
      push(2);
      sender.tick(nowMs);
      sender.answer(nowMs, status, 0, 0);
      expect<u64>(sender.failed).toBe(retryable.includes(status) ? 0 : 2, status.toString());
      expect<bool>(sender.isDone).toBe(!retryable.includes(status));
    }
  });

  it("sends the same again after a growing time, and then gives up", () => {
    begin(10, 2);
    push(3);
    sender.tick(nowMs);
    let longest = 1;
    for (let attempt = 1; attempt < MAX_ATTEMPTS; attempt++) {
      sender.answer(nowMs, 503, 0, 0);
      const seconds = secondsUntilSent();
      expect<bool>(seconds >= (3 * longest) / 4 && seconds <= (5 * longest) / 4 + 1).toBe(
        true,
        `${attempt}: ${seconds}`,
      );
      expect<string>(calls.bodies[attempt]).toBe(calls.bodies[0]);
      longest *= 2;
    }
    expect<u64>(sender.failed).toBe(0);
    sender.lose(nowMs);
    expect<u64>(sender.failed).toBe(2);
    expect<SpanNews>(sender.news).toBe(SpanNews.GivenUp);
    expect<i32>(secondsUntilSent()).toBe(1);
    expect<i32>(spansIn(calls.bodies[MAX_ATTEMPTS])).toBe(1);
  });

  it("waits as long as the collector asks, but a minute at most", () => {
    begin(4, 4);
    push(1);
    sender.tick(nowMs);
    sender.answer(nowMs, 429, 17, 0);
    expect<i32>(secondsUntilSent()).toBe(17);
    sender.answer(nowMs, 429, 999_999, 0);
    expect<i32>(secondsUntilSent()).toBe(60);
  });

  it("treats what Envoy cannot send as what was not answered", () => {
    begin(4, 4);
    push(1);
    calls.isRefused = true;
    for (let i = 0; i < 60; i++) {
      nowMs += 1000;
      sender.tick(nowMs);
    }
    expect<u64>(sender.failed).toBe(1);
    expect<bool>(sender.isDone).toBe(true);
  });

  it("takes no answer that it does not wait for", () => {
    begin(4, 4);
    sender.answer(nowMs, 200, 0, 0);
    sender.lose(nowMs);
    expect<u64>(sender.exported + sender.failed).toBe(0);
    expect<bool>(sender.isDone).toBe(true);
  });

  it("loses and doubles no span, whatever happens", () => {
    for (let round = 0; round < 40; round++) {
      begin(20, 1 + <i32>(chance.next() % 7));
      let pushed: u64 = 0;
      for (let step = 0; step < 300; step++) {
        const word = chance.next();
        nowMs += (word >> 20) % 3000;
        const kind = word & 7;
        if (kind < 3) pushed += u64(queue.push(new Utf8(`{"name":"${step}"}`)));
        else if (kind < 5) sender.tick(nowMs);
        else if (kind == 5) sender.answer(nowMs, 200, 0, (word >> 8) % 3);
        else if (kind == 6) sender.answer(nowMs, word & 8 ? 503 : 400, (word >> 8) % 9, 0);
        else sender.lose(nowMs);
      }
      for (let step = 0; !sender.isDone && step < 100; step++) {
        nowMs += 60_000;
        sender.tick(nowMs);
        sender.answer(nowMs, 200, 0, 0);
      }
      expect<u64>(sender.exported + sender.failed).toBe(pushed);
    }
  });
});
