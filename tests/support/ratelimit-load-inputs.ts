import fc from "fast-check";
import { type Config, configurations } from "./ratelimit-inputs.js";

/** A configuration with everything that is about load. */
export type LoadedConfig = Partial<Config> & {
  concurrency?: { exempt?: object[]; enabled_percent?: number; [key: string]: unknown };
  [key: string]: unknown;
};

/** `value` or nothing, evenly. */
function maybe<Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> {
  return fc.option(value, { nil: undefined, freq: 1 });
}

const concurrency = fc.record({
  min_limit: maybe(fc.integer({ min: 1, max: 4 })),
  max_limit: maybe(fc.integer({ min: 4, max: 1000 })),
  initial_limit: maybe(fc.integer({ min: 1, max: 100 })),
  shadow: fc.option(fc.boolean(), { nil: undefined, freq: 4 }),
});

const priorities = fc.record({
  classes: fc.constantFrom(
    [{ name: "all" }],
    [
      { name: "first", match: { headers: [{ name: "x-plan", exact: "pro" }] } },
      { name: "rest", floor_percent: 5 },
    ],
    [{ name: "cart", match: { path: { prefix: "/ca" } }, floor_percent: 50 }, { name: "a" }, { name: "b" }],
  ),
  cohort_key: maybe(fc.constantFrom({ header: "x-user" }, { client_address: true })),
  rotation: maybe(fc.constantFrom("1s", "24h")),
});

const when = fc.constantFrom(
  "inflight > 3",
  "rps > 5 and not (error_rate > 50%)",
  "latency.p99 > 20ms or latency.mean / latency.p50 > 2",
  "rejected_rate > 0%",
  "concurrency.utilization > 50% or concurrency.limit < 10",
  "load.cpu > 50% or load.named.queue > 3",
  "time >= 09:00 and time < 17:30",
  "pressure.delay > 10ms",
);
const then = fc.oneof(
  fc.record({ percent: fc.constantFrom(1, 12.5, 100, 1000) }),
  fc.record({
    quota: fc.record({ requests: fc.integer({ min: 20, max: 100 }), per: fc.constantFrom("second", "day") }),
  }),
);
const conditions = fc
  .array(
    fc.record({
      ...{ when, until: maybe(when), then },
      for: maybe(fc.constantFrom("0s", "300ms")),
      hold: maybe(fc.constantFrom("0s", "1s")),
      ramp: maybe(fc.constantFrom("0s", "1s", "24h")),
    }),
    { minLength: 1, maxLength: 3 },
  )
  .map((all) => all.map((one, i) => ({ name: `c${i}`, ...one })));

const moment = maybe(fc.constantFrom("never", "rejected", "always"));
const response = fc.record({
  format: maybe(fc.constantFrom("text", "json", "problem")),
  rate_limit_headers: moment,
  legacy_headers: moment,
  retry_after: maybe(fc.boolean()),
  headers: maybe(fc.constant([{ name: "x-limited", value: "yes" }])),
  shadow_header: maybe(fc.constant("x-would-limit")),
});

const offenders = fc.record({
  top: maybe(fc.integer({ min: 1, max: 20 })),
  period: maybe(fc.constant("10s")),
  names: maybe(fc.constantFrom("plain", "masked")),
});

/** Configurations that the plugin must accept, most of them with a limit on requests in flight. */
export const loadedConfigurations: fc.Arbitrary<LoadedConfig> = fc
  .record({
    quotas: configurations,
    hasRules: fc.option(fc.constant(true), { nil: false, freq: 5 }),
    limit: fc.option(concurrency, { nil: undefined, freq: 5 }),
    ordered: maybe(priorities),
    conditions: maybe(conditions),
    load_reports: maybe(fc.record({ strip: fc.boolean(), request_format: maybe(fc.constantFrom("TEXT", "JSON")) })),
    response: maybe(response),
    offenders: maybe(offenders),
  })
  .map(({ quotas, hasRules, limit, ordered, conditions: first, ...others }) => {
    const { rules: all, ...top } = quotas;
    // Costs are bounded by the least burst, which conditions may lower.
    const rules = all.map((rule, i) => (i === 0 && first && !rule.cost ? { ...rule, conditions: first } : rule));
    const limits = limit && { concurrency: limit, ...(ordered && { priorities: ordered }) };
    const config = { ...top, ...others, ...limits, ...((hasRules || !limit) && { rules }) };
    return JSON.parse(JSON.stringify(config)) as LoadedConfig;
  });
