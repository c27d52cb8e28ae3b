import type { Field } from "./field.js";
import { clashes } from "./limits.js";
import { plainTest, type TextTest } from "./text-test.js";

/** Envoy's inverted test of a value does not hold for a request without the header. */
export function headerConditions(name: string, test: object, isInverted: boolean): Record<string, unknown>[] {
  if (!isInverted) return [{ name, ...test }];
  if ("present" in test) return [{ name, present: !test.present }];
  return [
    { name, present: true },
    { name, ...test, not: true },
  ];
}

const KINDS = ["exact", "prefix", "suffix"] as const;

/** A match of the plugin ratelimit for Envoy's header matchers; undefined, with a finding, when one cannot be said. */
export function headersMatch(matchers: Field[]): Record<string, unknown> | undefined {
  const headers: Record<string, unknown>[] = [];
  let match: Record<string, unknown> = {};
  for (const matcher of matchers) {
    const name = matcher.at("name")?.text()?.toLowerCase() ?? "";
    const test = headerTest(matcher);
    const isInverted = matcher.at("invert_match")?.flag() === true;
    const pseudo = test && pseudoMatch(name, test, isInverted, matcher);
    if (!test || pseudo === "none" || clashes(match, pseudo)) return cannot(matcher);
    if (pseudo) match = { ...match, ...pseudo };
    else headers.push(...headerConditions(name, test, isInverted));
  }
  return headers.length === 0 ? match : { ...match, headers };
}

/** The same for matchers of parameters of the query. */
export function queryMatch(matchers: Field[]): Record<string, unknown> | undefined {
  const query: Record<string, unknown>[] = [];
  for (const matcher of matchers) {
    const present = matcher.at("present_match")?.flag();
    const test = present === undefined ? stringTest(matcher.at("string_match")) : { present };
    if (!test) return cannot(matcher);
    query.push({ name: matcher.at("name")?.text() ?? "", ...test });
  }
  return { query };
}

function cannot(matcher: Field): undefined {
  matcher.report("TG8104", "the plugin ratelimit has no word for this condition");
  return undefined;
}

/** The test of a matcher, in the form of today or in the ones before. */
function headerTest(matcher: Field): TextTest | undefined {
  const present = matcher.at("present_match")?.flag();
  if (present !== undefined) return { present };
  for (const kind of KINDS) {
    const text = matcher.at(`${kind}_match`)?.text();
    if (text !== undefined) return { [kind]: text } as TextTest;
  }
  const regex = matcher.down("safe_regex_match", "regex")?.text();
  if (regex !== undefined) return plainTest(regex);
  const test = matcher.at("string_match");
  return test ? stringTest(test) : matcher.at("range_match", "contains_match") ? undefined : { present: true };
}

function stringTest(field: Field | undefined): TextTest | undefined {
  if (!field) return undefined;
  const ignoresCase = field.at("ignore_case");
  if (ignoresCase?.flag() === true)
    ignoresCase.report("TG8105", "capitals count here: other spellings are not matched");
  const regex = field.down("safe_regex", "regex")?.text();
  if (regex !== undefined) return plainTest(regex);
  for (const kind of KINDS) {
    const text = field.at(kind)?.text();
    if (text !== undefined) return { [kind]: text } as TextTest;
  }
  return undefined;
}

const PSEUDO = [":method", ":authority", "host", ":path"];

/**
 * Envoy's pseudo-headers are parts of the request of their own here; its path has the query in it. Undefined for other
 * headers, "none" for a pseudo-header that cannot be tested so.
 */
export function pseudoMatch(
  name: string,
  test: TextTest,
  isInverted: boolean,
  from: Field,
): Record<string, unknown> | undefined | "none" {
  if (!name.startsWith(":") && !PSEUDO.includes(name)) return undefined;
  if (isInverted || "present" in test || "regex" in test || !PSEUDO.includes(name)) return "none";
  if (name === ":method")
    return "exact" in test ? { methods: [test.exact] } : "in" in test ? { methods: test.in } : "none";
  if (name !== ":path") return { authority: test };
  const [[kind, text]] = Object.entries(test) as [[string, string | string[]]];
  if (typeof text !== "string") return "none";
  if (kind !== "prefix" || text.includes("?"))
    from.report("TG8105", "Envoy compares the path with its query, this the path alone");
  return { path: { [kind]: text.replace(/\?.*$/s, "") } };
}
