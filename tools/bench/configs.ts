import { encodeIds } from "../lists/encode.js";
import { IdList } from "../lists/id-list.js";

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

/** One rule for a list of `count` users, of whom every tenth that sends is one: it gets the header. */
function canary(count: number): Record<string, unknown> {
  const ids = new IdList();
  // The first of those that requests.lua sends, then others that are as far apart.
  for (let i = 0; i < count; i++) ids.add(String(i < 100 ? (i + 1) * 1000 : 1_000_000 + i * 100));
  return {
    lists: { testers: { encoded: encodeIds(ids) } },
    rules: [{ name: "testers", match: { header: { name: "x-user-id", in_list: "testers" } }, arm: "v2" }],
  };
}

/** Every request comes with a context to continue. */
const trace = { trust: "full" };

/** Envoy gives every request an id of its own, so that each is a note more. */
const remembering = { ...trace, join: { mode: "inbound", group: "bench" } };

/** No request has a context in the only format that is read, and none of their ids is known. */
const recalling = { ...trace, extract: ["b3"], inject: ["b3"], join: { mode: "outbound", group: "bench" } };

/** By the variant's name. */
export const CONFIGS: Readonly<Record<string, () => Record<string, unknown>>> = {
  ratelimit: () => ratelimit,
  adaptive: () => adaptive,
  canary: () => canary(10_000),
  canary_100: () => canary(100),
  canary_1m: () => canary(1_000_000),
  trace: () => trace,
  trace_remember: () => remembering,
  trace_recall: () => recalling,
};
