import { describe, test } from "node:test";
import {
  assertKeeps,
  BUSY_AGAIN,
  BUSY_FROM_THE_STEP_ON,
  CALM,
  CRITICAL,
  FAIR_TO_WORKERS,
  OVERLOAD,
  type Promised,
  RECOVERY,
} from "../support/simulation.js";

// `npm run simulate` prints the whole table, beside other limiters.

/** Scenario, seconds of its measured phase, numbers of workers, what is promised. */
type Row = [scenario: string, seconds: number, workers: number[], promises: readonly Promised[]];

const OVERLOADED: Row[] = [
  ["overload-2x", 10, [1, 2, 4], OVERLOAD],
  ["overload-5x", 10, [1, 2, 4], OVERLOAD],
  ["overload-10x", 10, [1, 2, 4], OVERLOAD],
  ["overload-2x-leaving", 10, [2], OVERLOAD],
  ["half-speed", 10, [2], OVERLOAD],
  ["quarter-speed", 20, [1, 2, 4], OVERLOAD],
  ["quarter-servers", 20, [1, 2, 4], OVERLOAD],
  ["skewed-2x", 10, [4], [...OVERLOAD, FAIR_TO_WORKERS]],
  ["one-worker-2x", 10, [4], OVERLOAD],
  ["idle-burst", 10, [4], OVERLOAD],
  ["clock-ahead-2x", 10, [2], OVERLOAD],
  ["few-quarter-servers", 8, [1, 2, 4], BUSY_FROM_THE_STEP_ON],
];

const NOT_OVERLOADED: Row[] = [
  ["steady", 20, [1, 4], CALM],
  ["steady-exponential", 20, [4], CALM],
  ["steady-lognormal", 20, [4], CALM],
  ["mix-shift", 30, [1, 4], CALM],
  ["mix-shift-waiting", 30, [4], CALM],
  ["mix-shift-back", 30, [4], CALM],
  ["slow-dependency", 30, [1, 4], CALM],
  ["slow-dependency-most", 30, [4], CALM],
  ["sparse", 300, [1, 4], CALM],
  ["idle-normal", 20, [4], CALM],
  ["skewed", 20, [4], CALM],
  ["one-worker", 20, [4], CALM],
  ["clock-back", 10, [2], CALM],
  ["restored", 10, [2], RECOVERY],
  ["paused", 10, [2], RECOVERY],
  ["few-restored-servers", 6, [1, 2, 4], BUSY_AGAIN],
  ["few-slow-dependency", 6, [1, 2, 4], BUSY_AGAIN],
];

const PRIORITIES: Row[] = [["priorities-10x", 10, [1, 4], CRITICAL]];

const GROUPS: [what: string, rows: Row[]][] = [
  ["keeps the upstream busy and quick under overload:", OVERLOADED],
  ["rejects nothing that can be served:", NOT_OVERLOADED],
  ["serves what is critical:", PRIORITIES],
];

for (const [what, rows] of GROUPS) {
  describe(`the adaptive limit, simulated, ${what}`, () => {
    for (const [scenario, seconds, counts, promises] of rows) {
      for (const workers of counts) {
        const several = workers === 1 ? "1 worker" : `${workers} workers`;
        test(`${scenario}, ${several}`, () => assertKeeps(scenario, { workers, seconds }, promises));
      }
    }
  });
}
