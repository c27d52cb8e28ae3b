import { isObject } from "../is-object.js";
import { type Delta, placesOf, type Step } from "./deltas.js";
import { ITEM, shortHash, summaryOf } from "./summary.js";
import { unitOf } from "./units.js";

/** A text longer than this is cut. */
const MAX_TEXT = 200;
const MAX_DEPTH = 20;

/** A path as it is written in messages: `rules["per-user"].quota.requests`, `windows[0].from`. */
export function pathText(path: readonly Step[]): string {
  const steps = path.map((step) => {
    if (typeof step === "string") return /^[\w-]+$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
    return `[${typeof step.item === "number" ? step.item : JSON.stringify(step.item)}]`;
  });
  return steps.join("").replace(/^\./, "");
}

/** The two values of a difference in words, as far as they may be seen. */
export function shownPair({ path, old, new: now, around }: Delta): { old: string; new: string } {
  const keys = placesOf(path);
  const [before, after] = [cut(withUnit(keys, old, around.old)), cut(withUnit(keys, now, around.new))];
  if (before !== after) return { old: before, new: after };
  const told = (value: unknown): string => `${before} (sha256 ${shortHash(value)})`; // what differs was cut off
  return { old: told(old), new: told(now) };
}

function withUnit(keys: readonly string[], value: unknown, around: unknown): string {
  return `${shown(value, keys)}${unitOf(keys.at(-1) ?? "", value, around)}`;
}

/** A value on one line. Ids and secrets in it are summed up. @param keys that lead to it. */
export function shown(value: unknown, keys: readonly string[] = [], depth = 0): string {
  if (value === undefined) return "not set";
  const summary = summaryOf(keys, value);
  if (summary) return summary.text;
  if (typeof value === "string") return isPlain(value) ? value : JSON.stringify(value);
  if (depth > MAX_DEPTH) return "...";
  if (Array.isArray(value)) return `[${value.map((item) => shown(item, [...keys, ITEM], depth + 1)).join(", ")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, inner]) => {
    return `${key}: ${shown(inner, [...keys, key], depth + 1)}${unitOf(key, inner, value)}`;
  });
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}

/** Whether a text cannot be taken for a value of another type, nor its end for that of something else. */
function isPlain(text: string): boolean {
  return /^[\w./:@%+{}|*#-]+$/.test(text) && !/^(true|false|null|[-+]?[\d.]+(e[-+]?\d+)?)$/i.test(text);
}

export function cut(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}...`;
}
