import fc from "fast-check";
import type { HeaderList } from "../../tools/host/index.js";
import { headerValues } from "./fuzz-inputs.js";
import { type Comparison, type Cost, FORWARDED, type Match, type Source } from "./ratelimit-request-oracle.js";

/** A rule as the oracle knows it. */
export interface Rule {
  name: string;
  match?: Match;
  exempt?: Match[];
  key?: Source | Source[];
  quota: { requests: number; per: "second" | "minute" | "hour" | "day"; burst?: number };
  cost?: Cost;
  overrides?: { key: string | string[]; quota?: Rule["quota"]; exempt?: true }[];
  lease?: number;
  enabled_percent?: number;
  enforced_percent?: number;
  shadow?: boolean;
}

export interface Config {
  rules: Rule[];
  max_keys?: number;
  status?: number;
  shadow?: boolean;
}

const HEADERS = ["x-user", "x-plan", "x-agent"];
const PARAMETERS = ["user", "a b", "q"];
const VALUES = ["free", "pro", "curl/8", "alice"];
const PARTS = ["f", "curl/", "al", "e", "/8"];
const PATHS = ["/", "/cart", "/users/1", "/users/2/orders", "/users/1/orders/"];
const TEMPLATES = ["/users/{id}", "/users/{id}/orders", "/{id}/**", "/**", "/cart"];
const HOSTS = ["shop.example", "www.shop.example", "[::1]"];

/** `value` or nothing, evenly unless told otherwise. */
function maybe<Value>(value: fc.Arbitrary<Value>, absent = 1, present = 1): fc.Arbitrary<Value | undefined> {
  return fc.oneof({ weight: present, arbitrary: value }, { weight: absent, arbitrary: fc.constant(undefined) });
}

function oneOf(texts: readonly string[], parts: readonly string[]): fc.Arbitrary<Comparison> {
  return fc.oneof(
    fc.record({ exact: fc.constantFrom(...texts) }),
    fc.record({ prefix: fc.constantFrom(...parts) }),
    fc.record({ suffix: fc.constantFrom(...parts) }),
    fc.record({ in: fc.uniqueArray(fc.constantFrom(...texts), { minLength: 1 }) }),
  );
}

function named(names: readonly string[]): fc.Arbitrary<Comparison & { name: string }> {
  const test = fc.oneof(
    { weight: 4, arbitrary: oneOf(VALUES, PARTS) },
    { weight: 1, arbitrary: fc.record({ present: fc.boolean() }) },
  );
  const all = fc.tuple(fc.constantFrom(...names), test, maybe(fc.boolean()));
  return all.map(([name, how, not]) => ({ name, ...how, not }) as Comparison & { name: string });
}

const path: fc.Arbitrary<Match["path"]> = fc.oneof(
  fc.record({ exact: fc.constantFrom(...PATHS) }),
  fc.record({ prefix: fc.constantFrom("/", "/ca", "/users/") }),
  fc.record({ suffix: fc.constantFrom("/orders", "1", "/") }),
  fc.record({ template: fc.constantFrom(...TEMPLATES) }),
);

const match = fc.record({
  path: maybe(path),
  methods: maybe(fc.uniqueArray(fc.constantFrom("GET", "POST"), { minLength: 1 }), 2),
  authority: maybe(oneOf(HOSTS, ["shop", "www.", "example"]), 3),
  headers: maybe(fc.array(named(HEADERS), { minLength: 1, maxLength: 2 }), 2),
  query: maybe(fc.array(named(PARAMETERS), { minLength: 1, maxLength: 2 }), 2),
}) as fc.Arbitrary<Match>;

const address: fc.Arbitrary<Source["client_address"]> = fc.oneof(
  fc.constant(true as const),
  fc.record(
    {
      trusted_hops: fc.integer({ min: 0, max: 3 }),
      ipv4_prefix: fc.constantFrom(8, 16, 24, 31, 32),
      ipv6_prefix: fc.constantFrom(16, 32, 56, 64, 100, 128),
    },
    { requiredKeys: [] },
  ),
);

