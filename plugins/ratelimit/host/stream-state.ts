import { Verdict } from "../answer/verdict";

/** What is kept of one stream from one callback to the next. */
@final
export class StreamState {
  /** Whether it counts as in flight. */
  isInside: bool = false;
  /** When it was let in. */
  enteredNs: u64 = 0;
  /** The class that its latency counts in; 0: it is not timed. */
  latencyClass: u64 = 0;
  /** What its client is to be told. */
  readonly verdict: Verdict = new Verdict();

  /** Another stream. */
  begin(): void {
    this.isInside = false;
    this.latencyClass = 0;
    this.verdict.clear();
  }
}
