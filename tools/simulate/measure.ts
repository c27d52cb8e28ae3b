import { quantile } from "../bench/statistics.js";
import type { Ended, Got, RunRecord, Slot } from "./record.js";
import { measuredPhase, type Scenario } from "./scenario.js";

/** What a run came to in the time that counts. Shares are 0 to 1. */
export interface Measures {
  /**
   * Server time of requests that were answered in time, of what the upstream could give or, if less was asked for, of
   * what was asked for.
   */
  goodput: number;
  p50Ms: number;
  p99Ms: number;
  /** As multiples of what the same requests would have taken without others; undefined when none was answered. */
  p50Times: number | undefined;
  p99Times: number | undefined;
  /** Of all requests; every rejection is false unless the phase is overload. */
  rejected: number;
  /** Admitted, but answered 5xx, too late or never, of all requests. */
  wasted: number;
  /** Until goodput, in any second of ten, stays at 0.85; undefined when that takes longer or cannot be told. */
  secondsTo85: number | undefined;
  settles: boolean;
  /** Requests of each priority that were answered in time, of those that came. */
  priorities: Record<string, number>;
  /** Jain's index over users of one priority, and over the workers by what each was offered; 1 is equal. */
  userFairness: number | undefined;
  workerFairness: number;
  /** How much longer the median takes at the end than at the beginning. */
  drift: number | undefined;
}

const SETTLED = 0.85;
const SETTLING_MS = 10_000;
const WINDOW_MS = 1000;
/** Fewer requests than that in a window say nothing of goodput. */
const TELLING_REQUESTS = 50;
/** What drift compares. */
const DRIFT_MS = 30_000;

/** The time that counts, in milliseconds from the beginning of a run. */
export function countedTime(scenario: Scenario): { beginMs: number; fromMs: number; toMs: number } {
  const measured = measuredPhase(scenario);
  const before = scenario.phases.slice(0, measured).reduce((sum, { seconds }) => sum + seconds, 0);
  const beginMs = before * 1000;
  const toMs = beginMs + scenario.phases[measured]!.seconds * 1000;
  return { beginMs, fromMs: Math.min(toMs, beginMs + scenario.settleSeconds * 1000), toMs };
}

/** Works out what a run came to. */
export function measure(scenario: Scenario, record: RunRecord): Measures {
  const { beginMs, fromMs, toMs } = countedTime(scenario);
  const slots = (start: number, end: number): Slot[] => record.slots.slice(start / record.slotMs, end / record.slotMs);
  const counted = slots(fromMs, toMs);
  const latencies = record.ended.map(({ latencyMs }) => latencyMs);
  const unloaded = record.ended.filter(({ ending }) => ending === "ok").map(({ unloadedMs }) => unloadedMs);
  const p50Ms = latencies.length > 0 ? quantile(latencies, 0.5) : NaN;
  const p99Ms = latencies.length > 0 ? quantile(latencies, 0.99) : NaN;
  const times = (value: number, part: number): number | undefined =>
    unloaded.length > 0 ? value / quantile(unloaded, part) : undefined;
  const offered = sum(counted, "offered");
  const wasted = record.ended.filter(({ ending }) => ending !== "ok").length;
  return {
    goodput: goodput(counted),
    p50Ms,
    p99Ms,
    p50Times: times(p50Ms, 0.5),
    p99Times: times(p99Ms, 0.99),
    rejected: sum(counted, "rejected") / Math.max(1, offered),
    wasted: wasted / Math.max(1, offered),
    ...settling(slots(beginMs, Math.min(toMs, beginMs + SETTLING_MS)), record.slotMs),
    priorities: Object.fromEntries([...record.byPriority].map(([name, got]) => [name, served(got)])),
    userFairness:
      scenario.priorities.length === 0 && record.byUser.size > 0
        ? jain([...record.byUser.values()].map(({ good }) => good))
        : undefined,
    workerFairness: jain([...record.byWorker.values()].map(served)),
    drift: scenario.drift ? drift(record.ended, fromMs, toMs) : undefined,
  };
}

function goodput(slots: readonly Slot[]): number {
  const possible = Math.min(sum(slots, "offeredMs"), sum(slots, "capacityMs"));
  return possible > 0 ? Math.min(1, sum(slots, "goodMs") / possible) : 1;
}

/** When the last second with too little goodput began, and that it did not last. */
function settling(slots: readonly Slot[], slotMs: number): { secondsTo85: number | undefined; settles: boolean } {
  const width = WINDOW_MS / slotMs;
  const windows = Math.max(0, slots.length - width + 1);
  if (sum(slots, "offered") < TELLING_REQUESTS * (slots.length / width))
    return { secondsTo85: undefined, settles: true };
  let settled = windows;
  while (settled > 0 && goodput(slots.slice(settled - 1, settled - 1 + width)) >= SETTLED) settled--;
  const settles = settled < windows;
  return { secondsTo85: settles ? (settled * slotMs) / 1000 : undefined, settles };
}

function drift(ended: readonly Ended[], fromMs: number, toMs: number): number {
  const median = (start: number, end: number): number =>
    quantile(
      ended.filter(({ endedMs }) => endedMs >= start && endedMs < end).map(({ latencyMs }) => latencyMs),
      0.5,
    );
  return median(toMs - DRIFT_MS, toMs) / median(fromMs, fromMs + DRIFT_MS) - 1;
}

/** Jain's fairness index: 1 when all are equal, 1/n when one has everything. */
function jain(values: readonly number[]): number {
  const total = values.reduce((sum, value) => sum + value, 0);
  const squares = values.reduce((sum, value) => sum + value * value, 0);
  return squares > 0 ? (total * total) / (values.length * squares) : 1;
}

const served = ({ offered, good }: Got): number => (offered > 0 ? good / offered : 1);

function sum(slots: readonly Slot[], what: "offered" | "rejected" | "offeredMs" | "goodMs" | "capacityMs"): number {
  return slots.reduce((total, slot) => total + slot[what], 0);
}
