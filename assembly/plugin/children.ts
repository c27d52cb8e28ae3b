import { setTickPeriod } from "../host/tick";
import { notePeriod } from "../runtime/root-contexts";
import { ServingRoot } from "./plugin-root";

/** What all that is made of several roots does with them: each is ticked at its own pace and hears of all answers to calls. */
@final
export class Children {
  private readonly roots: ServingRoot[] = [];

  get length(): i32 {
    return this.roots.length;
  }

  // @ts-ignore: decorator
  @inline
  at(index: i32): ServingRoot {
    return unchecked(this.roots[index]);
  }

  /** Begins a root and takes note of how often it wants to be ticked. Call `followPeriods` after the last one. */
  begin(root: ServingRoot, scope: string): void {
    this.roots.push(root);
    root.begin(scope);
    notePeriod(root);
  }

  /** Asks the host for ticks as often as the most frequent of the roots wants them, or every `mostMs`. */
  followPeriods(mostMs: u32): void {
    let periodMs = mostMs;
    for (let i = 0; i < this.roots.length; i++) {
      const wanted = this.at(i).tickPeriodMs;
      if (wanted > 0 && wanted < periodMs) periodMs = wanted;
    }
    setTickPeriod(periodMs);
  }

  /** Ticks those whose time has come. @param passedMs since the last call. */
  tick(passedMs: u32, mostMs: u32): void {
    let isChanged = false;
    for (let i = 0; i < this.roots.length; i++) {
      const root = this.at(i);
      const periodMs = root.tickPeriodMs;
      root.waitedMs += passedMs;
      if (periodMs == 0 || root.waitedMs < periodMs) continue;
      root.waitedMs = (root.waitedMs - periodMs) % periodMs;
      root.onTick();
      notePeriod(root);
      isChanged = isChanged || root.tickPeriodMs != periodMs;
    }
    if (isChanged) this.followPeriods(mostMs);
  }

  /** Each knows its own calls by their tokens. */
  onHttpCallResponse(token: u32, headers: u32, bodySize: u32, trailers: u32): void {
    for (let i = 0; i < this.roots.length; i++) this.at(i).onHttpCallResponse(token, headers, bodySize, trailers);
  }

  /** Whether all are done. */
  onDone(): bool {
    let isDone = true;
    for (let i = 0; i < this.roots.length; i++) if (!this.at(i).onDone()) isDone = false;
    return isDone;
  }

  onDelete(): void {
    for (let i = 0; i < this.roots.length; i++) this.at(i).onDelete();
  }
}
