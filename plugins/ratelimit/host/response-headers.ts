import { Counter, Header, Presence, requestHeader, responseHeader, WasmResultValues } from "../../../assembly";
import { ByteView, Utf8 } from "../../../assembly/core/bytes";
import { AnswerConfig, Moment } from "../answer/config";
import { QuotaFields } from "../answer/fields";
import { NO_RULE, Verdict } from "../answer/verdict";

/**
 * Tells the client of an admitted request what is left of its quota. `ratelimit` and `ratelimit-policy` are lists: ours
 * is added to what the upstream tells, which stays. The legacy fields are no lists: an upstream's own stay alone.
 * Two host calls for the first pair, up to four for the legacy three.
 */
@final
export class AnswerHeaders {
  private readonly policy: Header = responseHeader("ratelimit-policy");
  private readonly limit: Header = responseHeader("ratelimit");
  private readonly legacyLimit: Header = responseHeader("x-ratelimit-limit");
  private readonly legacyRemaining: Header = responseHeader("x-ratelimit-remaining");
  private readonly legacyReset: Header = responseHeader("x-ratelimit-reset");

  /** Only in onConfigure: allocates. */
  constructor(
    private readonly config: AnswerConfig,
    private readonly fields: QuotaFields,
    private readonly hostErrors: Counter,
  ) {}

  /** Only in onResponseHeaders. Allocates: nothing. */
  write(verdict: Verdict): void {
    if (verdict.rule == NO_RULE) return;
    const fields = this.fields;
    if (this.config.rateLimitHeaders == Moment.Always) {
      fields.write(verdict);
      this.add(this.policy, fields.policy);
      this.add(this.limit, fields.limit);
    }
    if (this.config.legacyHeaders == Moment.Always && this.legacyLimit.read() == Presence.Absent) {
      fields.writeLegacy(verdict);
      this.add(this.legacyLimit, fields.legacyLimit);
      this.add(this.legacyRemaining, fields.legacyRemaining);
      this.add(this.legacyReset, fields.legacyReset);
    }
  }

  private add(header: Header, value: ByteView): void {
    if (header.add(value) != WasmResultValues.Ok) this.hostErrors.add(1);
  }
}

/**
 * Tells the upstream of a request that passes only because what would have turned it away is not enforced. The header
 * is then ours alone; on other requests it is what the client wrote. Writing it makes Envoy choose the route again.
 */
@final
export class ShadowHeader {
  private readonly header: Header | null;
  private readonly rules: Utf8[];
  private readonly capacity: Utf8 = new Utf8("concurrency");

  /** @param rules names, by index. Only in onConfigure: allocates. */
  constructor(
    config: AnswerConfig,
    rules: string[],
    private readonly hostErrors: Counter,
  ) {
    this.header = config.shadowHeader == "" ? null : requestHeader(config.shadowHeader);
    this.rules = rules.map<Utf8>((name: string) => new Utf8(name));
  }

  /** Names the rule, or with NO_RULE the limit on requests in flight. Only in onRequestHeaders. Allocates: nothing. */
  write(rule: i32): void {
    const header = this.header;
    if (header == null) return;
    const name = rule == NO_RULE ? this.capacity : unchecked(this.rules[rule]);
    if (header.replace(name) != WasmResultValues.Ok) this.hostErrors.add(1);
  }
}
