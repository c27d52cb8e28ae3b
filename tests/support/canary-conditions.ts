import fc from "fast-check";

// Trees of conditions with every kind of leaf and test.

export type Condition = Record<string, unknown>;
type Test = Record<string, unknown>;
export const HEADERS = ["x-user-id", "x-env", "x-a_b.c~"];
export const COOKIES = ["sid", "plan"];
export const PARAMETERS = ["user", "a b", "q"];
export const CLAIMS: (string | string[])[] = ["sub", ["realm", "roles"], "none"];
export const VALUES = ["1001", "1002", "01001", "0", "999999999999999999", "alice", "alice-2", "é", "v2", "a", "aab"];
export const PATHS = ["/", "/cart", "/users/1", "/users/2/orders", "/users/1/orders/"];
export const HOSTS = ["shop.example", "www.shop.example", "[::1]"];
export const METHODS = ["GET", "POST", "M-SEARCH", "CONNECT"];
export const IDENTITIES = ["spiffe://cluster.local/ns/qa/sa/tester", "CN=alice", "alice"];
const PARTS = ["a", "al", "1", "-2", "é", "00"];
const TEMPLATES = ["/users/{id}", "/users/{id}/orders", "/{id}/**", "/**", "/cart"];
const RANGES = [
  "10.0.0.0/8",
  "10.0.0.1",
  "2001:db8::/32",
  "2001:db8:0:1::/64",
  "::ffff:10.0.77.0/120",
  "::/0",
  "0.0.0.0/0",
];
/** As RE2 and JavaScript both read them. */
const REGEXES = [
  "a+b?",
  "v[0-9]+",
  "(a|b)*",
  "[^a]+",
  "alice(-2)?",
  "[\\s\\S]+",
  "[0-9]{2,4}",
  "/users/.*",
  "(?:)",
  "é?[a-z]*",
];

/** What a header's value may be compared with. */
const headerText = fc
  .oneof(
    { weight: 8, arbitrary: fc.constantFrom(...VALUES) },
    { weight: 1, arbitrary: fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }) },
  )
  .filter((text) => /^[^\0-\x20\x7f]([^\0-\x08\x0a-\x1f\x7f]*[^\0-\x20\x7f])?$/.test(text));

function texts(whole: fc.Arbitrary<string>, parts: readonly string[], lists: readonly string[]): fc.Arbitrary<Test>[] {
  const part = fc.constantFrom(...parts);
  return [
    fc.record({ exact: whole }),
    fc.record({ prefix: part }),
    fc.record({ suffix: part }),
    fc.record({ in: fc.array(whole, { minLength: 1, maxLength: 6 }) }),
    fc.record({ present: fc.boolean() }),
    fc.record({ regex: fc.constantFrom(...REGEXES) }),
    ...(lists.length > 0 ? [fc.record({ in_list: fc.constantFrom(...lists) })] : []),
  ];
}

function leaf(lists: readonly string[]): fc.Arbitrary<Condition> {
  const on = (kind: string, tests: fc.Arbitrary<Test>[], more: Record<string, fc.Arbitrary<unknown>> = {}) =>
    fc.tuple(fc.record(more), fc.oneof(...tests)).map(([named, test]) => ({ [kind]: { ...named, ...test } }));
  const any = texts(fc.constantFrom(...VALUES), PARTS, lists);
  const path = texts(fc.constantFrom(...PATHS), ["/users/", "/"], lists);
  const template = fc.record({ template: fc.constantFrom(...TEMPLATES) });
  const method = fc.constantFrom(...METHODS);
  const address = fc.record(
    { in: fc.uniqueArray(fc.constantFrom(...RANGES), { minLength: 1, maxLength: 3 }), trusted_hops: fc.nat(2) },
    { requiredKeys: ["in"] },
  );
  return fc.oneof(
    {
      weight: 3,
      arbitrary: on("header", texts(headerText, PARTS, lists), { name: fc.constantFrom(...HEADERS, "x-lane") }),
    },
    on("cookie", any, { name: fc.constantFrom(...COOKIES) }),
    on("query", any, { name: fc.constantFrom(...PARAMETERS) }),
    on("claim", any, { name: fc.constantFrom(...CLAIMS) }),
    on("path", [...path, template, template]),
    on("method", [fc.record({ exact: method }), fc.record({ in: fc.array(method, { minLength: 1, maxLength: 3 }) })]),
    on("authority", texts(fc.constantFrom(...HOSTS), ["shop", "www.", "example"], lists)),
    on("source_identity", texts(fc.constantFrom(...IDENTITIES), ["spiffe://", "alice"], lists)),
    address.map((one) => ({ client_address: one })),
  );
}

/** Trees with every kind of leaf and test. @param lists that there are. */
export function conditions(lists: readonly string[]): fc.Arbitrary<Condition> {
  return fc.letrec<{ condition: Condition }>((tie) => ({
    condition: fc.oneof(
      { maxDepth: 5, depthSize: "small" },
      { weight: 4, arbitrary: leaf(lists) },
      fc.record({ all: fc.array(tie("condition"), { minLength: 1, maxLength: 3 }) }),
      fc.record({ any: fc.array(tie("condition"), { minLength: 1, maxLength: 3 }) }),
      fc.record({ not: tie("condition") }),
    ),
  })).condition;
}
