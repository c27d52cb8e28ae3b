import { HealthRecord } from "./record";
import { Fault, Verdict } from "./verdict";
import { ArmWatch, Change } from "./watch";

/**
 * What operators are told of a change, after the plugin's name: `arm v2 is taken out for 600 s: 34.0 % of 120 requests
 * failed; 5.5 % were allowed, by 1020 requests of v1`. Allocates.
 * @param arms names by index.
 */
export function changeText(watch: ArmWatch, record: HealthRecord, arms: string[]): string {
  const arm = arms[watch.config.arm];
  if (watch.change == Change.LetIn) return `arm ${arm} is let in again, and watched anew`;
  const seconds = watch.pauseNs(record) / 1_000_000_000;
  const baseline = watch.config.baseline;
  const known = baseline < arms.length ? `requests of ${arms[baseline]}` : "requests without an arm";
  return `arm ${arm} is taken out for ${seconds} s: ${faultText(watch.verdict, known)}`;
}

function faultText(verdict: Verdict, baseline: string): string {
  const slower = `took more than ${tenths(verdict.limitNs / 1e6)} ms`;
  const fault = verdict.fault == Fault.Errors ? "failed" : slower;
  const found = `${tenths((100 * verdict.count) / verdict.requests)} % of ${<u64>verdict.requests} requests ${fault}`;
  const by = verdict.known > 0 ? `, by ${<u64>verdict.known} ${baseline}` : " in any case";
  return `${found}; ${tenths(100 * verdict.allowed)} % were allowed${by}`;
}

function tenths(value: f64): string {
  const rounded = <i64>Math.round(min<f64>(1e15, 10 * value));
  return `${rounded / 10}.${rounded % 10}`;
}
