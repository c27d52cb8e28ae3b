import fc from "fast-check";
import { type HeaderList, utf8ByteString } from "../../tools/host/index.js";
import type { CanaryConfig, HeaderMatch } from "./canary.js";
import { headerValues } from "./fuzz-inputs.js";

const HEADERS = ["x-user-id", "x-env", "x-group", "x-a_b.c~"];
const ARMS = ["v1", "v2", "V3.1-rc_1"];
const VALUES = [
  "1001",
  "1002",
  "01001",
  "0",
  "999999999999999999",
  "18446744073709551617",
  "alice",
  "alice-2",
  "é",
  "v2",
];
/** What may stand in a configuration as a value to compare with. */
const plainText = fc
  .oneof(fc.constantFrom(...VALUES), fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }))
  .filter((text) => /^[^\0-\x20\x7f]([^\0-\x08\x0a-\x1f\x7f]*[^\0-\x20\x7f])?$/.test(text));

const header = fc.constantFrom(...HEADERS);
const headerMatch: fc.Arbitrary<HeaderMatch["header"]> = fc.oneof(
  fc.record({ name: header, exact: plainText }),
  fc.record({ name: header, prefix: plainText }),
  fc.record({ name: header, in: fc.array(plainText, { minLength: 1, maxLength: 12 }) }),
);
const percent = fc.oneof(
  fc.constantFrom(0, 100),
  fc.integer({ min: 0, max: 10_000 }).map((places) => places / 100),
);
const arm = fc.constantFrom(...ARMS);

/** A rule that the oracle below understands. */
interface SimpleRule {
  name: string;
  arm: string;
  match?: HeaderMatch;
  percent?: number;
  key?: { header: string };
  salt?: string;
}

export interface SimpleConfig extends CanaryConfig {
  rules: SimpleRule[];
}

const outcome: fc.Arbitrary<Omit<SimpleRule, "name">> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ arm, match: fc.record({ header: headerMatch }) }) },
  { weight: 2, arbitrary: fc.record({ arm, percent, key: fc.record({ header }), salt: fc.string({ minLength: 1 }) }) },
);

/** Configurations that the plugin must accept. */
export const goodConfigurations: fc.Arbitrary<SimpleConfig> = fc
  .record(
    {
      decision_header: fc.constantFrom("x-canary", "x-arm"),
      default: arm,
      rules: fc.array(outcome, { maxLength: 5 }),
    },
    { requiredKeys: ["rules"] },
  )
  .map(({ rules, ...rest }) => ({
    ...rest,
    rules: rules.map((rule, i) => ({ name: `r${i}`, ...rule })),
  }));

/** Requests with the headers that a configuration looks at, often repeated, and with its decision header. */
export function requests(config: SimpleConfig): fc.Arbitrary<HeaderList> {
  const texts = config.rules.flatMap(
    ({ match }) => match?.header.in ?? match?.header.exact ?? match?.header.prefix ?? [],
  );
  const value = headerValues([...texts, ...VALUES].map(utf8ByteString));
  const name = fc.constantFrom(...HEADERS, config.decision_header ?? "x-canary", "x-other");
  return fc.array(fc.tuple(name, value), { maxLength: 6 });
}

/**
 * The arms that a request may get by the README: one, or some where a share between 0 and 100 percent decides.
 * undefined stands for no decision header.
 */
export function possibleArms(config: SimpleConfig, headers: HeaderList): Set<string | undefined> {
  const arms = new Set<string | undefined>();
  for (const rule of config.rules) {
    const held = holds(rule, headers);
    if (held !== false) arms.add(rule.arm);
    if (held === true) return arms;
  }
  return arms.add(config.default);
}

function holds({ match: condition, percent: share, key }: SimpleRule, headers: HeaderList): boolean | "perhaps" {
  const match = condition?.header;
  const name = match?.name ?? key!.header;
  const value = headers.find(([other]) => other === name)?.[1] ?? "";
  if (match?.in) return match.in.some((id) => utf8ByteString(id) === value);
  if (match?.exact !== undefined) return value === utf8ByteString(match.exact);
  if (match?.prefix !== undefined) return value.startsWith(utf8ByteString(match.prefix));
  return share === 100 ? true : share === 0 || value === "" ? false : "perhaps";
}
