import { setTimeout as sleep } from "node:timers/promises";
import { ConnectionFailed } from "./failure.js";
import type { Answer } from "./transport.js";

/** How often and how soon a request is made again. */
export interface RetryPolicy {
  /** All attempts, the first one with them. */
  attempts: number;
  /** Before the second attempt, in milliseconds; each later wait is twice as long. */
  firstMs: number;
  /** A registry that asks for a longer wait is not waited for. */
  mostMs: number;
  /** From 0 to 1, by which waits of many clients differ. */
  random: () => number;
}

export const RETRY: RetryPolicy = { attempts: 4, firstMs: 500, mostMs: 30_000, random: Math.random };

const PASSING = [429, 500, 502, 503, 504];

/**
 * Makes a request, again where that may help: after a lost connection, too many requests, or a fault of the registry.
 * @returns the last answer. Fails as the last attempt does.
 */
export async function retried(
  attempt: () => Promise<Answer>,
  policy: RetryPolicy,
  now: () => number,
  signal?: AbortSignal,
): Promise<Answer> {
  for (let made = 1; ; made++) {
    const last = made >= policy.attempts;
    let wait = policy.firstMs * 2 ** (made - 1) * (0.5 + policy.random());
    try {
      const answer = await attempt();
      if (last || !PASSING.includes(answer.status)) return answer;
      const asked = retryAfterMs(answer.headers["retry-after"], now());
      if (asked !== undefined && asked > policy.mostMs) return answer;
      wait = Math.max(wait, asked ?? 0);
    } catch (error) {
      if (last || !(error instanceof ConnectionFailed && error.mayPass)) throw error;
    }
    await sleep(wait, undefined, { signal }).catch(() => signal?.throwIfAborted());
  }
}

/** What Retry-After asks for: seconds, or a date. Undefined when it is neither. */
export function retryAfterMs(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}
