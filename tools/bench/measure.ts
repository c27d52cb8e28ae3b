import { twoProcessors } from "./process-cost.js";
import { type Place, RunningVariant } from "./running-variant.js";
import { quantile } from "./statistics.js";
import type { Variant } from "./variants.js";

export interface MeasureOptions {
  envoy: { path: string };
  rounds: number;
  /** Load of one variant in one round, in seconds. */
  seconds: number;
  signal: AbortSignal;
  /** Told before each round, from 1. */
  onRound: (round: number) => void;
}

/** What was measured of one variant. */
export interface Measured {
  variant: Variant;
  /** CPU microseconds of Envoy per request, one for each round. */
  costs: number[];
  /** Resident memory of Envoy at the end of the last round. */
  residentBytes: number;
}

/** Short, so that many are left alone by whatever else the machine does. About a thousand requests. */
const SLICE_MS = 25;
/** Others can only add to the cost of a slice, hence not the middle one of a round. */
const UNDISTURBED = 0.1;

/**
 * Measures the variants side by side: one Envoy for each, of one worker, all on one processor and the load on another.
 * A round gives every variant its seconds of load in slices by turns, each turn beginning with the next variant; its
 * result is the first decile of a variant's slices. Each round has Envoys of its own, since where code and data of a
 * process happen to lie makes a microsecond of difference.
 * Fails when a variant answers with an error or does not do its job.
 */
export async function measure(variants: readonly Variant[], options: MeasureOptions): Promise<Measured[]> {
  const place = { ...options, processors: await twoProcessors() };
  // Each Envoy and each load has a listener for the end of this process.
  process.setMaxListeners(process.getMaxListeners() + 2 * variants.length);
  const measured = variants.map((variant): Measured => ({ variant, costs: [], residentBytes: 0 }));
  for (let round = 1; round <= options.rounds; round++) {
    options.onRound(round);
    await addRound(measured, place);
  }
  return measured;
}

async function addRound(measured: readonly Measured[], place: Place & { seconds: number }): Promise<void> {
  const running: RunningVariant[] = [];
  try {
    for (const { variant } of measured) running.push(await RunningVariant.start(variant, place));
    const costs = await sliced(running, place);
    const resident = await Promise.all(running.map((one) => one.residentBytes()));
    measured.forEach((one, i) => {
      one.costs.push(costs[i]!);
      one.residentBytes = resident[i]!;
    });
  } catch (error) {
    place.signal.throwIfAborted(); // Ctrl-C reaches Envoy, too, and what fails for that is no fault
    throw error;
  } finally {
    await Promise.all(running.map((one) => one.stop()));
  }
}

/** @returns the cost of each running variant. */
async function sliced(running: readonly RunningVariant[], place: Place & { seconds: number }): Promise<number[]> {
  const slices: number[][] = running.map(() => []);
  for (let turn = 0; turn * SLICE_MS < place.seconds * 1000; turn++) {
    for (let i = 0; i < running.length; i++) {
      place.signal.throwIfAborted();
      const which = (turn + i) % running.length;
      slices[which]!.push(await running[which]!.slice(SLICE_MS));
    }
  }
  return slices.map((costs) => quantile(costs, UNDISTURBED));
}
