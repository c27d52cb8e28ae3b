import { Gauge, TotalCounter } from "../../../host/metrics";
import { Phase } from "../record";

/** What Envoy's statistics say of a rollout. proxy-wasm metrics have no labels; the name carries one. */
@final
export class RolloutMetrics {
  private readonly state: Gauge;
  private readonly reverts: TotalCounter;
  private total: u64 = 0;
  private shown: i32 = -1;

  /** Only in onConfigure: allocates. */
  constructor(plugin: string, salt: string) {
    const tag = `rollout=.=${salt};.;tidegate_${plugin}_rollout`;
    this.state = new Gauge(`${tag}_state`);
    this.reverts = new TotalCounter(`${tag}_reverts_total`);
  }

  /** Every worker sets the gauge, to the same; one of them counts. Allocates: nothing. */
  show(phase: Phase, isRevert: bool): void {
    if (isRevert) this.total++;
    this.reverts.follow(this.total);
    if (this.shown == phase) return;
    this.shown = phase;
    this.state.record(phase);
  }
}
