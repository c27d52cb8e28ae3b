import {
  ByteView,
  Counter,
  Gauge,
  Header,
  log,
  LogLevelValues,
  monotonicNs,
  Presence,
  responseHeader,
  responseTrailer,
  TotalCounter,
  Utf8,
} from "../../../assembly";
import { isFailedGrpcStatus } from "../../../assembly/core/grpc-status";
import { isServerError } from "../../../assembly/core/http-status";
import { ArmHealth } from "../health/arm-health";
import { AbortConfig } from "../health/config";
import { HealthPlan } from "../health/plan";
import { changeText } from "../health/told";
import { ArmWatch, Change } from "../health/watch";
import { SharedHealthStore } from "./shared-health";
import { StreamHealth } from "./stream-health";

// @ts-ignore: decorator
@inline
const SEMICOLON: u8 = 0x3b;
// @ts-ignore: decorator
@inline
const PLUS: u8 = 0x2b;

/** The metrics of one watched arm. */
@final
class WatchMetrics {
  private readonly aborted: Gauge;
  private readonly aborts: TotalCounter;
  private total: u64 = 0;
  private shown: i32 = -1;

  constructor(arm: string) {
    this.aborted = new Gauge(`arm=.=${arm};.;tidegate_canary_aborted`);
    this.aborts = new TotalCounter(`arm=.=${arm};.;tidegate_canary_aborts_total`);
  }

  /** Every worker sets the gauge, to the same; one of them counts. Allocates: nothing. */
  show(isAborted: bool, isAbort: bool): void {
    if (isAbort) this.total++;
    this.aborts.follow(this.total);
    if (this.shown == i32(isAborted)) return;
    this.shown = i32(isAborted);
    this.aborted.record(<u64>isAborted);
  }
}

/** Watches what becomes of the streams of each arm, and takes failing arms out. */
@final
export class HealthWatch {
  readonly health: ArmHealth;
  private readonly metrics: WatchMetrics[] = [];
  private readonly status: Header = responseHeader(":status");
  private readonly contentType: Header = responseHeader("content-type");
  private readonly headerGrpcStatus: Header = responseHeader("grpc-status");
  private readonly trailerGrpcStatus: Header = responseTrailer("grpc-status");
  private readonly grpc: Utf8 = new Utf8("application/grpc");

  /** @param arms names by index. @param scope such as `tidegate.canary.<policy>`. Only in onConfigure: allocates. */
  constructor(
    configs: AbortConfig[],
    private readonly arms: string[],
    scope: string,
    private readonly hostErrors: Counter,
  ) {
    const plan = new HealthPlan(configs, arms);
    const store = new SharedHealthStore(scope, plan);
    this.health = new ArmHealth(plan, store);
    for (let i = 0; i < configs.length; i++) this.metrics.push(new WatchMetrics(arms[configs[i].arm]));
    if (!store.read()) {
      log(LogLevelValues.warn, "canary: no shared data; every worker judges arms by its own requests");
    }
  }

  /** A request goes on with its arm. One host call if the arm is watched or a baseline. Allocates: nothing. */
  sent(stream: StreamHealth, arm: i32): void {
    stream.isOpen = 0;
    if (!this.health.counts(arm)) return;
    stream.arm = arm;
    stream.latencyNs = 0;
    stream.sentNs = monotonicNs();
    // Without a time it would seem to wait for ever.
    stream.isOpen = stream.sentNs != 0 ? 1 : 0;
  }

  /**
   * The answer's headers are there, which is when its latency is known; of gRPC the status may follow in trailers.
   * Three host calls for a stream that is counted, four when it has no body. Allocates: nothing.
   */
  answered(stream: StreamHealth, endOfStream: bool): void {
    if (stream.isOpen == 0 || stream.latencyNs != 0) return;
    const nowNs = monotonicNs();
    stream.latencyNs = nowNs > stream.sentNs ? nowNs - stream.sentNs : 1;
    if (this.status.read() != Presence.Found || isServerError(this.status.value)) this.end(stream, true);
    else if (endOfStream) this.end(stream, hasFailed(this.headerGrpcStatus, false));
    else if (!this.isGrpc()) this.end(stream, false);
  }

  /** The answer's trailers are there. One host call if the stream is counted by them. Allocates: nothing. */
  trailed(stream: StreamHealth): void {
    if (stream.isOpen != 0) this.end(stream, hasFailed(this.trailerGrpcStatus, true));
  }

  /** The stream is over: reset, or given up by its client, if nothing told how it ended. Allocates: nothing. */
  ended(stream: StreamHealth): void {
    if (stream.isOpen != 0) this.end(stream, true);
  }

  /** Call every second. Allocates: when an arm is taken out or let in. */
  tick(): void {
    const nowNs = monotonicNs();
    if (nowNs == 0) return;
    const health = this.health;
    if (!health.tick(nowNs)) this.hostErrors.add(1);
    const watches = health.plan.watches;
    for (let i = 0; i < watches.length; i++) this.tell(watches[i], this.metrics[i]);
  }

  private end(stream: StreamHealth, failed: bool): void {
    stream.isOpen = 0;
    this.health.note(stream.arm, failed, stream.latencyNs);
  }

  /** As Envoy has it: not gRPC-Web, whose trailers are in the body. */
  private isGrpc(): bool {
    const value: ByteView = this.contentType.value;
    if (this.contentType.read() != Presence.Found || !value.startsWith(this.grpc)) return false;
    const next = value.length > this.grpc.length ? value.at(this.grpc.length) : SEMICOLON;
    return next == SEMICOLON || next == PLUS;
  }

  private tell(watch: ArmWatch, metrics: WatchMetrics): void {
    metrics.show(this.health.isAborted(watch.config.arm), watch.change == Change.Aborted);
    if (watch.change == Change.None) return;
    log(LogLevelValues.warn, `canary: ${changeText(watch, this.health.record, this.arms)}`);
  }
}

/** @param otherwise whether it failed without a status. */
function hasFailed(header: Header, otherwise: bool): bool {
  const presence = header.read();
  const value: ByteView = header.value;
  return presence == Presence.Found ? isFailedGrpcStatus(value) : otherwise;
}
