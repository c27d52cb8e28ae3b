import fc from "fast-check";
import type { CanaryConfig } from "./canary.js";
import { CLAIMS, type Condition, conditions, COOKIES, HEADERS, PARAMETERS } from "./canary-conditions.js";
import { type Lane, lanes } from "./canary-lanes.js";
import { type ListConfig, namedLists } from "./canary-lists.js";
import { type Part, percents, type Ramp, type Schedule, schedules, splits } from "./canary-shares.js";
import type { Source } from "./ratelimit-request-oracle.js";

// Configurations with everything of the schema, which the plugin must accept.

/** A source as canary has it: of claims, too. */
export type CanarySource = Source & { claim?: { name: string | string[] } };
export type Key = CanarySource & { assign_cookie?: { name: string } };

/** A rule that the oracle understands. */
export interface Rule {
  name: string;
  match?: Condition;
  schedule?: Schedule;
  arm?: string;
  percent?: number | Ramp;
  split?: Part[];
  key?: Key;
  salt?: string;
  lane?: Lane;
}

export interface Config extends CanaryConfig {
  rules: Rule[];
  lists?: Record<string, ListConfig>;
  trusted?: Condition;
  arms?: { name: string; value?: string; abort?: { baseline?: string } }[];
  lane_propagation?: { mode: "edge" | "inbound" | "outbound"; header?: string; by?: string[]; group?: string };
  debug?: { response_header?: string; attribute?: boolean };
}

const ARMS = ["v1", "v2", "V3.1-rc_1", "v4"];
const LISTS = ["testers", "staff"];
/** In place of the one cookie that a configuration assigns. */
const ASSIGNED = "assigned";

const yes = fc.constant(true as const);
const sources: fc.Arbitrary<CanarySource> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ header: fc.constantFrom(...HEADERS) }) },
  fc.record({ cookie: fc.constantFrom(...COOKIES) }),
  fc.record({ query: fc.constantFrom(...PARAMETERS) }),
  fc.record({ path_segment: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ claim: fc.record({ name: fc.constantFrom(...CLAIMS) }) }),
  ...[fc.record({ path: yes }), fc.record({ method: yes }), fc.record({ authority: yes })],
  fc.record({ source_identity: yes }),
  fc.record({
    client_address: fc.oneof(
      yes,
      fc.record(
        {
          trusted_hops: fc.nat(3),
          ipv4_prefix: fc.constantFrom(8, 16, 24, 31, 32),
          ipv6_prefix: fc.constantFrom(16, 32, 56, 64, 100, 128),
        },
        { requiredKeys: [] },
      ),
    ),
  }) as fc.Arbitrary<Source>,
);

const cookies = fc.record(
  {
    name: fc.constantFrom("tg-canary", "__Host-tg", "sid"),
    max_age: fc.constantFrom("1s", "30d", "400d"),
    same_site: fc.constantFrom("strict", "lax", "none"),
    http_only: fc.boolean(),
  },
  { requiredKeys: ["name"] },
);

const arm = fc.constantFrom(...ARMS);
const share = {
  key: fc.oneof({ weight: 3, arbitrary: sources }, { weight: 1, arbitrary: fc.constant(ASSIGNED) }),
  salt: fc.oneof(fc.constantFrom("s", "2026-11"), fc.string({ minLength: 1, maxLength: 20, unit: "grapheme" })),
};
const outcomes: fc.Arbitrary<object> = fc.oneof(
  fc.record({ arm }),
  fc.record({ arm, percent: percents, ...share }),
  fc.record({ split: splits(ARMS), ...share }),
  fc.record({ lane: lanes(sources) }),
);

const duration = fc.constantFrom("10s", "15s");
const aborts = fc.record(
  {
    window: duration,
    min_requests: fc.constantFrom(10, 20),
    errors: fc.record({ more_percent: fc.constantFrom(0.1, 5), above_percent: fc.constantFrom(1, 20) }),
    latency: fc.record(
      { percentile: fc.constantFrom(50, 99.9), above: fc.constantFrom("1ms", "1s") },
      { requiredKeys: [] },
    ),
    dwell: fc.constantFrom("0s", "2s"),
    recover_after: duration,
  },
  { requiredKeys: ["window", "min_requests", "errors", "dwell"] },
);
const special = fc.record({
  of: fc.nat(),
  hasValue: fc.boolean(),
  abort: fc.option(aborts, { nil: undefined, freq: 2 }),
});

