import { log, LogLevelValues } from "../../../assembly";
import { RequestFacts } from "../../../assembly/request/facts";
import { KeyRule } from "../../../assembly/request/key";
import { KeyText } from "../answer/key-text";
import { NOBODY, Offenders } from "../answer/offenders";
import { OffendersConfig } from "../answer/offenders-config";

/**
 * Tells operators in Envoy's log who was turned away most, in one line for each period in which anybody was: nothing is
 * logged for each request. Every worker tells of its own requests. Shadow rules count too: that is what they are for.
 */
@final
export class OffenderLog {
  private readonly offenders: Offenders = new Offenders();
  private readonly texts: KeyText[] = [];
  private periodBeganNs: u64 = 0;

  /** @param names @param keys of the rules, by index. Only in onConfigure: allocates. */
  constructor(
    private readonly config: OffendersConfig,
    private readonly names: string[],
    private readonly keys: KeyRule[],
  ) {
    for (let i = 0; i < keys.length; i++) this.texts.push(new KeyText(keys[i], config.masked));
  }

  /** A rule turned the request at hand away, or would have. Rules without key name nobody. Allocates: nothing. */
  note(rule: i32, key: u64, facts: RequestFacts): void {
    if (unchecked(this.keys[rule]).parts.length == 0) return;
    const slot = this.offenders.note(rule, key);
    if (slot != NOBODY) unchecked(this.texts[rule]).write(facts, this.offenders.name(slot));
  }

  /** Call every second or so. Allocates: when a period is over. */
  tick(nowNs: u64): void {
    if (this.periodBeganNs == 0) this.periodBeganNs = nowNs;
    if (<i64>(nowNs - this.periodBeganNs) < <i64>this.config.periodNs) return;
    this.periodBeganNs = nowNs;
    if (this.offenders.total > 0) log(LogLevelValues.warn, this.line());
    this.offenders.clear();
  }

  /** `ratelimit: 1900 turned away in 60 s by this worker, most of them: per-user "alice" 1200, per-user "bob" 400-450`. */
  private line(): string {
    const offenders = this.offenders;
    const seconds = this.config.periodNs / 1_000_000_000;
    let line = `ratelimit: ${offenders.total} turned away in ${seconds} s by this worker, most of them: `;
    let slot = offenders.next(NOBODY);
    for (let i = 0; i < this.config.top && slot != NOBODY; i++) {
      const least = offenders.least(slot);
      const most = offenders.most(slot);
      const count = least == most ? most.toString() : `${least}-${most}`;
      line += `${i > 0 ? ", " : ""}${this.names[offenders.ruleOf(slot)]} "${offenders.name(slot).toString()}" ${count}`;
      slot = offenders.next(slot);
    }
    return line;
  }
}
