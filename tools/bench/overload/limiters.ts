import { wasmFilter } from "../variants.js";
import { CAPACITY } from "./scenarios.js";
import { modulePath } from "../../build/build-all.js";

/** A way to protect an upstream: filters before the router. */
export interface Limiter {
  name: string;
  about: string;
  filters: () => object[];
}

/** The name of ours. */
export const OURS = "tidegate";

const FILTERS = "type.googleapis.com/envoy.extensions.filters.http";
const always = { default_value: { numerator: 100, denominator: "HUNDRED" } };

export const LIMITERS: readonly Limiter[] = [
  { name: "none", about: "no limiter", filters: () => [] },
  {
    name: "adaptive_concurrency",
    about: "Envoy's own, its defaults",
    filters: () => [adaptiveConcurrency({}, {}, { interval: "60s" })],
  },
  {
    name: "adaptive_tuned",
    about: "the same, tuned to this upstream",
    filters: () => [
      adaptiveConcurrency(
        { sample_aggregate_percentile: { value: 50 } },
        { max_concurrency_limit: 64 },
        { interval: "30s", request_count: 100, min_concurrency: 12, jitter: { value: 10 }, buffer: { value: 50 } },
      ),
    ],
  },
  { name: "admission_control", about: "Envoy's own, its defaults", filters: () => [admissionControl({})] },
  {
    name: "admission_tuned",
    about: "the same, quicker and up to rejecting all",
    filters: () => [
      admissionControl({
        sampling_window: "3s",
        aggression: { default_value: 2, runtime_key: "aggression" },
        max_rejection_probability: { default_value: { value: 100 }, runtime_key: "most" },
      }),
    ],
  },
  { name: "local_twice", about: "local_ratelimit, twice the capacity", filters: () => [localRateLimit(2)] },
  { name: "local_half", about: "local_ratelimit, half the capacity", filters: () => [localRateLimit(0.5)] },
  {
    name: OURS,
    about: 'ratelimit, "concurrency": {}',
    filters: () => [wasmFilter("ratelimit", modulePath("ratelimit"), { concurrency: {} })],
  },
];

function adaptiveConcurrency(controller: object, limit: object, minRtt: object): object {
  return {
    name: "adaptive_concurrency",
    typed_config: {
      "@type": `${FILTERS}.adaptive_concurrency.v3.AdaptiveConcurrency`,
      gradient_controller_config: {
        ...controller,
        concurrency_limit_params: { concurrency_update_interval: "0.1s", ...limit },
        min_rtt_calc_params: minRtt,
      },
    },
  };
}

function admissionControl(settings: object): object {
  return {
    name: "admission_control",
    typed_config: {
      "@type": `${FILTERS}.admission_control.v3.AdmissionControl`,
      enabled: { default_value: true, runtime_key: "enabled" },
      success_criteria: { http_criteria: { http_success_status: [{ start: 100, end: 500 }] } },
      ...settings,
    },
  };
}

/** @param share of the upstream's capacity; a tenth of a second of it at once. */
function localRateLimit(share: number): object {
  const tokens = Math.round((share * CAPACITY) / 10);
  return {
    name: "local_ratelimit",
    typed_config: {
      "@type": `${FILTERS}.local_ratelimit.v3.LocalRateLimit`,
      stat_prefix: "overload",
      token_bucket: { max_tokens: tokens, tokens_per_fill: tokens, fill_interval: "0.1s" },
      filter_enabled: always,
      filter_enforced: always,
    },
  };
}
