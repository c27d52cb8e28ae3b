import type { Field } from "./field.js";
import { headerConditions, pseudoMatch } from "./envoy-headers.js";
import { clashes } from "./limits.js";
import { plainTest, type TextTest } from "./text-test.js";

/** Conditions of a descriptor as the plugin ratelimit writes them, and what of them it cannot say. */
export interface SlimeMatch {
  headers: Record<string, unknown>[];
  query: Record<string, unknown>[];
  /** Conditions on the method, path or host. */
  others: Record<string, unknown>;
  /** Addresses of clients that have a quota of their own each. */
  addresses: string[];
  /** Header whose values have a quota of their own each. */
  separate?: string;
  /** Whether a condition could not be said: the rest holds for more requests. */
  isWider: boolean;
}

/** Reads `match` of a descriptor. What cannot be said is reported at its own place. */
export function readMatch(descriptor: Field): SlimeMatch {
  const result: SlimeMatch = { headers: [], query: [], others: {}, addresses: [], isWider: false };
  for (const matcher of descriptor.at("match")?.items ?? []) readMatcher(matcher, result);
  return result;
}

function readMatcher(matcher: Field, result: SlimeMatch): void {
  const source = matcher.at("match_source")?.text() ?? "HeadMatch";
  const useQuery = matcher.at("useQueryMatch")?.flag() === true;
  if (source === "SourceIpMatch" || source === "3") return readAddresses(matcher, result);
  if (source === "JsonBodyMatch" || source === "2") return widen(matcher, result, "conditions on bodies");
  const name = matcher.at("name")?.text() ?? "";
  const separate = matcher.at("present_match_separate")?.flag() === true;
  if (separate && !useQuery) {
    result.separate = name.toLowerCase();
    result.headers.push({ name: name.toLowerCase(), present: true });
    return;
  }
  const test = readTest(matcher);
  if (!test) return widen(matcher, result, "this test of a value");
  const isInverted = matcher.at("invert_match")?.flag() === true;
  if (useQuery || source === "QueryMatch" || source === "1") {
    if (isInverted)
      matcher.at("invert_match")!.report("TG8105", "Slime inverts no condition on the query, nor does this");
    if ("present" in test) return widen(matcher, result, "presence in the query, which Slime cannot either,");
    result.query.push({ name, ...test });
    return;
  }
  const pseudo = pseudoMatch(name.toLowerCase(), test, isInverted, matcher);
  if (pseudo === "none" || clashes(result.others, pseudo)) return widen(matcher, result, "this test of a value");
  if (pseudo) result.others = { ...result.others, ...pseudo };
  else result.headers.push(...headerConditions(name.toLowerCase(), test, isInverted));
}

const TESTS = ["exact", "prefix", "suffix"] as const;

/** Slime asks for the expression first, then in this order. */
function readTest(matcher: Field): TextTest | undefined {
  const regex = matcher.at("regex_match")?.text();
  if (regex) return plainTest(regex);
  for (const kind of TESTS) {
    const text = matcher.at(`${kind}_match`)?.text();
    if (text) return { [kind]: text } as TextTest;
  }
  if (matcher.at("is_exact_match_empty")?.flag() === true) return undefined;
  return matcher.at("present_match")?.flag() === true ? { present: true } : undefined;
}

function readAddresses(matcher: Field, result: SlimeMatch): void {
  matcher.at("name")?.settle();
  const texts = matcher.at("exact_match")?.text()?.split(",") ?? [];
  result.addresses.push(...texts.map((text) => text.trim()).filter((text) => text !== ""));
  if (texts.length === 0) widen(matcher, result, "an address without exact_match");
}

function widen(matcher: Field, result: SlimeMatch, what: string): void {
  result.isWider = true;
  const remedy = "The rule is a shadow, which counts and rejects nothing: put another condition there, or remove it";
  matcher.report("TG8104", `the plugin ratelimit has no word for ${what}`.replace(/,$/, ""), remedy);
}
