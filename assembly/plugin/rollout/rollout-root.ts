import { collectSoon } from "../../host/garbage";
import { setTickPeriod } from "../../host/tick";
import { Context } from "../../runtime/context";
import { ServingRoot } from "../plugin-root";
import { RolloutConfig } from "./config";
import { Eras } from "./eras";
import { Phase } from "./record";
import { Rollout } from "./host/rollout";
import { WatchedContext } from "./watched-context";
import { Side } from "./side";

/** How often a rollout is looked at. */
const WATCH_MS: u32 = 1000;

/** In place of a context that is still to come. */
@final
class NoContext extends Context {}

/**
 * Two configurations of a plugin, of which one serves the streams that begin: the new one if this proxy is in the share of
 * a rollout and has not gone back, else the stable one. Streams end where they began. The other configuration has been
 * read, so that what is wrong with it is known, but gets its tables only when it is to serve, and no ticks after.
 */
@final
export class RolloutRoot extends ServingRoot {
  private readonly stable: Side;
  private readonly fresh: Side;
  private active: Side;
  private scope: string = "";
  private rollout: Rollout | null = null;
  private eras: Eras = new Eras(false);
  private readonly nobody: Context = new NoContext();
  private watched: WatchedContext | null = null;
  /** Time since the last look at the rollout. */
  private unwatchedMs: u32 = 0;

  /** @param plugin how its log lines begin. @param fingerprint of the rollout. */
  constructor(
    contextId: u32,
    private readonly plugin: string,
    private readonly config: RolloutConfig,
    private readonly fingerprint: u64,
    stable: ServingRoot,
    fresh: ServingRoot,
  ) {
    super(contextId);
    const first = new Side(stable, false);
    this.stable = first;
    this.fresh = new Side(fresh, true);
    this.active = first;
  }

  begin(scope: string): void {
    const rollout = new Rollout(this.plugin, this.config, this.fingerprint, scope);
    this.scope = scope;
    this.rollout = rollout;
    this.eras = new Eras(rollout.phase == Phase.New);
    this.follow(rollout);
    this.arrangeTicks();
  }

  /** Lets the configuration serve that the rollout is at. */
  private follow(rollout: Rollout): void {
    const next = rollout.phase == Phase.New ? this.fresh : this.stable;
    this.active = next;
    // The stable one keeps what workers shared before the rollout.
    next.begin(next.isNew ? rollout.newScope : this.scope);
  }

  onTick(): void {
    const rollout = this.rollout!;
    const periodMs = this.tickPeriodMs;
    if (this.active.pass(periodMs)) this.arrangeTicks();
    this.unwatchedMs += periodMs;
    if (this.unwatchedMs < WATCH_MS) return;
    this.unwatchedMs = 0;
    rollout.tell(this.contextId);
    if (rollout.isWatched) this.watch(rollout);
  }

  private watch(rollout: Rollout): void {
    const before = this.active;
    rollout.tick();
    if ((rollout.phase == Phase.New) != before.isNew) {
      // What it has counted and not told would be lost.
      before.tick();
      this.eras.turn();
      this.follow(rollout);
      collectSoon();
    } else if (rollout.isWatched) return;
    this.arrangeTicks();
  }

  /** Asks for ticks that serve the active configuration and the rollout. */
  private arrangeTicks(): void {
    const periodMs = this.active.root.tickPeriodMs;
    this.tickPeriodMs = periodMs == 0 ? WATCH_MS : min(periodMs, WATCH_MS);
    setTickPeriod(this.tickPeriodMs);
  }

  /** Each of the two knows its own calls. */
  onHttpCallResponse(token: u32, headers: u32, bodySize: u32, trailers: u32): void {
    if (this.stable.onHttpCallResponse(token, headers, bodySize, trailers)) this.arrangeTicks();
    if (this.fresh.onHttpCallResponse(token, headers, bodySize, trailers)) this.arrangeTicks();
  }

  onDone(): bool {
    const isStableDone = this.stable.onDone();
    return this.fresh.onDone() && isStableDone;
  }

  onDelete(): void {
    this.stable.onDelete();
    this.fresh.onDelete();
  }

  acquire(contextId: u32): Context {
    const active = this.active;
    const rollout = this.rollout!;
    rollout.served(this.contextId);
    if (!rollout.isWatched) return active.root.acquire(contextId);
    const watched = super.acquire(contextId) as WatchedContext;
    watched.inner = active.root.acquire(contextId);
    watched.isNew = active.isNew;
    return watched;
  }

  recycle(context: Context): void {
    const inner = (context as WatchedContext).inner;
    const owner = inner.owner;
    if (owner != null) owner.recycle(inner);
    super.recycle(context);
  }

  shared(contextId: u32): Context {
    const rollout = this.rollout!;
    rollout.served(this.contextId);
    const isNew = this.eras.isNew(contextId);
    const inner = (isNew ? this.fresh : this.stable).root.shared(contextId);
    if (!rollout.isWatched) return inner;
    let watched = this.watched;
    if (watched == null) this.watched = watched = new WatchedContext(rollout, inner);
    watched.inner = inner;
    watched.isNew = isNew;
    return watched;
  }

  createContext(): Context {
    return new WatchedContext(this.rollout!, this.nobody);
  }
}
