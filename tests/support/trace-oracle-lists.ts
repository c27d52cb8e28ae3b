// tracestate and baggage as their texts have them, in the plainest way: split, match, join.
import type { HeaderList } from "../../tools/host/index.js";
import { trimmed, valuesOf } from "./trace-oracle-context.js";

const KEY = /^[a-z0-9][a-z0-9_\-*/@]{0,255}$/;
const VALUE = /^[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;
const MAX_MEMBERS = 32;
const MAX_CHARACTERS = 512;
const LARGE = 128;

export type Member = [key: string, value: string];

/** Members of all headers together; undefined for a list that is none. https://www.w3.org/TR/trace-context-2/#list */
export function tracestateMembers(sent: HeaderList): Member[] | undefined {
  const texts = valuesOf(sent, "tracestate")
    .flatMap((value) => value.split(","))
    .map(trimmed)
    .filter(Boolean);
  const members = texts.map((text): Member => {
    const at = text.indexOf("=");
    return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
  });
  const isMember = ([key, value]: Member) => KEY.test(key) && VALUE.test(value);
  return members.length <= MAX_MEMBERS && members.every(isMember) ? members : undefined;
}

/** The list with `key` saying `value` in front, or without it where null. An entry that says so already stays in its place. */
export function changed(members: readonly Member[], key: string, value: string | null): Member[] {
  const own = members.filter(([name]) => name === key);
  if (own.length === 1 && own[0]![1] === value) return [...members];
  const others = members.filter(([name]) => name !== key);
  return value === null ? others : [[key, value], ...others];
}

/**
 * The list as one header once it was changed: whole entries, of more than 32 those at the end go, of more than 512 characters
 * first those over 128, then those at the end. https://www.w3.org/TR/trace-context-2/#tracestate-limits
 */
export function composed(members: readonly Member[]): string {
  const left = members.slice(0, MAX_MEMBERS).map((member) => member.join("="));
  const isTooLong = () => left.join(",").length > MAX_CHARACTERS;
  for (let i = left.length - 1; i >= 0 && isTooLong(); i--) if (left[i]!.length > LARGE) left.splice(i, 1);
  while (isTooLong()) left.pop();
  return left.join(",");
}

/** What OpenTelemetry's entry says. https://opentelemetry.io/docs/specs/otel/trace/tracestate-handling/ */
export interface OtEntry {
  threshold?: bigint;
  randomness?: bigint;
  /** What is not the threshold, in order. */
  others: string[];
}

/** One that is not by its grammar, or says a thing twice, says nothing. */
export function otEntryOf(value: string | undefined): OtEntry {
  const entry: OtEntry = { others: [] };
  const parts = value?.split(";") ?? [];
  if (!parts.every((part) => /^[a-z][a-z0-9]*:[A-Za-z0-9._-]*$/.test(part))) return entry;
  const valueOf = (key: string) =>
    parts.filter((part) => part.startsWith(`${key}:`)).map((part) => part.slice(key.length + 1));
  const [thresholds, randoms] = [valueOf("th"), valueOf("rv")];
  const [threshold, randomness] = [thresholds[0] ?? "", randoms[0] ?? ""];
  const isGood = /^[0-9a-f]{1,14}$/i.test(threshold);
  const isRandom = /^[0-9a-f]{14}$/.test(randomness);
  if ((isGood && thresholds.length > 1) || (isRandom && randoms.length > 1)) return entry;
  if (isGood) entry.threshold = BigInt(`0x${threshold.padEnd(14, "0")}`);
  if (isRandom) entry.randomness = BigInt(`0x${randomness}`);
  entry.others = parts.filter((part) => !part.startsWith("th:"));
  return entry;
}

/** The entry with another threshold; null for one with nothing to say. */
export function otWith({ others }: OtEntry, threshold: bigint | undefined): string | null {
  const digits = threshold?.toString(16).padStart(14, "0").replace(/0+$/, "");
  const parts = digits === undefined ? others : [`th:${digits || "0"}`, ...others];
  return parts.join(";") || null;
}
