import { parseExpression } from "../../../../plugins/ratelimit/conditions/parser";
import { Program } from "../../../../plugins/ratelimit/conditions/program";
import { SignalSource, SignalTable } from "../../../../plugins/ratelimit/conditions/signals";

/** Signals as a spec sets them; all others are unknown. */
export class Readings extends SignalSource {
  readonly table: SignalTable = new SignalTable();
  private readonly values: Map<i32, f64> = new Map<i32, f64>();
  private wallNs: u64 = 0;

  set(name: string, value: f64): Readings {
    this.values.set(this.table.signals[this.table.slotOf(name)], value);
    return this;
  }

  /** Time of day, on the 20,000th day of the epoch. */
  at(hours: i32, minutes: i32, seconds: i32): Readings {
    const ofDay = (hours * 60 + minutes) * 60 + seconds;
    this.wallNs = (20_000 * 86_400 + <u64>ofDay) * 1_000_000_000;
    return this;
  }

  value(signal: i32): f64 {
    return this.values.has(signal) ? this.values.get(signal) : NaN;
  }

  /** The truth value of an expression that is meant to be right. */
  truth(text: string): f64 {
    const parsed = parseExpression(text, this.table);
    assert(parsed.problem == "", text + ": " + parsed.problem);
    return this.run(parsed.program);
  }

  run(program: Program): f64 {
    this.table.refresh(this, NaN, this.wallNs);
    return program.run(this.table);
  }
}

/** What is wrong with an expression, "" when nothing is. */
export function problemOf(text: string): string {
  return parseExpression(text, new SignalTable()).problem;
}
