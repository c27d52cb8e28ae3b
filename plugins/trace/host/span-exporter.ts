import {
  BufferTypeValues,
  ByteView,
  Counter,
  Header,
  HeaderMapTypeValues,
  log,
  LogLevelValues,
  monotonicNs,
  Presence,
  Property,
  readBuffer,
  TotalCounter,
  WasmResultValues,
} from "../../../assembly";
import { Xoshiro256 } from "../../../assembly/core/xoshiro256";
import { TraceContext } from "../context/trace-context";
import { TraceHeaders } from "../context/trace-headers";
import { SpansConfig } from "../spans/config";
import { SpanEncoder } from "../spans/otlp-json";
import { MAX_ANSWER_BYTES, rejectedSpans } from "../spans/partial-success";
import { SpanBatch } from "../spans/span-batch";
import { SpanHeaders } from "../spans/span-headers";
import { SpanQueue } from "../spans/span-queue";
import { SpanRecord, SpanText } from "../spans/span-record";
import { SpanNews, SpanSender } from "../spans/span-sender";
import { awaitSpan, endSpan, mayHaveSpan } from "./pending-spans";
import { SpanOutcomeReader } from "./span-outcome-reader";
import { SpanRequest } from "./span-request";

/** Headers of an answer to a call. */
const STATUS: Header = new Header(HeaderMapTypeValues.HttpCallResponseHeaders, ":status");
const RETRY_AFTER: Header = new Header(HeaderMapTypeValues.HttpCallResponseHeaders, "retry-after");

/** Records the spans of a configuration's requests in one worker, and sends them to a collector. */
@final
export class SpanExporter {
  /** Filter state, which is there until the stream is logged; the VM keeps nothing of a stream. */
  private readonly state: Property = new Property(["tidegate.span"]);
  private readonly record: SpanRecord = new SpanRecord();
  private readonly headers: SpanHeaders;
  private readonly outcomes: SpanOutcomeReader = new SpanOutcomeReader();
  private readonly encoder: SpanEncoder;
  private readonly queue: SpanQueue;
  private readonly request: SpanRequest;
  private readonly sender: SpanSender;
  private readonly body: ByteView = new ByteView();
  private readonly exported: TotalCounter = new TotalCounter("tidegate_trace_spans_exported_total");
  private readonly failed: TotalCounter = new TotalCounter("tidegate_trace_spans_failed_total");
  private readonly droppedTotal: TotalCounter = new TotalCounter("tidegate_trace_spans_dropped_total");
  /** Spans that found the queue full. */
  private dropped: u64 = 0;
  private status: u32 = 0;
  private told: SpanNews = SpanNews.Accepted;
  private isServing: bool = false;
  /** Whether the plugin is that of listeners in both directions, so that the end of a request has to be asked too. */
  hasBothKinds: bool = false;

  /**
   * Only in onConfigure: allocates.
   * @param headers takes the slots of what spans tell. @param chance spreads retries. @param hostErrors counts what Envoy refuses.
   */
  constructor(
    private readonly config: SpansConfig,
    headers: TraceHeaders,
    chance: Xoshiro256,
    private readonly hostErrors: Counter,
  ) {
    this.headers = new SpanHeaders(headers);
    this.encoder = new SpanEncoder(config.kindFor(false));
    const queue = new SpanQueue(config.maxQueue);
    const request = new SpanRequest(config);
    const names = ["service.name"].concat(config.attributeNames);
    const values = [config.serviceName].concat(config.attributeValues);
    this.queue = queue;
    this.request = request;
    this.sender = new SpanSender(queue, new SpanBatch(config.maxBatch, names, values), request, chance);
  }

  get isKindTold(): bool {
    return this.config.kind != 0;
  }

  /** From now on spans are those of a listener in this direction. Allocates: nothing. */
  serve(isOutbound: bool): void {
    const kind = this.config.kindFor(isOutbound);
    if (this.isServing && kind != this.encoder.kind) this.hasBothKinds = true;
    this.isServing = true;
    this.encoder.kind = kind;
  }

