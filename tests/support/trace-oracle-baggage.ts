// Baggage as its text has it, in the plainest way: split, match, join. https://www.w3.org/TR/baggage/
import type { HeaderList } from "../../tools/host/index.js";
import { trimmed } from "./trace-oracle-context.js";

/** What of baggage goes on. */
export interface BaggageRules {
  allow?: string[];
  deny?: string[];
  max_members?: number;
  max_bytes?: number;
  max_member_bytes?: number;
}

const TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";
const OCTETS = "[\\x21\\x23-\\x2b\\x2d-\\x3a\\x3c-\\x5b\\x5d-\\x7e]*";
const OWS = "[ \\t]*";
/** One with nothing in it is none, and does no harm. */
const PROPERTY = `(?:${TOKEN}${OWS}(?:=${OWS}${OCTETS})?)?`;
/** https://www.w3.org/TR/baggage/#definition */
const MEMBER = new RegExp(`^(${TOKEN})${OWS}=${OWS}${OCTETS}(?:${OWS};${OWS}${PROPERTY})*$`);

const decoded = (name: string) =>
  name.replace(/%([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));

/** Capitals do not matter: in headers named by them they are lost. */
function isNamed(name: string, patterns: readonly string[]): boolean {
  const lower = name.toLowerCase();
  const isLike = (pattern: string) =>
    pattern.endsWith("*") ? lower.startsWith(pattern.slice(0, -1)) : lower === pattern;
  return patterns.map((pattern) => pattern.toLowerCase()).some(isLike);
}

/** Whether baggage of this name may go on. */
export function mayPass(name: string, { allow, deny = [] }: BaggageRules, trusted: boolean): boolean {
  if (isNamed(name, deny) || isNamed(decoded(name), deny)) return false;
  return allow === undefined ? trusted : isNamed(name, allow);
}

/** The name of a member; undefined for what is none. */
export function memberName(member: string): string | undefined {
  return MEMBER.exec(member)?.[1];
}

/** The values of the headers `baggage` that go on, where no other form of baggage is read or written. */
export function baggageLeft(sent: HeaderList, rules: BaggageRules, trusted: boolean): string[] {
  const { max_members: mostMembers = 64, max_bytes: mostBytes = 8192, max_member_bytes: mostEach = 8192 } = rules;
  const values = sent.filter(([name]) => name === "baggage").map(([, value]) => value);
  const all = values
    .flatMap((value) => value.split(","))
    .map(trimmed)
    .filter(Boolean);
  const kept: string[] = [];
  for (const member of all) {
    const name = memberName(member);
    const isGood = name !== undefined && mayPass(name, rules, trusted) && member.length <= mostEach;
    const isWithin = kept.length < mostMembers && [...kept, member].join(",").length <= mostBytes;
    if (isGood && isWithin) kept.push(member);
  }
  if (kept.length === all.length && values.join(",").length <= mostBytes) return values;
  return kept.length > 0 ? [kept.join(",")] : [];
}
