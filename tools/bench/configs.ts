// What the plugins are told in the benchmark. requests.lua sends what they act on.

/** One rule that every request passes, with one bucket for each of the 1000 users. */
const ratelimit = {
  rules: [
    {
      name: "per-user",
      key: { header: "x-user-id" },
      quota: { requests: 1_000_000, per: "second" },
    },
  ],
};

/** The same with a limit on requests in flight that follows what the upstream can carry. */
const adaptive = { ...ratelimit, concurrency: {} };

/** A list of 10,000 users, of whom 100 are among those that send: one request of ten gets the header. */
const canary = {
  decision_header: "x-canary",
  lists: { testers: { ids: ["1-10000"] } },
  rules: [
    {
      name: "testers",
      match: { header: { name: "x-user-id", in_list: "testers" } },
      arm: "v2",
    },
  ],
};

/** Every request comes with a context to continue. */
const trace = { trust: "full" };

/** By the variant's name. */
export const CONFIGS: Readonly<Record<string, Record<string, unknown>>> = { ratelimit, adaptive, canary, trace };
