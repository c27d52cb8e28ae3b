import type { Capacity } from "./server-queue.js";

/** A time in which load and capacity stay as they are. */
export interface Phase {
  /** Its row in the report; absent: it leads in and is not measured. */
  row?: string;
  seconds: number;
  /** Requests a second, as a multiple of what the whole upstream can carry. */
  load: number;
  /** Share of requests to /slow. */
  slowShare: number;
  capacity: Capacity;
}

export interface Scenario {
  name: string;
  phases: Phase[];
}

/**
 * Milliseconds of a server's time, on average: each request takes from half to one and a half of it. Four times as much
 * still leaves time before the deadline.
 */
export const WORK_MS = { fast: 20, slow: 60 };
export const FULL: Capacity = { servers: 12, slowdown: 1, delayMs: 0 };
const SLOW_SHARE = 0.25;
/** Requests a second that the whole upstream can carry. */
export const CAPACITY = (FULL.servers * 1000) / meanWorkMs(SLOW_SHARE);

const SECONDS = 6;

/** Calm, so that every limiter has found its way. */
const lead = (load = 0.5): Phase => phase({ seconds: 3, load });

function phase(given: Partial<Omit<Phase, "capacity">> & { capacity?: Partial<Capacity> }): Phase {
  const { capacity = {}, ...rest } = given;
  return { seconds: SECONDS, load: 0.8, slowShare: SLOW_SHARE, ...rest, capacity: { ...FULL, ...capacity } };
}

const steady = (load: number): Scenario => ({
  name: `${load}x`,
  phases: [lead(), phase({ row: `${load} times the capacity`, load })],
});

/** Four fifths of the capacity all the time, most of which is gone for a while. */
const fall = (name: string, rows: [gone: string, back: string], capacity: Partial<Capacity>): Scenario => ({
  name,
  phases: [lead(0.8), phase({ row: rows[0], seconds: 8, capacity }), phase({ row: rows[1] })],
});

/** A load that the upstream can carry all the time, though the mean request is more than twice as much work after. */
const SHIFT_LOAD = 0.4;

export const SCENARIOS: readonly Scenario[] = [
  steady(0.8),
  steady(2),
  steady(5),
  steady(10),
  fall("fewer", ["a quarter of the servers", "all servers back"], { servers: FULL.servers / 4 }),
  fall("slower", ["every server 4 times slower", "fast again"], { slowdown: 4 }),
  {
    name: "dependency",
    phases: [lead(0.6), phase({ row: "slow dependency, no overload", load: 0.6, capacity: { delayMs: 150 } })],
  },
  {
    name: "mix",
    phases: [
      { ...lead(SHIFT_LOAD), slowShare: 0.05 },
      phase({ row: "mix shift, no overload", seconds: 8, load: SHIFT_LOAD, slowShare: 0.7 }),
    ],
  },
];

function meanWorkMs(slowShare: number): number {
  return WORK_MS.fast * (1 - slowShare) + WORK_MS.slow * slowShare;
}
