import fc from "fast-check";
import assert from "node:assert/strict";
import { before, test } from "node:test";
import type { HeaderList, PluginModule, Stream } from "../../tools/host/index.js";
import { fuzzConfigurations, fuzzRequests, sample } from "../support/fuzz.js";
import { nearby } from "../support/fuzz-inputs.js";
import { pluginModule } from "../support/plugin-module.js";
import { schemaOf } from "../support/plugin-schema.js";
import { type Config, configurations, leastBurst, requests, type Rule } from "../support/ratelimit-inputs.js";
import { costOf, matches, type Sent, type Source, valueOf } from "../support/ratelimit-request-oracle.js";

const SEED = Number(process.env["TIDEGATE_FUZZ_SEED"] ?? 20261121);

/** What Envoy tells of every connection. */
const CONNECTION = {
  "source.address": "10.0.77.1",
  "connection.uri_san_peer_certificate": "spiffe://mesh/ns/shop/sa/cart",
};

let module: PluginModule;
before(async () => {
  module = await pluginModule("ratelimit");
});

/** The limits in the plainest way: while time stands still, every bucket is a number that counts down. */
class Oracle {
  private readonly spent = new Map<string, number>();

  constructor(private readonly config: Config) {}

  /** Whether the request is to be admitted; debits it if so. */
  admits(sent: Sent): boolean {
    const taken = this.taken(sent).map((rule) => this.ask(rule, sent));
    const over = taken.filter(({ room, cost }) => room < cost);
    if (over.some(({ rule }) => this.enforces(rule))) return false;
    for (const { bucket, cost, room } of taken) {
      if (room >= cost) this.spent.set(bucket, (this.spent.get(bucket) ?? 0) + cost);
    }
    return true;
  }

  private taken(sent: Sent): Rule[] {
    const held = this.config.rules.filter(({ match }) => !match?.otherwise && matches(match ?? {}, sent));
    const chosen = held.length > 0 ? held : this.config.rules.filter(({ match }) => match?.otherwise);
    const counted = chosen.filter((rule) => rule.enabled_percent !== 0);
    return counted.filter(({ exempt = [] }) => !exempt.some((match) => matches(match, sent)));
  }

  private enforces(rule: Rule): boolean {
    return !rule.shadow && !this.config.shadow && rule.enforced_percent !== 0;
  }

  private ask(rule: Rule, sent: Sent) {
    const { quota, exempt } = overrideFor(rule, sent);
    const bucket = `${rule.name} ${JSON.stringify(counted(rule, sent))}`;
    const burst = exempt ? Infinity : (quota.burst ?? quota.requests);
    return {
      rule,
      bucket,
      cost: costOf(rule.cost, sent, leastBurst(rule)),
      room: burst - (this.spent.get(bucket) ?? 0),
    };
  }
}

function partsOf({ key }: Rule): Source[] {
  return key === undefined ? [] : Array.isArray(key) ? key : [key];
}

/** The values of the key's parts; none for a request that lacks all. */
function keyOf(rule: Rule, sent: Sent): string[] {
  const parts = partsOf(rule);
  const values = parts.map((part) => valueOf(part, sent, rule.match?.path?.template));
  return values.some((value, i) => value !== "" && parts[i]!.constant === undefined) ? values : [];
}

/** Of a long value the ends and the length count, as the README says. */
function counted(rule: Rule, sent: Sent): string[] {
  return keyOf(rule, sent).map((value) =>
    value.length <= 1024 ? value : `${value.slice(0, 512)} ${value.slice(-512)} ${value.length}`,
  );
}

function overrideFor(rule: Rule, sent: Sent): { quota: Rule["quota"]; exempt?: boolean } {
  const key = JSON.stringify(keyOf(rule, sent));
  const found = rule.overrides?.find((override) => JSON.stringify([override.key].flat()) === key);
  return { quota: rule.quota, ...found };
}

test("100,000 random requests under random rules are decided as by the plainest oracle", async () => {
  const oracles = new Map<Config, Oracle>();
  let rejected = 0;
  const check = (config: Config, headers: HeaderList, { localResponse }: Stream) => {
    const oracle = oracles.get(config) ?? new Oracle(config);
    oracles.set(config, oracle);
    const [address, identity] = Object.values(CONNECTION);
    assert.equal(localResponse === undefined, oracle.admits({ headers, address: address!, identity: identity! }));
    if (!localResponse) return;
    rejected++;
    assert.equal(localResponse.status, config.status ?? 429);
    assert.match(localResponse.headers.find(([name]) => name === "retry-after")?.[1] ?? "", /^[1-9]\d*$/);
  };
  const pairs = await fuzzRequests({
    ...{ module, configurations, requests: () => requests, check, properties: CONNECTION },
    ...{ pairs: 100_000, requestsPerConfiguration: 100, seed: SEED },
  });
  assert.ok(pairs >= 100_000);
  assert.ok(rejected > 10_000 && rejected < 90_000, `${rejected} rejected`);
});

test("40,000 random configurations do not trap, and the plugin refuses what its schema refuses", async () => {
  // Each good one is changed in 20 ways: making one up costs more than trying it.
  const good = fc.constantFrom(...sample(configurations, 2000, SEED));
  const totals = await fuzzConfigurations({
    ...{ module, configurations: nearby(good), schema: schemaOf("ratelimit") },
    ...{ count: 40_000, seed: SEED },
  });
  assert.equal(totals.accepted + totals.refused, 40_000);
  assert.ok(totals.accepted > 1000, JSON.stringify(totals));
  assert.ok(totals.refused > 1000, JSON.stringify(totals));
});
