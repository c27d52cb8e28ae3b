import { fromLatin1, type PropertyMap, type PropertyValue, utf8ByteString } from "../../tools/host/index.js";
import type { Condition } from "./canary-conditions.js";
import { fits, foundIn, type Sent, type Source } from "./ratelimit-request-oracle.js";

// What the README says of conditions, in the plainest way. Values are byte strings.

type Test = Record<string, unknown>;
/** What is not said of a value, such as whether an expression matches bytes that are no text, is "perhaps". */
export type Verdict = boolean | "perhaps";

/** What conditions see of a request. */
export interface Seen {
  sent: Sent;
  claims?: PropertyMap | undefined;
  /** Whether a list has an id. */
  has(list: string, id: string): boolean;
}

/** Whether a condition holds for a request. */
export function holds(condition: Condition, seen: Seen): Verdict {
  const [[kind, inner]] = Object.entries(condition) as [[string, unknown]];
  if (kind === "all") return every((inner as Condition[]).map((one) => holds(one, seen)));
  if (kind === "any") return not(every((inner as Condition[]).map((one) => not(holds(one, seen)))));
  if (kind === "not") return not(holds(inner as Condition, seen));
  const { name, ...test } = inner as Test & { name?: string };
  if (kind === "client_address") return isIn(test, seen.sent);
  if (kind === "claim") return claimHolds(claimOf(seen.claims, name!), test, seen);
  const value = foundIn({ [kind]: name ?? true } as Source, seen.sent);
  if ("present" in test) return (value !== undefined) === test["present"];
  return value !== undefined && passes(value, test, seen);
}

export function every(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes(false)) return false;
  return verdicts.includes("perhaps") ? "perhaps" : true;
}

function not(verdict: Verdict): Verdict {
  return verdict === "perhaps" ? verdict : !verdict;
}

function passes(value: string, test: Test, seen: Seen): Verdict {
  const [[kind, operand]] = Object.entries(test) as [[string, unknown]];
  if (kind === "in") return (operand as string[]).some((text) => utf8ByteString(text) === value);
  if (kind === "in_list") return seen.has(operand as string, value);
  if (kind === "template") return fits(operand as string, value);
  if (kind === "regex") return matches(value, operand as string);
  const text = utf8ByteString(operand as string);
  return kind === "exact" ? value === text : kind === "prefix" ? value.startsWith(text) : value.endsWith(text);
}

function matches(value: string, regex: string): Verdict {
  if (value.length > 8192) return false;
  const text = Buffer.from(fromLatin1(value)).toString();
  return text.includes("\ufffd") ? "perhaps" : new RegExp(`^(?:${regex.replace("/.*", "/[^\\n]*")})$`, "u").test(text);
}

/** The claim at a name, or at names in one another. */
export function claimOf(claims: PropertyMap | undefined, name: string | string[]): PropertyValue | undefined {
  let value: PropertyValue | undefined = claims;
  for (const segment of [name].flat()) value = (value as PropertyMap | undefined)?.[segment];
  return value;
}

function claimHolds(claim: PropertyValue | undefined, test: Test, seen: Seen): Verdict {
  if ("present" in test) return (claim !== undefined) === test["present"];
  if (claim === undefined) return false;
  const all = Array.isArray(claim)
    ? (claim as PropertyValue[])
    : typeof claim === "object"
      ? Object.keys(claim)
      : [claim];
  return not(every(all.map((one) => not(passes(utf8ByteString(String(one)), test, seen)))));
}

function isIn(test: Test, sent: Sent): boolean {
  const { in: ranges, ...hops } = test as { in: string[]; trusted_hops?: number };
  const client = addressBits(foundIn({ client_address: { ...hops, ipv6_prefix: 128 } }, sent));
  return client !== undefined && ranges.some((range) => RANGE_BITS[range]!.some((prefix) => client.startsWith(prefix)));
}

/** The 128 bits of what stands for an address, IPv4 as in IPv6 notation; undefined for other texts. */
function addressBits(found: string | undefined): string | undefined {
  const [, family, number] = /^([46]) ([0-9]+)$/.exec(found ?? "") ?? [];
  if (number === undefined) return undefined;
  return family === "6"
    ? `6${BigInt(number).toString(2).padStart(128, "0")}`
    : `4${BigInt(number).toString(2).padStart(32, "0")}`;
}

const bits = (family: string, ...groups: [value: number, bits: number][]): string =>
  family + groups.map(([value, width]) => value.toString(2).padStart(width, "0")).join("");

/** Of each range the family and the bits that its addresses begin with. */
const RANGE_BITS: Record<string, string[]> = {
  "10.0.0.0/8": [bits("4", [10, 8])],
  "10.0.0.1": [bits("4", [0x0a000001, 32])],
  "2001:db8::/32": [bits("6", [0x20010db8, 32])],
  "2001:db8:0:1::/64": [bits("6", [0x20010db8, 32], [1, 32])],
  "::ffff:10.0.77.0/120": [bits("4", [0x0a004d, 24])],
  "::/0": ["6"],
  "0.0.0.0/0": ["4"],
};
