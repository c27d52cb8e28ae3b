import { Quota } from "../../../assembly/core/gcra";
import { NO_KEY } from "../../../assembly/request/key";
import { accountOf, KEYLESS } from "./lease-table";
import { accountKey } from "./ledger";
import { EXEMPT, NOT_OVERRIDDEN, Overrides } from "./overrides";
import { Terms } from "./terms";

const KEYLESS_HASH: u64 = 0x2545f4914f6cdd1d;

/** Which key of a rule is served on which terms. Each account is a quota of its own, with states of its own. */
@final
export class TermsBook {
  /** The terms of the key that was looked up last, its fingerprint in its account, and the flags of its slot. */
  terms: Terms;
  key: u64 = 0;
  flags: u64 = 0;
  /** Whether the key has no limit. */
  isExempt: bool = false;
  private account: i32 = 0;
  private percent: f64 = 100;

  constructor(
    private readonly isKeyed: bool,
    private readonly accounts: Terms[],
    private readonly overrides: Overrides,
  ) {
    this.terms = accounts[0];
  }

  /** Puts another quota in force. Allocates if `percent` changes. */
  apply(account: i32, quota: Quota, percent: f64): void {
    this.account = account;
    this.accounts[account].apply(quota);
    if (percent == this.percent) return;
    this.percent = percent;
    for (let i = 0; i < this.overrides.terms.length; i++) this.overrides.terms[i].scale(percent);
  }

  /** Looks a key up by its hash; NO_KEY for a request without one. Allocates: nothing. */
  find(hash: u64): void {
    const isKeyless = hash == NO_KEY || !this.isKeyed;
    const special = isKeyless ? NOT_OVERRIDDEN : this.overrides.find(hash);
    this.isExempt = special == EXEMPT;
    const account = special == NOT_OVERRIDDEN ? this.account : 0;
    this.terms = this.termsBy(special, account);
    this.key = accountKey(isKeyless ? KEYLESS_HASH : hash, account);
    this.flags = (<u64>account) | (isKeyless ? KEYLESS : 0);
  }

  /** The terms of a key that has a slot. Allocates: nothing. */
  termsOf(key: u64, flags: u64): Terms {
    const account = accountOf(flags);
    return this.termsBy(account == 0 ? this.overrides.find(key) : NOT_OVERRIDDEN, account);
  }

  private termsBy(special: i32, account: i32): Terms {
    return special >= 0 ? unchecked(this.overrides.terms[special]) : unchecked(this.accounts[account]);
  }
}
