import { canaryRows } from "./scenario-canary.js";
import { ratelimitRows } from "./scenario-ratelimit.js";
import { traceRows } from "./scenario-trace.js";
import type { Send } from "./exchange.js";

/**
 * One line of the demo's table. What is seen is put in words that are the same on every run when the plugins do their
 * work, so that `expected` is the very text to see.
 */
export interface Row {
  plugin: string;
  /** What is sent, in words. */
  sent: string;
  expected: string;
  /** Sends it and says what came of it; used once. */
  see(send: Send): Promise<string>;
}

export interface SeenRow extends Row {
  seen: string;
}

/** What the policy of envoy-configs/quickstart must do; the same for Envoy and for the Node host. */
export const quickstart: readonly Row[] = [...ratelimitRows, ...canaryRows, ...traceRows];

/** Plays the rows in turn, each request after the answer to the one before. A send that fails becomes what was seen. */
export async function play(rows: readonly Row[], send: Send): Promise<SeenRow[]> {
  const seen: SeenRow[] = [];
  for (const row of rows) {
    const words = await row.see(send).catch((error: unknown) => `failed: ${(error as Error).message}`);
    seen.push({ ...row, seen: words });
  }
  return seen;
}
