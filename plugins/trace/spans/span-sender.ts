import { ByteView } from "../../../assembly/core/bytes";
import { Xoshiro256 } from "../../../assembly/core/xoshiro256";
import { SpanBatch } from "./span-batch";
import { SpanQueue } from "./span-queue";

/** How often a batch is sent before it is given up. */
// @ts-ignore: decorator
@inline
export const MAX_ATTEMPTS: i32 = 5;
// @ts-ignore: decorator
@inline
const FIRST_WAIT_MS: u64 = 1000;
/** The longest time that a collector can ask us to wait. */
// @ts-ignore: decorator
@inline
const MAX_WAIT_MS: u64 = 60_000;

/** Sends the body of a batch. */
export abstract class SpanCall {
  /** False when it could not be sent; else there will be an answer. */
  abstract send(body: ByteView): bool;
}

enum State {
  Idle,
  /** A batch has been sent, and is not answered. */
  Sent,
  /** A batch is to be sent again. */
  Waiting,
}

/** What a batch came to, to be told people. */
export enum SpanNews {
  None,
  Accepted,
  /** The collector does not want it. */
  Refused,
  /** It failed too often. */
  GivenUp,
}

/**
 * Hands spans on in batches, one request at a time. Failures that may pass are tried again after a growing time, by
 * https://opentelemetry.io/docs/specs/otlp/#otlphttp-response; the queue goes on filling meanwhile. Spans may arrive
 * twice when an answer is lost. Allocates nothing once made.
 */
@final
export class SpanSender {
  private state: State = State.Idle;
  private attempts: i32 = 0;
  private resumeMs: u64 = 0;
  /** Totals, of spans. */
  exported: u64 = 0;
  /** Refused by the collector, or given up. */
  failed: u64 = 0;
  /** The last batch that was done with, until somebody has read this and set it back. */
  news: SpanNews = SpanNews.None;

  constructor(
    private readonly queue: SpanQueue,
    private readonly batch: SpanBatch,
    private readonly call: SpanCall,
    private readonly chance: Xoshiro256,
  ) {}

  /** Nothing is left to be sent. */
  get isDone(): bool {
    return this.state == State.Idle && this.queue.count == 0;
  }

  /** Sends what is due. Call regularly. @param nowMs of a clock that never goes back. Allocates: nothing. */
  tick(nowMs: u64): void {
    if (this.state == State.Waiting && nowMs >= this.resumeMs) this.send(nowMs);
    else if (this.state == State.Idle) this.sendNext(nowMs);
  }

  /**
   * The answer to what was sent. Allocates: nothing.
   * @param retryAfterS what the collector asks for; 0 for nothing. @param rejected spans of a partial success.
   */
  answer(nowMs: u64, status: u32, retryAfterS: u64, rejected: u64): void {
    if (this.state != State.Sent) return;
    if (status >= 200 && status < 300) this.accept(nowMs, rejected);
    else if (status == 429 || (status >= 502 && status <= 504)) this.retry(nowMs, retryAfterS);
    else this.abandon(SpanNews.Refused);
  }

  /** No answer came. Allocates: nothing. */
  lose(nowMs: u64): void {
    if (this.state == State.Sent) this.retry(nowMs, 0);
  }

  private accept(nowMs: u64, rejected: u64): void {
    const count = <u64>this.batch.count;
    const refused = min(rejected, count);
    this.exported += count - refused;
    this.failed += refused;
    this.news = refused > 0 ? SpanNews.Refused : SpanNews.Accepted;
    this.state = State.Idle;
    // More than a batch came between two ticks: what is left need not wait for the next one.
    if (this.queue.count >= this.batch.most) this.sendNext(nowMs);
  }

  private abandon(news: SpanNews): void {
    this.failed += this.batch.count;
    this.news = news;
    this.state = State.Idle;
  }

  private sendNext(nowMs: u64): void {
    if (this.queue.count == 0) return;
    this.batch.fill(this.queue);
    this.attempts = 0;
    this.send(nowMs);
  }

  private send(nowMs: u64): void {
    this.attempts++;
    this.state = State.Sent;
    if (!this.call.send(this.batch.body)) this.retry(nowMs, 0);
  }

  /** Waits twice as long each time, give or take a quarter, so that not all workers come back at once. */
  private retry(nowMs: u64, retryAfterS: u64): void {
    if (this.attempts >= MAX_ATTEMPTS) return this.abandon(SpanNews.GivenUp);
    const waitMs = FIRST_WAIT_MS << (this.attempts - 1);
    const spread = (waitMs * (this.chance.next() >> 54)) >> 11; // below a half
    const askedMs = min(retryAfterS, MAX_WAIT_MS / 1000) * 1000;
    this.resumeMs = nowMs + max(waitMs - waitMs / 4 + spread, askedMs);
    this.state = State.Waiting;
  }
}