const label = { header: fc.constantFrom("x-lane", "x-label") };
const propagation = fc.oneof(
  fc.record({ ...label, mode: fc.constant("edge") }, { requiredKeys: ["mode"] }),
  fc.record(
    {
      ...label,
      mode: fc.constantFrom("inbound", "outbound"),
      group: fc.constant("shop"),
      by: fc.uniqueArray(fc.constantFrom("traceparent", "x-request-id", "x-env"), { minLength: 1 }),
      ttl: fc.constantFrom("1s", "60s", "1h"),
    },
    { requiredKeys: ["mode", "group"] },
  ),
);
const debug = fc.record({ response_header: fc.constant("x-debug"), attribute: fc.boolean() }, { requiredKeys: [] });

/** @param names of the lists that there are. @param rules how many at most. */
function configurationsWith(names: string[], rules: number): fc.Arbitrary<Config> {
  const match = conditions(names);
  const when = fc.record({ match, schedule: schedules }, { requiredKeys: [] });
  const rule = fc.tuple(when, fc.option(match, { nil: undefined }), outcomes).map(([more, matched, outcome]) => ({
    ...more,
    ...(matched ? { match: matched } : {}),
    ...outcome,
  }));
  const drawn = fc.record(
    {
      decision_header: fc.constantFrom("x-canary", "x-arm"),
      default: arm,
      rules: fc.array(rule, { maxLength: rules }),
      ...(names.length > 0 ? { lists: namedLists(names) } : {}),
      trusted: match,
      lane_propagation: fc.option(propagation, { nil: undefined, freq: 2 }),
      debug,
      specials: fc.array(special, { maxLength: 8 }),
      cookie: cookies,
    },
    { requiredKeys: ["rules", "specials", "cookie", ...(names.length > 0 ? (["lists"] as never[]) : [])] },
  );
  return drawn.map(({ specials, cookie, rules, ...rest }) => {
    const named = rules.map((one, i) => ({ name: `r${i}`, ...assigned(one, cookie) }));
    const config = { ...rest, rules: named } as Config;
    const arms = specialArms(config, specials);
    return arms.length > 0 ? { ...config, arms } : config;
  });
}

function assigned(rule: object, cookie: object): object {
  return "key" in rule && rule.key === ASSIGNED ? { ...rule, key: { assign_cookie: cookie } } : rule;
}

/** Names of the arms that rules and the default give. */
export function armsOf(config: Config): string[] {
  const given = config.rules.flatMap(({ arm, split, lane }) => [
    ...(arm === undefined ? [] : [arm]),
    ...(split ?? []).map((part) => part.arm),
    ...(lane?.lanes ?? []),
  ]);
  return [...new Set(config.default === undefined ? given : [config.default, ...given])];
}

function specialArms(config: Config, specials: { of: number; hasValue: boolean; abort?: object | undefined }[]) {
  const arms = armsOf(config);
  const names = new Map(specials.map((one) => [arms[one.of % arms.length], one]));
  return [...names].flatMap(([name, { of, hasValue, abort }]) => {
    if (name === undefined) return [];
    const others = arms.filter((other) => other !== name);
    const baseline = of % 3 === 0 && others.length > 0 ? { baseline: others[of % others.length]! } : {};
    const value = hasValue ? { value: `outbound|80|${name}|é` } : {};
    return [{ name, ...value, ...(abort && name !== config.default ? { abort: { ...baseline, ...abort } } : {}) }];
  });
}

/** Configurations that the plugin must accept. @param rules how many at most. */
export function goodConfigurations(rules: number): fc.Arbitrary<Config> {
  return fc.oneof(
    { weight: 1, arbitrary: configurationsWith([], rules) },
    { weight: 2, arbitrary: configurationsWith(LISTS, rules) },
  );
}