  /**
   * Begins the span of a sampled request; only in onRequestHeaders, once, while the bytes that `headers` have read are
   * there. One host call. Allocates: nothing.
   * @param contextId of the stream. @param context its parentId is the span's own id.
   * @param callerId the span's parent; 0 for none.
   * @param link a trace that the caller sent and that is not continued; null for none.
   * @param tracestate what goes on; null for none.
   */
  onRequestHeaders(
    contextId: u32,
    context: TraceContext,
    callerId: u64,
    link: TraceContext | null,
    tracestate: ByteView | null,
  ): void {
    const record = this.record;
    record.begin(context, callerId);
    if (link != null) record.linkTo(link);
    if (tracestate != null) record.text(SpanText.Tracestate).set(tracestate.ptr, tracestate.length);
    this.headers.tell(record);
    if (this.state.write(record.write()) == WasmResultValues.Ok) awaitSpan(contextId);
    else this.hostErrors.add(1);
  }

  /**
   * Ends the stream's span, if it has one: six host calls, and one more each for gRPC and for what broke off; none without.
   * Only in onLog. Allocates: nothing.
   */
  onLog(contextId: u32): void {
    if (!mayHaveSpan(contextId)) return;
    const record = this.record;
    if (this.state.read() != Presence.Found || !record.read(this.state.value)) return;
    endSpan(contextId);
    const json = this.encoder.encode(record, this.outcomes.read(record.isGrpc));
    if (json == null || !this.queue.push(json)) this.dropped++;
  }

  /** Sends spans, and shows how many. Call every second. Allocates: only for a line of the log. */
  onTick(): void {
    this.sender.tick(monotonicNs() / 1_000_000);
    this.tell();
    this.exported.follow(this.sender.exported);
    this.failed.follow(this.sender.failed);
    this.droppedTotal.follow(this.dropped);
  }

  /** An answer, which need not be for spans. Allocates: only for an answer that says more than its status. */
  onHttpCallResponse(token: u32, headers: u32, bodySize: u32): void {
    if (!this.request.isOf(token)) return;
    this.request.isOpen = false;
    const nowMs = monotonicNs() / 1_000_000;
    if (headers == 0) {
      this.status = 0;
      this.sender.lose(nowMs);
    } else {
      STATUS.read();
      this.status = <u32>numberOf(STATUS, 3);
      RETRY_AFTER.read();
      this.sender.answer(nowMs, this.status, numberOf(RETRY_AFTER, 6), this.rejected(bodySize));
    }
    this.tell();
  }

  private rejected(bodySize: u32): u64 {
    if (bodySize <= 2 || bodySize > MAX_ANSWER_BYTES || this.status != 200) return 0;
    const presence = readBuffer(BufferTypeValues.HttpCallResponseBody, 0, bodySize, this.body);
    return presence == Presence.Found ? rejectedSpans(this.body) : 0;
  }

  /** A line when it begins to fail or fails in another way, and one when it works again. */
  private tell(): void {
    const news = this.sender.news;
    this.sender.news = SpanNews.None;
    if (news == SpanNews.None || news == this.told) return;
    this.told = news;
    const spans = `trace: spans for ${this.config.cluster}`;
    if (news == SpanNews.Accepted) return log(LogLevelValues.info, `${spans}: accepted again`);
    const reason = this.status == 0 ? "no answer" : `status ${this.status}`;
    const what = news == SpanNews.Refused ? "refused" : "given up";
    log(LogLevelValues.warn, `${spans}: ${what}, ${reason}; see tidegate_trace_spans_failed_total`);
  }
}

/** A number of at most `most` digits at the front of a header, 0 for what is none. */
function numberOf(header: Header, most: i32): u64 {
  const value = header.value;
  let number: u64 = 0;
  for (let i = 0; i < value.length && i < most; i++) {
    const digit = value.at(i) - 0x30;
    if (digit > 9) break;
    number = number * 10 + digit;
  }
  return number;
}