/** @param template of the rule's match, for path parameters. */
function source(template: string | undefined): fc.Arbitrary<Source> {
  const yes = fc.constant(true as const);
  const kinds: fc.Arbitrary<Source>[] = [
    fc.record({ header: fc.constantFrom(...HEADERS) }),
    fc.record({ cookie: fc.constantFrom("sid", "user") }),
    fc.record({ query: fc.constantFrom(...PARAMETERS) }),
    ...[fc.record({ path: yes }), fc.record({ method: yes }), fc.record({ authority: yes })],
    ...[fc.record({ source_identity: yes }), fc.record({ grpc_method: yes })],
    fc.record({ path_segment: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ client_address: address }) as fc.Arbitrary<Source>,
    fc.record({ constant: fc.constantFrom("a", "b") }),
  ];
  if (template?.includes("{id}")) kinds.push(fc.constant({ path_parameter: "id" }));
  return fc.oneof(...kinds);
}

const quota = fc.record({
  requests: fc.integer({ min: 1, max: 100 }),
  per: fc.constantFrom("second", "minute", "hour", "day"),
  burst: maybe(fc.integer({ min: 1, max: 20 })),
}) as fc.Arbitrary<Rule["quota"]>;

/** The least burst among a rule's quota and its overrides': what a request may cost. */
export function leastBurst(rule: Pick<Rule, "quota" | "overrides">): number {
  const quotas = [rule.quota, ...(rule.overrides ?? []).flatMap((override) => override.quota ?? [])];
  return Math.min(...quotas.map(({ requests, burst }) => burst ?? requests));
}

function overridesOf(key: Rule["key"]): fc.Arbitrary<Rule["overrides"]> {
  if (key === undefined) return fc.constant(undefined);
  const parts = Array.isArray(key) ? key : [key];
  if (parts.some((part) => part.client_address !== undefined || part.constant !== undefined))
    return fc.constant(undefined);
  const value = fc.constantFrom(...VALUES, "/cart", "1", "GET");
  const values = parts.length === 1 ? value : fc.tuple(...parts.map(() => value));
  const what = fc.oneof(fc.record({ quota }), fc.constant({ exempt: true as const }));
  const override = fc.tuple(values, what).map(([of, how]) => ({ key: of, ...how }));
  return maybe(fc.uniqueArray(override, { minLength: 1, maxLength: 3, selector: ({ key: of }) => JSON.stringify(of) }));
}

function costUpTo(burst: number): fc.Arbitrary<Cost> {
  const cost = fc.integer({ min: 1, max: Math.min(4, burst) });
  const header = fc.tuple(cost, maybe(cost)).map(([max, standard]) => {
    return { header: "x-cost", max, default: standard === undefined ? undefined : Math.min(standard, max) };
  });
  return fc.oneof(fc.record({ constant: cost }), fc.constant({ header: "x-cost" }), header as fc.Arbitrary<Cost>);
}

const rule: fc.Arbitrary<Rule> = fc
  .tuple(
    fc.record({
      match: maybe(
        fc.oneof({ weight: 5, arbitrary: match }, { weight: 1, arbitrary: fc.constant({ otherwise: true as const }) }),
      ),
      exempt: maybe(
        fc.array(
          match.filter((one) => Object.values(one).some(Boolean)),
          { minLength: 1, maxLength: 2 },
        ),
        2,
      ),
      quota,
      lease: maybe(fc.constantFrom(1, 2, 16)),
      enabled_percent: maybe(fc.constantFrom(0, 100), 5),
      enforced_percent: maybe(fc.constantFrom(0, 100), 5),
      shadow: maybe(fc.boolean(), 3),
    }),
  )
  .chain(([given]) => {
    const template = (given.match as Match | undefined)?.path?.template;
    const one = source(template);
    const key = fc.oneof(
      { weight: 3, arbitrary: one },
      { weight: 3, arbitrary: fc.array(one, { minLength: 1, maxLength: 4 }) },
      { weight: 1, arbitrary: fc.constant(undefined) },
    );
    return key.map((chosen) => ({ ...given, key: chosen }));
  })
  .chain((given) => overridesOf(given.key).map((overrides) => ({ ...given, overrides }) as Rule))
  .chain((given) => maybe(costUpTo(leastBurst(given))).map((cost) => withLease({ ...given, cost } as Rule)));

/**
 * A worker that borrows several requests at a time keeps a key scarce after a denial, until there is as much as is worth
 * a loan; so what an expensive request was denied, a cheap one is too. Where costs differ only a lease of 1 is exact.
 */
