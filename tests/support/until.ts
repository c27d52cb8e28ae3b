import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";

const POLL_MS = 50;

/** Asks again and again until something holds; fails, saying what does not, if it does not in time. */
export async function until(
  what: string | (() => string),
  mostMs: number,
  holds: () => Promise<boolean> | boolean,
): Promise<void> {
  const end = Date.now() + mostMs;
  while (!(await holds())) {
    assert.ok(Date.now() < end, `after ${mostMs} ms it is not so that ${typeof what === "string" ? what : what()}`);
    await delay(POLL_MS);
  }
}

/** The same until there is an answer. */
export async function untilThere<T>(
  what: string | (() => string),
  mostMs: number,
  ask: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  let answer: T | undefined;
  await until(what, mostMs, async () => (answer = await ask()) !== undefined);
  return answer!;
}
