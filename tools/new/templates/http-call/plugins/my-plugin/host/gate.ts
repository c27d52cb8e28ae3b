import {
  continueRequest,
  Counter,
  FilterHeadersStatusValues,
  Header,
  HeaderMapTypeValues,
  LocalResponse,
  Presence,
  setEffectiveContext,
  WasmResultValues,
} from "../../../assembly";
import { AskConfig } from "../config";
import { statusOf, Verdict, verdictOf } from "../policy";
import { Waiting } from "../waiting";
import { Question } from "./question";

/** How the names of its metrics begin. */
const METRICS: string = "tidegate_my_plugin";
/** Headers of the service's answer. */
const STATUS: Header = new Header(HeaderMapTypeValues.HttpCallResponseHeaders, ":status");
const CHALLENGE: Header = new Header(HeaderMapTypeValues.HttpCallResponseHeaders, "www-authenticate");

/** No question was sent. */
// @ts-ignore: decorator
@inline
export const NO_TOKEN: u32 = u32.MAX_VALUE;

/** Holds requests until the service has answered. All is encoded once, so a request costs host calls and no allocation. */
@final
export class Gate {
  private readonly question: Question;
  private readonly failOpen: bool;
  private readonly waiting: Waiting = new Waiting();
  private readonly unauthenticated: LocalResponse = new LocalResponse(401, `${METRICS}{401}`, "who are you?\n");
  private readonly forbidden: LocalResponse = new LocalResponse(403, `${METRICS}{403}`, "not allowed\n");
  private readonly unknown: LocalResponse = new LocalResponse(503, `${METRICS}{503}`, "try again later\n");
  private readonly allowed: Counter = new Counter(`${METRICS}_allowed_total`);
  private readonly rejected: Counter = new Counter(`${METRICS}_rejected_total`);
  private readonly unanswered: Counter = new Counter(`${METRICS}_unanswered_total`);
  private readonly hostErrors: Counter = new Counter(`${METRICS}_host_errors_total`);

  /** Only in onConfigure: allocates. */
  constructor(config: AskConfig) {
    this.question = new Question(config);
    this.failOpen = config.failOpen;
  }

  /** Asks about the request of this stream. @returns by which token to `forget` it; NO_TOKEN when it does not wait. */
  ask(stream: u32): u32 {
    if (this.question.send() != WasmResultValues.Ok) return NO_TOKEN;
    const token = this.question.token;
    return this.waiting.add(token, stream) ? token : NO_TOKEN;
  }

  /** What becomes of the request at hand, about which nothing could be asked. */
  unasked(): FilterHeadersStatusValues {
    return this.settle(Verdict.Unknown) ? FilterHeadersStatusValues.Continue : FilterHeadersStatusValues.StopIteration;
  }

  /** The stream is gone. */
  forget(token: u32): void {
    this.waiting.take(token);
  }

  /** For onHttpCallResponse: lets the stream that waits for this answer go on, or answers it. */
  answered(token: u32, headers: u32): void {
    const stream = this.waiting.take(token);
    if (stream == 0) return;
    // Read before the stream is the one that host calls act on: it has no such headers.
    const isThere = headers > 0 && STATUS.read() == Presence.Found;
    const verdict = isThere ? verdictOf(statusOf(STATUS.value)) : Verdict.Unknown;
    if (verdict == Verdict.Unauthenticated) this.copyChallenge();
    if (setEffectiveContext(stream) != WasmResultValues.Ok) return this.hostErrors.add(1);
    if (this.settle(verdict) && continueRequest() != WasmResultValues.Ok) this.hostErrors.add(1);
  }

  flush(): void {
    this.allowed.flush();
    this.rejected.flush();
    this.unanswered.flush();
    this.hostErrors.flush();
  }

  /** Counts, and answers a request that does not pass. @returns whether it passes. */
  private settle(verdict: Verdict): bool {
    if (verdict == Verdict.Unknown) this.unanswered.add(1);
    if (verdict == Verdict.Allow || (verdict == Verdict.Unknown && this.failOpen)) {
      this.allowed.add(1);
      return true;
    }
    this.rejected.add(1);
    if (this.responseTo(verdict).send() != WasmResultValues.Ok) this.hostErrors.add(1);
    return false;
  }

  private responseTo(verdict: Verdict): LocalResponse {
    if (verdict == Verdict.Unauthenticated) return this.unauthenticated;
    return verdict == Verdict.Forbid ? this.forbidden : this.unknown;
  }

  /** How to say who one is: a 401 without it would help nobody (RFC 9110 section 11.6.1). */
  private copyChallenge(): void {
    const headers = this.unauthenticated.headers;
    headers.clear();
    if (CHALLENGE.read() == Presence.Found) headers.add(CHALLENGE.name, CHALLENGE.value);
  }
}