function withLease(rule: Rule): Rule {
  return rule.cost !== undefined && "header" in rule.cost ? { ...rule, lease: 1 } : rule;
}

/** Configurations that the plugin must accept; without undefined members, as JSON has it. */
export const configurations: fc.Arbitrary<Config> = fc
  .record({
    rules: fc.array(rule, { minLength: 1, maxLength: 6 }),
    max_keys: maybe(fc.integer({ min: 256, max: 2048 })),
    status: maybe(fc.integer({ min: 400, max: 599 })),
    shadow: fc.option(fc.boolean(), { nil: undefined, freq: 4 }),
  })
  .map((config) => {
    const rules = config.rules.map((one, index) => ({ ...one, name: `rule-${index}` }));
    return JSON.parse(JSON.stringify({ ...config, rules })) as Config;
  });

/** A text in one of the ways in which a client can write it in a URL. */
function encoded(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(text, fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }))
    .map(([plain, places]) =>
      [...plain].map((character, i) => (places[i % places.length] ? escapeOf(character) : character)).join(""),
    );
}

function escapeOf(character: string): string {
  return /[a-z0-9 ]/.test(character) ? `%${character.charCodeAt(0).toString(16).padStart(2, "0")}` : character;
}

const target = fc
  .tuple(
    fc.oneof(
      { weight: 4, arbitrary: encoded(fc.constantFrom(...PATHS)) },
      {
        weight: 2,
        arbitrary: fc
          .array(fc.constantFrom("users", "cart", "1", "..", ".", "", "%2e", "%2F", "%75sers", "\\", "%zz"), {
            maxLength: 6,
          })
          .map((parts) => `/${parts.join("/")}`),
      },
      { weight: 1, arbitrary: fc.constantFrom("*", "/?", "//", "/..") },
    ),
    fc.array(
      fc
        .tuple(encoded(fc.constantFrom(...PARAMETERS)), encoded(fc.constantFrom(...VALUES, "", "a b", "%", "x=y")))
        .map(([name, value]) => `${name.replaceAll(" ", "+")}=${value.replaceAll(" ", "+")}`),
      { maxLength: 3 },
    ),
    fc.constantFrom("", "#?user=free"),
  )
  .map(([way, pairs, fragment]) => `${way}${pairs.length > 0 ? "?" : ""}${pairs.join("&")}${fragment}`);

const cookies = fc
  .array(
    fc
      .tuple(fc.constantFrom("sid", "user", "other"), fc.constantFrom("alice", '"alice"', "%61lice", "free", "", '"'))
      .map((pair) => pair.join("=")),
    { minLength: 1, maxLength: 3 },
  )
  .chain((pairs) => fc.constantFrom("; ", ";", " ;\t").map((between) => pairs.join(between)));

const forwarded = fc.array(fc.constantFrom(...FORWARDED), { minLength: 1, maxLength: 4 }).map((all) => all.join(", "));

/** A header or none. */
function sometimes(name: string, value: fc.Arbitrary<string>, absent = 1, present = 1): fc.Arbitrary<HeaderList> {
  return maybe(value, absent, present).map((text) => (text === undefined ? [] : [[name, text]]));
}

/** Requests with what the configurations look at. */
export const requests: fc.Arbitrary<HeaderList> = fc
  .tuple(
    sometimes(":path", target, 1, 5),
    sometimes(":method", fc.constantFrom("GET", "POST", "PUT")),
    sometimes(":authority", fc.constantFrom(...HOSTS, "SHOP.example:80", "shop.example.", "[::1]:8080", "other")),
    sometimes("cookie", cookies),
    sometimes("content-type", fc.constantFrom("application/grpc", "application/grpc+proto", "text/plain"), 2),
    sometimes("x-cost", fc.constantFrom("1", "2", "3", "0003", "0", "-1", "1.5", "99999999999999999999", "x"), 1, 2),
    fc.array(sometimes("x-forwarded-for", forwarded), { maxLength: 2 }).map((lists) => lists.flat()),
    fc.array(fc.tuple(fc.constantFrom(...HEADERS, "x-other"), headerValues(VALUES)), { maxLength: 4 }),
  )
  .map((parts) => parts.flat() as HeaderList);
