import { describe, test } from "node:test";
import { assertKeeps, FAIR, STEADY_FOR_LONG } from "../support/simulation.js";

// Apart from ratelimit-simulation.test.ts, so that both run at the same time.

describe("the adaptive limit, simulated for long,", () => {
  test("does not drift in 6 minutes of overload", () =>
    assertKeeps("sustained-2x", { workers: 2, seconds: 360 }, STEADY_FOR_LONG));

  test("serves equal users alike", () => assertKeeps("users-2x", { workers: 4, seconds: 30 }, FAIR));
});
