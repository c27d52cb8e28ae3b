// === The fields in which a client is told of its quota ===
//
//   ratelimit-policy: "per-user";q=10;w=1;tidegate-burst=20     as configured: q requests in w seconds
//   ratelimit:        "per-user";r=7;t=1                        as it is now: r at once, one more in t seconds
//
// Source: draft-ietf-httpapi-ratelimit-headers-10, Structured Fields of RFC 9651. A burst other than q is a parameter of
// our own, as the draft has it. `pk` is left out: our keys are hashes under a secret that a client could not compute.
//
//   x-ratelimit-limit: 20   x-ratelimit-remaining: 7   x-ratelimit-reset: 1
//
// Source: Envoy's local_ratelimit with DRAFT_VERSION_03: the burst, what is left of it, seconds until there is more.

import { Utf8 } from "../../../assembly/core/bytes";
import { waitSeconds } from "../../../assembly/core/gcra";
import { FixedText } from "./fixed-text";
import { Verdict } from "./verdict";

/** Room for a name of 63 characters in quotes, four numbers and their parameters' names. */
const MAX_FIELD: i32 = 256;

const QUOTA = new Utf8(";q=");
const WINDOW = new Utf8(";w=");
const BURST = new Utf8(";tidegate-burst=");
const REMAINING = new Utf8(";r=");
const RESET = new Utf8(";t=");

/** Writes the fields' values, each in memory of its own that the next `write` of it overwrites. */
@final
export class QuotaFields {
  readonly policy: FixedText = new FixedText(MAX_FIELD);
  readonly limit: FixedText = new FixedText(MAX_FIELD);
  readonly legacyLimit: FixedText = new FixedText(32);
  readonly legacyRemaining: FixedText = new FixedText(32);
  readonly legacyReset: FixedText = new FixedText(32);
  /** The rules' names as strings of Structured Fields; they hold nothing that must be escaped. */
  private readonly names: Utf8[];

  /** @param names of the rules, by index. Only in onConfigure: allocates. */
  constructor(names: string[]) {
    this.names = names.map<Utf8>((name: string) => new Utf8(`"${name}"`));
  }

  /** Fills `policy` and `limit`. Only with a rule. Allocates: nothing. */
  write(verdict: Verdict): void {
    const name = unchecked(this.names[verdict.rule]);
    const policy = this.policy.begin().text(name).text(QUOTA).number(verdict.requests);
    policy.text(WINDOW).number(verdict.periodSeconds);
    if (verdict.burst != verdict.requests) policy.text(BURST).number(verdict.burst);
    const limit = this.limit.begin().text(name).text(REMAINING).number(verdict.remaining);
    if (verdict.resetTicks > 0) limit.text(RESET).number(waitSeconds(verdict.resetTicks));
  }

  /** Fills the legacy three. Only with a rule. Allocates: nothing. */
  writeLegacy(verdict: Verdict): void {
    this.legacyLimit.begin().number(verdict.burst);
    this.legacyRemaining.begin().number(verdict.remaining);
    this.legacyReset.begin().number(verdict.resetTicks > 0 ? waitSeconds(verdict.resetTicks) : 0);
  }
}
