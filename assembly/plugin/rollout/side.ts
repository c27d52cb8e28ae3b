import { takeRequestedPeriod } from "../../host/tick";
import { ServingRoot } from "../plugin-root";

/** One of the two configurations of a rollout: nothing is done with it before it has begun. */
@final
export class Side {
  private hasBegun: bool = false;

  constructor(
    readonly root: ServingRoot,
    readonly isNew: bool,
  ) {}

  /** It is to serve, for the first time or again. @param scope as ServingRoot's. */
  begin(scope: string): void {
    if (this.hasBegun) return;
    this.hasBegun = true;
    this.root.begin(scope);
    this.notePeriod();
  }

  /** Some time has passed. @returns whether ticks have to be arranged anew. */
  pass(passedMs: u32): bool {
    const root = this.root;
    root.waitedMs += passedMs;
    return root.tickPeriodMs != 0 && root.waitedMs >= root.tickPeriodMs && this.tick();
  }

  /** @returns as `pass`. */
  tick(): bool {
    this.root.waitedMs = 0;
    this.root.onTick();
    return this.notePeriod();
  }

  /** An answer to a call of one of the two. @returns as `pass`. */
  onHttpCallResponse(token: u32, headers: u32, bodySize: u32, trailers: u32): bool {
    if (!this.hasBegun) return false;
    this.root.onHttpCallResponse(token, headers, bodySize, trailers);
    return this.notePeriod();
  }

  onDone(): bool {
    return !this.hasBegun || this.root.onDone();
  }

  onDelete(): void {
    if (this.hasBegun) this.root.onDelete();
  }

  /** Whether the root asked for ticks in what it was called for. */
  private notePeriod(): bool {
    const periodMs = takeRequestedPeriod();
    if (periodMs < 0) return false;
    this.root.tickPeriodMs = <u32>periodMs;
    return true;
  }
}
