import { type Answer, counted, type Send, valuesOf } from "./exchange.js";
import type { Row } from "./scenario.js";

/**
 * The policy's quota is 5 a minute with a burst of 5: a user who has spent it gets the next request after 12 s, and is
 * told so or up to a tenth more.
 */
const LONGEST_WAIT_SECONDS = 14;

/**
 * Requests under the quota of /api. All rows together take far less than the 12 s after which a user would get another
 * request, so that the counts are exact.
 */
export const ratelimitRows: readonly Row[] = [
  {
    plugin: "ratelimit",
    sent: "alice: 7 x /api, quota 5 a minute",
    expected: `5 x 200, 2 x 429 Retry-After <= ${LONGEST_WAIT_SECONDS}`,
    see: (send) => burst(send, 7, "/api/orders", "alice"),
  },
  {
    plugin: "ratelimit",
    sent: "bob, meanwhile: 3 x /api",
    expected: "3 x 200",
    see: (send) => burst(send, 3, "/api/orders", "bob"),
  },
  {
    plugin: "ratelimit",
    sent: "alice: 10 x /health, which has no rule",
    expected: "10 x 200",
    see: (send) => burst(send, 10, "/health", "alice"),
  },
];

async function burst(send: Send, count: number, path: string, user: string): Promise<string> {
  const outcomes: string[] = [];
  for (let i = 0; i < count; i++) outcomes.push(inWords(await send({ path, headers: [["x-user", user]] })));
  return counted(outcomes);
}

function inWords({ status, headers, upstream }: Answer): string {
  if (upstream) return String(status);
  const [seconds = "missing"] = valuesOf(headers, "retry-after");
  const asExpected = /^\d+$/.test(seconds) && Number(seconds) >= 1 && Number(seconds) <= LONGEST_WAIT_SECONDS;
  return `${status} Retry-After ${asExpected ? `<= ${LONGEST_WAIT_SECONDS}` : seconds}`;
}
