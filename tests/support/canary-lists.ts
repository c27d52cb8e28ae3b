import fc from "fast-check";
import { utf8ByteString } from "../../tools/host/index.js";
import { encodeIds } from "../../tools/lists/encode.js";
import { IdList } from "../../tools/lists/id-list.js";
import { VALUES } from "./canary-conditions.js";

// Lists of ids in every form, and which ids they have, in the plainest way.

/** A list as the schema describes it, but for `file`, which the plugin does not have. */
export type ListConfig = { ids: (string | number)[] } | { encoded: string } | { fetch: { path: string } };

/** Ids and ranges as lines of a list. */
export const entries: fc.Arbitrary<string[]> = fc.uniqueArray(
  fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...VALUES) },
    { weight: 1, arbitrary: fc.nat(100_000).map(String) },
    { weight: 1, arbitrary: fc.tuple(fc.nat(2000), fc.nat(30_000)).map(([low, more]) => `${low}-${low + more}`) },
  ),
  { minLength: 1, maxLength: 10 },
);

/** What encoded lists were made of. */
const encoded = new Map<string, string[]>();

function encode(ids: string[]): ListConfig {
  const list = new IdList();
  for (const id of ids) list.add(id);
  const text = encodeIds(list);
  encoded.set(text, ids);
  return { encoded: text };
}

const isSafe = (id: string): boolean => /^(0|[1-9][0-9]{0,14})$/.test(id);

const fetch = fc.record(
  {
    cluster: fc.constant("lists"),
    authority: fc.constant("lists.test"),
    refresh: fc.constantFrom("10s", "5m", "24h"),
    timeout: fc.constantFrom("100ms", "5s"),
    max_bytes: fc.constantFrom(1000, 67_108_864),
    max_ids: fc.constantFrom(100, 1_000_000),
  },
  { requiredKeys: ["cluster", "authority"] },
);

function lists(name: string): fc.Arbitrary<ListConfig> {
  const ids = fc.tuple(entries, fc.boolean());
  return fc.oneof(
    {
      weight: 3,
      arbitrary: ids.map(([all, bare]) => ({ ids: all.map((id) => (bare && isSafe(id) ? Number(id) : id)) })),
    },
    { weight: 2, arbitrary: fc.constantFrom(...fc.sample(entries, { numRuns: 50, seed: 1 }).map(encode)) },
    { weight: 1, arbitrary: fetch.map((rest) => ({ fetch: { ...rest, path: `/${name}` } })) },
  );
}

/** The lists of a configuration by these names. */
export function namedLists(names: readonly string[]): fc.Arbitrary<Record<string, ListConfig>> {
  return fc.record(Object.fromEntries(names.map((name) => [name, lists(name)])));
}

/** What a list has before any is fetched. */
export function entriesOf(list: ListConfig): string[] {
  if ("ids" in list) return list.ids.map(String);
  return "encoded" in list ? encoded.get(list.encoded)! : [];
}

/** Whether an id, a byte string, is in a list. */
export function hasId(list: readonly string[], id: string): boolean {
  const isNumber = /^(0|[1-9][0-9]{0,17})$/.test(id);
  return list.some((entry) => {
    const [, low, high] = /^([0-9]+)-([0-9]+)$/.exec(entry) ?? [];
    if (low === undefined || high === undefined) return utf8ByteString(entry) === id;
    return isNumber && BigInt(low) <= BigInt(id) && BigInt(id) <= BigInt(high);
  });
}
