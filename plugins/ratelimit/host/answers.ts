import { Header, HeaderPairsWriter, Presence, requestHeader, WasmResultValues } from "../../../assembly";
import { ByteView, Utf8 } from "../../../assembly/core/bytes";
import { waitSeconds } from "../../../assembly/core/gcra";
import { Bodies } from "../answer/bodies";
import { AnswerConfig, Moment } from "../answer/config";
import { QuotaFields } from "../answer/fields";
import { FixedText } from "../answer/fixed-text";
import { retryAfter } from "../answer/retry-after";
import { NO_CONDITION, Verdict } from "../answer/verdict";
import { Answer, quotaAnswers, Reason, RuleNames } from "./prepared-answer";

const RETRY_AFTER = new Utf8("retry-after");
const CONTENT_TYPE = new Utf8("content-type");
const RATE_LIMIT = new Utf8("ratelimit");
const RATE_LIMIT_POLICY = new Utf8("ratelimit-policy");
const LEGACY_LIMIT = new Utf8("x-ratelimit-limit");
const LEGACY_REMAINING = new Utf8("x-ratelimit-remaining");
const LEGACY_RESET = new Utf8("x-ratelimit-reset");
const GRPC = new Utf8("application/grpc");

/** Of an answer: Retry-After, two of RateLimit, three legacy ones, content-type. */
const OWN_HEADERS: i32 = 7;
/** Room for those. */
const HEADER_BYTES: i32 = 1024;

/**
 * The answers to requests that are turned away, made at configure but for their numbers. Their details say what decided:
 * `tidegate_ratelimit{<rule>}`, `tidegate_ratelimit{<rule>/<condition>}` when a condition had set the quota; for capacity
 * `tidegate_concurrency` or, with priorities, `tidegate_concurrency{<class>}`.
 */
@final
export class Answers {
  /** By rule: without a condition, then with each. */
  private readonly quota: Answer[][] = [];
  /** By class; one without classes. */
  private readonly capacity: Answer[] = [];
  private readonly headers: HeaderPairsWriter = new HeaderPairsWriter();
  private readonly seconds: FixedText = new FixedText(32);
  private readonly contentType: Utf8;
  private readonly quotaText: Utf8;
  private readonly capacityText: Utf8;
  private readonly requestType: Header = requestHeader("content-type");

  /**
   * @param fields for the names of the same rules.
   * @param classes of priority, by index; none: requests have no class. Only in onConfigure: allocates.
   */
  constructor(
    private readonly config: AnswerConfig,
    status: u32,
    capacityStatus: u32,
    private readonly fields: QuotaFields,
    rules: RuleNames[],
    classes: string[],
  ) {
    const quotaBodies = new Bodies(config.format, status, config.message);
    const capacityBodies = new Bodies(config.format, capacityStatus, config.capacityMessage);
    this.contentType = new Utf8(quotaBodies.contentType);
    this.quotaText = quotaBodies.text();
    this.capacityText = capacityBodies.text();
    const quota = new Reason(status, config.grpcStatus, quotaBodies, this.headers);
    for (let i = 0; i < rules.length; i++) this.quota.push(quotaAnswers(quota, rules[i]));
    const capacity = new Reason(capacityStatus, config.capacityGrpcStatus, capacityBodies, this.headers);
    const body = capacityBodies.capacity("concurrency");
    if (classes.length == 0) this.capacity.push(new Answer(capacity, "tidegate_concurrency", body));
    for (let i = 0; i < classes.length; i++) {
      this.capacity.push(new Answer(capacity, `tidegate_concurrency{${classes[i]}}`, body));
    }
    this.headers.reserve(OWN_HEADERS + config.headers.length, HEADER_BYTES + staticBytes(config));
  }

  /**
   * Answers a request that the verdict's rule turned away; its `resetTicks` are those until it would be admitted. The
   * verdict is cleared: the answer's headers pass the plugin like any response's, and are not to be written twice.
   * @param random any 64 bits. @returns false when the host does not send it, and the request goes on.
   * Allocates: nothing.
   */
  sendQuota(verdict: Verdict, random: u64): bool {
    const config = this.config;
    const answers = unchecked(this.quota[verdict.rule]);
    const answer = unchecked(answers[verdict.condition == NO_CONDITION ? 0 : verdict.condition + 1]);
    this.begin();
    if (config.retryAfter) this.addRetryAfter(waitSeconds(verdict.resetTicks), random);
    if (config.rateLimitHeaders != Moment.Never) {
      this.fields.write(verdict);
      this.headers.add(RATE_LIMIT_POLICY, this.fields.policy);
      this.headers.add(RATE_LIMIT, this.fields.limit);
    }
    if (config.legacyHeaders != Moment.Never) {
      this.fields.writeLegacy(verdict);
      this.headers.add(LEGACY_LIMIT, this.fields.legacyLimit);
      this.headers.add(LEGACY_REMAINING, this.fields.legacyRemaining);
      this.headers.add(LEGACY_RESET, this.fields.legacyReset);
    }
    verdict.clear();
    return this.send(answer, this.quotaText);
  }

  /**
   * Answers a request of this priority class (0 without classes) for which there was no capacity.
   * @param random any 64 bits. @returns false when the host does not send it. Allocates: nothing.
   */
  sendCapacity(priorityClass: i32, random: u64): bool {
    this.begin();
    const seconds = this.config.capacityRetryAfter;
    if (this.config.retryAfter && seconds > 0) this.addRetryAfter(seconds, random);
    return this.send(unchecked(this.capacity[priorityClass]), this.capacityText);
  }

  private begin(): void {
    const own = this.config.headers;
    this.headers.clear();
    for (let i = 0; i < own.length; i++) this.headers.add(unchecked(own[i]).name, unchecked(own[i]).value);
  }

  private addRetryAfter(seconds: u32, random: u64): void {
    this.seconds.begin().number(retryAfter(seconds, this.config.retryAfterJitterPercent, random));
    this.headers.add(RETRY_AFTER, this.seconds);
  }

  /** A gRPC client gets the text as grpc-message, and a content-type that Envoy writes. */
  private send(answer: Answer, text: Utf8): bool {
    const plain = this.contentType.length == 0 || this.isGrpc();
    if (!plain) this.headers.add(CONTENT_TYPE, this.contentType);
    return answer.response.sendWith(plain ? text : answer.body) == WasmResultValues.Ok;
  }

  private isGrpc(): bool {
    return this.requestType.read() == Presence.Found && isGrpcType(this.requestType.value);
  }
}

/** As Envoy takes a request for gRPC: `application/grpc`, alone or with `+` and a format. */
function isGrpcType(type: ByteView): bool {
  return type.startsWith(GRPC) && (type.length == GRPC.length || type.at(GRPC.length) == 0x2b); /* + */
}

function staticBytes(config: AnswerConfig): i32 {
  let bytes = 0;
  for (let i = 0; i < config.headers.length; i++) {
    bytes += 10 + config.headers[i].name.length + config.headers[i].value.length;
  }
  return bytes;
}
