import fc from "fast-check";
import assert from "node:assert/strict";
import { before, test } from "node:test";
import type { HeaderList, PluginModule, Stream } from "../../tools/host/index.js";
import { fuzzConfigurations, fuzzRequests } from "../support/fuzz.js";
import { headerValues, nearby } from "../support/fuzz-inputs.js";
import { pluginModule } from "../support/plugin-module.js";
import { schemaOf } from "../support/plugin-schema.js";
import type { RateLimitConfig, RuleConfig } from "../support/ratelimit.js";

const SEED = Number(process.env["TIDEGATE_FUZZ_SEED"] ?? 20261121);

let module: PluginModule;
before(async () => {
  module = await pluginModule("ratelimit");
});

const HEADERS = ["x-user", "x-plan", "x-agent"];
const VALUES = ["free", "pro", "curl/8", "alice"];
const PREFIXES = ["f", "curl/", "al"];

interface HeaderMatch {
  name: string;
  exact?: string;
  prefix?: string;
  present?: boolean;
}

interface Match {
  path?: { prefix?: string; exact?: string };
  methods?: string[];
  headers?: HeaderMatch[];
}

/** `value` or nothing, evenly. */
function maybe<Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> {
  return fc.option(value, { nil: undefined, freq: 1 });
}

const header: fc.Arbitrary<HeaderMatch> = fc
  .tuple(
    fc.constantFrom(...HEADERS),
    fc.oneof(
      fc.record({ exact: fc.constantFrom(...VALUES) }),
      fc.record({ prefix: fc.constantFrom(...PREFIXES) }),
      fc.record({ present: fc.boolean() }),
    ),
  )
  .map(([name, test]) => ({ name, ...test }));

const match: fc.Arbitrary<Match> = fc.record({
  path: maybe(
    fc.oneof(
      fc.record({ prefix: fc.constantFrom("/", "/ca", "/carts") }),
      fc.record({ exact: fc.constantFrom("/cart", "/") }),
    ),
  ),
  methods: maybe(fc.uniqueArray(fc.constantFrom("GET", "POST"), { minLength: 1 })),
  headers: maybe(fc.array(header, { minLength: 1, maxLength: 3 })),
});

const key: fc.Arbitrary<RuleConfig["key"]> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...HEADERS).map((name) => ({ header: name })) },
  { weight: 1, arbitrary: fc.constant({ client_address: true } as const) },
  { weight: 1, arbitrary: fc.constant({ path: true } as const) },
  { weight: 1, arbitrary: fc.constant(undefined) },
);

const rules: fc.Arbitrary<RuleConfig[]> = fc
  .array(
    fc.record({
      match: maybe(match),
      key,
      quota: fc.record({
        requests: fc.integer({ min: 1, max: 100 }),
        per: fc.constantFrom("second", "minute", "hour", "day"),
        burst: maybe(fc.integer({ min: 1, max: 20 })),
      }),
      shadow: maybe(fc.boolean()),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((all) => all.map((rule, index) => ({ name: `rule-${index}`, ...rule })) as RuleConfig[]);

/** Without the undefined members, as JSON has it. */
const configurations: fc.Arbitrary<RateLimitConfig> = fc
  .record({
    rules,
    max_keys: maybe(fc.integer({ min: 256, max: 2048 })),
    status: maybe(fc.integer({ min: 400, max: 599 })),
    shadow: fc.option(fc.boolean(), { nil: undefined, freq: 4 }),
  })
  .map((config) => JSON.parse(JSON.stringify(config)) as RateLimitConfig);

const requests: fc.Arbitrary<HeaderList> = fc.array(
  fc.tuple(fc.constantFrom(...HEADERS, "x-other"), headerValues(VALUES)),
  { maxLength: 4 },
);

/** The limits in the plainest way: while time stands still, every bucket is a number that counts down. */
class Oracle {
  private readonly spent = new Map<string, number>();

  constructor(private readonly config: RateLimitConfig) {}

  /** Whether the request is to be admitted; debits it if so. */
  admits(sent: HeaderList): boolean {
    const taken = this.config.rules.filter((rule) => matches((rule.match ?? {}) as Match, sent));
    const left = taken.filter((rule) => (this.spent.get(bucketOf(rule, sent)) ?? 0) < burstOf(rule));
    const enforced = taken.filter((rule) => !rule.shadow && !this.config.shadow);
    if (enforced.some((rule) => !left.includes(rule))) return false;
    for (const rule of left) {
      const bucket = bucketOf(rule, sent);
      this.spent.set(bucket, (this.spent.get(bucket) ?? 0) + 1);
    }
    return true;
  }
}

function burstOf({ quota }: RuleConfig): number {
  return quota.burst ?? quota.requests;
}

function first(sent: HeaderList, name: string): string | undefined {
  return sent.find(([other]) => other === name)?.[1];
}

function matches({ path, methods, headers }: Match, sent: HeaderList): boolean {
  const target = first(sent, ":path")!;
  if (path?.exact !== undefined && path.exact !== target) return false;
  if (path?.prefix !== undefined && !target.startsWith(path.prefix)) return false;
  if (methods && !methods.includes(first(sent, ":method")!)) return false;
  return (headers ?? []).every(({ name, exact, prefix, present }) => {
    const value = first(sent, name);
    if (present !== undefined) return present === (value !== undefined);
    return exact !== undefined ? value === exact : value !== undefined && value.startsWith(prefix!);
  });
}

/** Of a long value the ends and the length count, as the README says. */
function bucketOf(rule: RuleConfig, sent: HeaderList): string {
  if (!rule.key || !("header" in rule.key)) return rule.name;
  const value = first(sent, rule.key.header) ?? "";
  const counted = value.length <= 1024 ? value : `${value.slice(0, 512)} ${value.slice(-512)} ${value.length}`;
  return `${rule.name} ${counted}`;
}

test("100,000 random requests under random rules are decided as by the plainest oracle", async () => {
  const oracles = new Map<RateLimitConfig, Oracle>();
  let rejected = 0;
  const check = (config: RateLimitConfig, sent: HeaderList, { localResponse }: Stream) => {
    const oracle = oracles.get(config) ?? new Oracle(config);
    oracles.set(config, oracle);
    assert.equal(localResponse === undefined, oracle.admits(sent));
    if (!localResponse) return;
    rejected++;
    assert.equal(localResponse.status, config.status ?? 429);
    assert.match(localResponse.headers.find(([name]) => name === "retry-after")?.[1] ?? "", /^[1-9]\d*$/);
  };
  const pairs = await fuzzRequests({
    ...{ module, configurations, requests: () => requests, check },
    ...{ pairs: 100_000, requestsPerConfiguration: 100, seed: SEED },
  });
  assert.ok(pairs >= 100_000);
  assert.ok(rejected > 10_000 && rejected < 90_000, `${rejected} rejected`);
});

test("100,000 random configurations do not trap, and the plugin refuses what its schema refuses", async () => {
  const totals = await fuzzConfigurations({
    ...{ module, configurations: nearby(configurations), schema: schemaOf("ratelimit") },
    ...{ count: 100_000, seed: SEED },
  });
  assert.equal(totals.accepted + totals.refused, 100_000);
  assert.ok(totals.accepted > 1000, JSON.stringify(totals));
  assert.ok(totals.refused > 1000, JSON.stringify(totals));
});
