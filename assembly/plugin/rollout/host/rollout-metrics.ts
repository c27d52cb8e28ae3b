import { Gauge, TotalCounter } from "../../../host/metrics";
import { Phase } from "../record";
import { LastServed, lastServed } from "./last-served";

/** What Envoy's statistics say of a rollout. proxy-wasm metrics have no labels; the name carries one. */
@final
export class RolloutMetrics {
  private readonly state: Gauge;
  /** Among all that show the same in this VM. */
  readonly lastServed: LastServed;
  private readonly reverts: TotalCounter;
  private total: u64 = 0;
  private shown: i32 = -1;

  /** Only in onConfigure: allocates. */
  constructor(plugin: string, salt: string) {
    const tag = `rollout=.=${salt};.;tidegate_${plugin}_rollout`;
    this.state = new Gauge(`${tag}_state`);
    this.lastServed = lastServed(tag);
    this.reverts = new TotalCounter(`${tag}_reverts_total`);
  }

  /** Every worker sets the gauge, to the same; one of them counts. Allocates: nothing. */
  show(phase: Phase, isRevert: bool): void {
    if (isRevert) this.total++;
    this.reverts.follow(this.total);
    if (this.shown == phase) return;
    this.shown = phase;
    this.again(phase);
  }

  /** As `show`, of what was shown before: another one may have shown something else since. Allocates: nothing. */
  again(phase: Phase): void {
    this.state.record(phase);
  }
}
