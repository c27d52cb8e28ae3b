import { LogLevelValues } from "../../../abi/types";
import { monotonicNs } from "../../../host/clock";
import { log } from "../../../host/log";
import { RolloutConfig } from "../config";
import { RolloutProgress } from "../progress";
import { Phase, RolloutRecord } from "../record";
import { revertText } from "../told";
import { AnswerReader } from "./answer";
import { LastServed } from "./last-served";
import { isInShare } from "./membership";
import { RolloutMetrics } from "./rollout-metrics";
import { ENTRIES, SharedRolloutStore } from "./shared-rollout";

/** How far a rollout is on this proxy: counts, decides with all other workers, and tells. */
@final
export class Rollout {
  phase: Phase = Phase.Stable;
  /**
   * How the keys begin of what workers share of the new configuration: apart from the stable one, and from new ones before,
   * whose debts it must not inherit.
   */
  newScope: string;
  /** Null while nothing is counted: not in the share, not to go back, or over. */
  private progress: RolloutProgress | null = null;
  private readonly answer: AnswerReader = new AnswerReader();
  private readonly metrics: RolloutMetrics;
  private readonly lastServed: LastServed;

  /** Only in onConfigure: allocates. @param plugin how its log lines begin. @param scope how its keys in shared data do. */
  constructor(
    private readonly plugin: string,
    private readonly config: RolloutConfig,
    fingerprint: u64,
    scope: string,
  ) {
    const metrics = new RolloutMetrics(plugin, config.salt);
    this.metrics = metrics;
    this.lastServed = metrics.lastServed;
    this.newScope = newScope(scope, <i32>(fingerprint % <u64>ENTRIES));
    if (isInShare(config, plugin, scope)) this.join(fingerprint, scope);
    this.metrics.show(this.phase, false);
  }

  private join(fingerprint: u64, scope: string): void {
    if (!this.config.revert.enabled) {
      this.phase = Phase.New;
      return;
    }
    const record = new RolloutRecord(fingerprint, monotonicNs());
    const store = new SharedRolloutStore(scope, record);
    const progress = new RolloutProgress(this.config.revert, record, store);
    if (!store.read()) this.warn("no shared data; every worker judges by its own requests");
    this.phase = progress.phase;
    this.newScope = newScope(scope, store.number);
    if (!progress.isOver) this.progress = progress;
  }

  /** Whether answers are to be counted, and `tick` to be called. Allocates: nothing. */
  // @ts-ignore: decorator
  @inline
  get isWatched(): bool {
    return this.progress != null;
  }

  /**
   * Counts the answer at hand. Only in onResponseHeaders: one host call, two for an answer without a body. Allocates: nothing.
   * @param isNew whether its stream began under the new configuration.
   */
  answered(isNew: bool, endOfStream: bool): void {
    const progress = this.progress;
    if (progress != null && this.answer.read(endOfStream)) progress.note(isNew, this.answer.outcome);
  }

  /** Call every second while it is watched; `phase` may be another afterwards. Allocates: when it goes back. */
  tick(): void {
    const progress = this.progress;
    const nowNs = monotonicNs();
    if (progress == null || nowNs == 0) return;
    progress.tick(nowNs);
    const isRevert = progress.watch.isRevert;
    this.phase = progress.phase;
    this.metrics.show(this.phase, isRevert);
    if (isRevert) this.warn(revertText(progress.watch.verdict));
    if (progress.isOver) this.progress = null;
  }

  /** A stream came to the root context. Allocates: nothing. */
  // @ts-ignore: decorator
  @inline
  served(rootContextId: u32): void {
    this.lastServed.rootContextId = rootContextId;
  }

  /**
   * Says again where the rollout is, if since the last call a stream came to the root context and later ones to no other
   * of this rollout: Envoy keeps a configuration for its last streams, and takes it again without a word when the same
   * one comes back. One host call. Allocates: nothing.
   */
  tell(rootContextId: u32): void {
    if (this.lastServed.rootContextId != rootContextId) return;
    this.lastServed.rootContextId = 0;
    this.metrics.again(this.phase);
  }

  private warn(text: string): void {
    log(LogLevelValues.warn, `${this.plugin}: rollout ${this.config.salt}: ${text}`);
  }
}

function newScope(scope: string, number: i32): string {
  return `${scope}.new.${number}`;
}
