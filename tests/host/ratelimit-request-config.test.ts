import { before } from "node:test";
import type { PluginModule } from "../../tools/host/index.js";
import { acceptedByBoth, refusedByBoth, refusedByPlugin } from "../support/contract.js";
import { pluginModule } from "../support/plugin-module.js";
import { schemaOf } from "../support/plugin-schema.js";
import { QUOTA, RULE, rule } from "../support/ratelimit-rules.js";

// What rules say of requests: which they are for, by what they tell them apart, and what one costs.

let module: PluginModule;
const schemaAccepts = schemaOf("ratelimit");
before(async () => {
  module = await pluginModule("ratelimit");
});

function path(changes: object): object {
  return rule({ match: { path: changes } });
}

function header(changes: object): object {
  return rule({ match: { headers: [{ name: "x-plan", ...changes }] } });
}

function query(changes: object): object {
  return rule({ match: { query: [{ name: "format", ...changes }] } });
}

function authority(changes: object): object {
  return rule({ match: { authority: changes } });
}

/** Overrides of a rule by header. */
function overrides(...overrides: object[]): object {
  return rule({ key: { header: "x-user" }, overrides });
}

function address(changes: object): object {
  return rule({ key: { client_address: changes } });
}

const NAMES = ["", "x user", "X-User", ":path", "x\r\ny", "x\0", "é", "x:", "x".repeat(129), 7, null];
const PREFIXES = ["", " ", "\t", " a", "a\n", "a\nb", "a\rb", "a\0b", "\x7f", "a".repeat(1025), 5, null];
const VALUES = [...PREFIXES, "a ", "a\t"];
const SUFFIXES = ["", " ", "\t", "a ", "a\t", "a\n", "\nb", "a\rb", "a\0b", "\x7f", "a".repeat(1025), 5, null];
const TEXTS = ["", "a".repeat(1025), 5, null, ["a"]];
const HOSTS = ["", "Shop.example", "shop.example:80", "a b", "a/b", "é", "[]", "[::1", "[[::1]]", "a".repeat(256), 1];
const TEMPLATES = ["", "users", "/{}", "/{id", "/id}", "/x{id}", "/{id}x", "/*", "/**/a", "/{a b}", "/{_}", "/a?b", 1];

/** What is wrong, and where the plugin must say so. */
const REFUSED: [path: string, configuration: unknown][] = [
  ["$.rules[0].match", rule({ match: "/api" })],
  ["$.rules[0].match.host", rule({ match: { host: "x" } })],
  ["$.rules[0].match.path", path({})],
  ["$.rules[0].match.path", path({ prefix: "/", exact: "/" })],
  ["$.rules[0].match.path.regex", path({ prefix: "/", regex: "/" })],
  ...["", "api", "/a?b", "/a#b", "/a b", "/a\n", `/${"a".repeat(1024)}`, 1].flatMap((text): [string, unknown][] => [
    ["$.rules[0].match.path.prefix", path({ prefix: text })],
    ["$.rules[0].match.path.exact", path({ exact: text })],
  ]),
  ["$.rules[0].match.methods", rule({ match: { methods: [] } })],
  ["$.rules[0].match.methods", rule({ match: { methods: "GET" } })],
  ["$.rules[0].match.methods", rule({ match: { methods: Array(17).fill("GET") } })],
  ...["", "get", "GET ", "-GET", "A".repeat(33), 1].map((method): [string, unknown] => [
    "$.rules[0].match.methods[1]",
    rule({ match: { methods: ["GET", method] } }),
  ]),
  ["$.rules[0].match.headers", rule({ match: { headers: [] } })],
  ["$.rules[0].match.headers", rule({ match: { headers: { name: "x" } } })],
  ["$.rules[0].match.headers[0]", header({})],
  ["$.rules[0].match.headers[0]", header({ exact: "a", present: true })],
  ["$.rules[0].match.headers[0].present", header({ present: "yes" })],
  ["$.rules[0].match.headers[0].not", header({ exact: "a", not: 1 })],
  ["$.rules[0].match.headers[0].regex", header({ exact: "a", regex: "a" })],
  ["$.rules[0].match.headers[0].in", header({ in: [] })],
  ["$.rules[0].match.headers[0].in", header({ in: "a" })],
  ["$.rules[0].match.headers[0].in", header({ in: Array(257).fill("a") })],
  ...VALUES.map((value): [string, unknown] => ["$.rules[0].match.headers[0].in[1]", header({ in: ["a", value] })]),
  ...SUFFIXES.map((value): [string, unknown] => ["$.rules[0].match.headers[0].suffix", header({ suffix: value })]),
  ["$.rules[0].match.path.in", path({ exact: "/", in: ["/"] })],
  ["$.rules[0].match.path.not", path({ exact: "/", not: true })],
  ...["", "a?b", "a#b", "a b", "a\n", "a".repeat(1025), 1].map((text): [string, unknown] => [
    "$.rules[0].match.path.suffix",
    path({ suffix: text }),
  ]),
  ...TEMPLATES.map((text): [string, unknown] => ["$.rules[0].match.path.template", path({ template: text })]),
  ["$.rules[0].match.authority", authority({})],
  ["$.rules[0].match.authority", rule({ match: { authority: "shop.example" } })],
  ["$.rules[0].match.authority.present", authority({ exact: "a", present: true })],
  ...HOSTS.flatMap((text): [string, unknown][] => [
    ["$.rules[0].match.authority.exact", authority({ exact: text })],
    ["$.rules[0].match.authority.suffix", authority({ suffix: text })],
    ["$.rules[0].match.authority.in[0]", authority({ in: [text] })],
  ]),
  ["$.rules[0].match.query", rule({ match: { query: [] } })],
  ["$.rules[0].match.query", rule({ match: { query: { name: "a", present: true } } })],
  ["$.rules[0].match.query[0]", query({})],
  ["$.rules[0].match.query[0]", query({ exact: "a", prefix: "a" })],
  ["$.rules[0].match.query[0]", query({ name: undefined, exact: "a" })],
  ...["", "a".repeat(129), 1].map((name): [string, unknown] => [
    "$.rules[0].match.query[0].name",
    query({ name, present: true }),
  ]),
  ...TEXTS.flatMap((text): [string, unknown][] => [
    ["$.rules[0].match.query[0].exact", query({ exact: text })],
    ["$.rules[0].match.query[0].in[0]", query({ in: [text] })],
  ]),
  ["$.rules[0].match.otherwise", rule({ match: { otherwise: false } })],
  ["$.rules[0].match.otherwise", rule({ match: { otherwise: "yes" } })],
  ["$.rules[0].match", rule({ match: { otherwise: true, path: { exact: "/" } } })],
  ["$.rules[0].exempt", rule({ exempt: [] })],
  ["$.rules[0].exempt", rule({ exempt: {} })],
  ["$.rules[0].exempt", rule({ exempt: Array(17).fill({ methods: ["GET"] }) })],
  ["$.rules[0].exempt[0]", rule({ exempt: [{}] })],
  ["$.rules[0].exempt[1].otherwise", rule({ exempt: [{ methods: ["GET"] }, { methods: ["PUT"], otherwise: true }] })],
  ["$.rules[0].exempt[0].path.prefix", rule({ exempt: [{ path: { prefix: "x" } }] })],
  ...VALUES.map((value): [string, unknown] => ["$.rules[0].match.headers[0].exact", header({ exact: value })]),
  ...PREFIXES.map((value): [string, unknown] => ["$.rules[0].match.headers[0].prefix", header({ prefix: value })]),
  ...NAMES.flatMap((name): [string, unknown][] => [
    ["$.rules[0].match.headers[0].name", header({ name, present: true })],
    ["$.rules[0].key.header", rule({ key: { header: name } })],
  ]),
  ["$.rules[0].key", rule({ key: "x-user" })],
  ["$.rules[0].key", rule({ key: {} })],
  ["$.rules[0].key", rule({ key: { header: "x-user", path: true } })],
  ["$.rules[0].key", rule({ key: { path: true, cookie: "id" } })],
  ["$.rules[0].key.jwt", rule({ key: { path: true, jwt: "sub" } })],
  ...["path", "method", "authority", "client_address", "connection", "source_identity", "grpc_method"].flatMap(
    (kind): [string, unknown][] =>
      [false, 1, "yes", null].map((value) => [`$.rules[0].key.${kind}`, rule({ key: { [kind]: value } })]),
  ),
  ...["", "a b", "a=b", "a;b", "é", "a".repeat(129), 1].map((name): [string, unknown] => [
    "$.rules[0].key.cookie",
    rule({ key: { cookie: name } }),
  ]),
  ...["", "a".repeat(129), 1].map((name): [string, unknown] => [
    "$.rules[0].key.query",
    rule({ key: { query: name } }),
  ]),
  ...TEXTS.map((text): [string, unknown] => ["$.rules[0].key.constant", rule({ key: { constant: text } })]),
  ...[0, 33, 1.5, "1"].map((segment): [string, unknown] => [
    "$.rules[0].key.path_segment",
    rule({ key: { path_segment: segment } }),
  ]),
  ...["", "a b", "{id}", 1].map((name): [string, unknown] => [
    "$.rules[0].key.path_parameter",
    rule({ match: { path: { template: "/{id}" } }, key: { path_parameter: name } }),
  ]),
  ["$.rules[0].key", rule({ key: [] })],
  ["$.rules[0].key", rule({ key: Array(9).fill({ path: true }) })],
  ["$.rules[0].key[1]", rule({ key: [{ path: true }, {}] })],
  ["$.rules[0].key[1]", rule({ key: [{ path: true }, "method"] })],
  ["$.rules[0].key.client_address.hops", address({ hops: 1 })],
  ...[-1, 17, 0.5, "1"].map((hops): [string, unknown] => [
    "$.rules[0].key.client_address.trusted_hops",
    address({ trusted_hops: hops }),
  ]),
  ...[7, 33, 0].map((bits): [string, unknown] => [
    "$.rules[0].key.client_address.ipv4_prefix",
    address({ ipv4_prefix: bits }),
  ]),
  ...[15, 129, 0].map((bits): [string, unknown] => [
    "$.rules[0].key.client_address.ipv6_prefix",
    address({ ipv6_prefix: bits }),
  ]),
  ["$.rules[0].cost", rule({ cost: 2 })],
  ["$.rules[0].cost", rule({ cost: {} })],
  ["$.rules[0].cost", rule({ cost: { constant: 2, header: "x-cost" } })],
  ["$.rules[0].cost.default", rule({ cost: { constant: 2, default: 1 } })],
  ["$.rules[0].cost.max", rule({ cost: { constant: 2, max: 3 } })],
  ["$.rules[0].cost.header", rule({ cost: { header: "X-Cost" } })],
  ...[0, -1, 1.5, 1_000_001, 2 ** 53, "1", null].flatMap((cost): [string, unknown][] => [
    ["$.rules[0].cost.constant", rule({ cost: { constant: cost } })],
    ["$.rules[0].cost.default", rule({ cost: { header: "x-cost", default: cost } })],
    ["$.rules[0].cost.max", rule({ cost: { header: "x-cost", max: cost } })],
  ]),
  ["$.rules[0].overrides", rule({ overrides: [{ key: "a", exempt: true }], key: undefined })],
  ["$.rules[0].overrides", overrides()],
  ["$.rules[0].overrides[0]", overrides({ key: "a" })],
  ["$.rules[0].overrides[0]", overrides({ key: "a", exempt: true, quota: QUOTA })],
  ["$.rules[0].overrides[0]", overrides({ exempt: true })],
  ["$.rules[0].overrides[0].exempt", overrides({ key: "a", exempt: false })],
  ["$.rules[0].overrides[0].shadow", overrides({ key: "a", exempt: true, shadow: true })],
  ["$.rules[0].overrides[0].quota.requests", overrides({ key: "a", quota: { requests: 0, per: "day" } })],
  ...["", "a".repeat(1025), 1, null].map((key): [string, unknown] => [
    "$.rules[0].overrides[0].key",
    overrides({ key, exempt: true }),
  ]),
  ["$.rules[0].overrides[0].key", overrides({ key: [], exempt: true })],
  ["$.rules[0].overrides[0].key[0]", overrides({ key: [1], exempt: true })],
];

/** What a schema cannot say. */
const ONLY_BY_THE_PLUGIN: [line: string, configuration: unknown][] = [
  [
    "$.rules[0].match.headers[0].exact: expected a header value of at most 1024 bytes",
    header({ exact: "é".repeat(600) }),
  ],
  ['$.rules[0].match.path.exact: expected a path in its normal form, "/a/b"', path({ exact: "/x/..//a/%62" })],
  ['$.rules[0].match.path.prefix: expected a path in its normal form, "/a/"', path({ prefix: "/a/./" })],
  ['$.rules[0].match.path.suffix: expected a path in its normal form, "/b"', path({ suffix: "//b" })],
  ['$.rules[0].match.path.template: expected a path in its normal form, "/{a}"', path({ template: "//{a}" })],
  ["$.rules[0].match.path.template: expected each parameter once, not {a} twice", path({ template: "/{a}/{a}" })],
  ["$.rules[0].match.path.template: expected at most 32 segments", path({ template: "/a".repeat(33) })],
  [
    "$.rules[0].key.path_parameter: expected a template in the match's path, which names the parameters",
    rule({ match: { path: { prefix: "/users/" } }, key: { path_parameter: "id" } }),
  ],
  [
    `$.rules[0].key[0].path_parameter: expected a parameter of the match's template: one of "user", "order"`,
    rule({ match: { path: { template: "/{user}/{order}" } }, key: [{ path_parameter: "id" }] }),
  ],
  [
    "$.rules[0].key.path_parameter: expected a parameter of the match's template: none, since it has none",
    rule({ match: { path: { template: "/users/**" } }, key: { path_parameter: "id" } }),
  ],
  [
    "$.rules[0].cost.constant: expected at most 10, the least burst of the rule, its overrides and its conditions",
    rule({ cost: { constant: 11 } }),
  ],
  [
    "$.rules[0].cost.max: expected at most 10, the least burst of the rule, its overrides and its conditions",
    rule({ cost: { header: "x", max: 11 } }),
  ],
  [
    "$.rules[0].cost.default: expected at most 4, which is the most that a request costs",
    rule({ cost: { header: "x", default: 5, max: 4 } }),
  ],
  [
    "$.rules[0].cost.constant: expected at most 2, the least burst of the rule, its overrides and its conditions",
    rule({
      cost: { constant: 3 },
      conditions: [{ name: "full", when: "inflight > 5", then: { quota: { ...QUOTA, burst: 2 } } }],
    }),
  ],
  [
    "$.rules[0].cost.max: expected at most 5, the least burst of the rule, its overrides and its conditions",
    rule({
      cost: { header: "x", max: 6 },
      conditions: [{ name: "full", when: "inflight > 5", then: { percent: 50 } }],
    }),
  ],
  [
    "$.rules[0].cost.constant: expected at most 3, the least burst of the rule, its overrides and its conditions",
    rule({
      ...{ cost: { constant: 4 }, key: { header: "x" } },
      overrides: [{ key: "a", quota: { ...QUOTA, burst: 3 } }],
    }),
  ],
  [
    "$.rules[0].overrides[1].key: expected each key once; it is an earlier one's too",
    overrides({ key: "a", exempt: true }, { key: ["a"], quota: QUOTA }),
  ],
  [
    "$.rules[0].overrides[1].key: expected each key once; it is an earlier one's too",
    rule({
      key: { client_address: true },
      overrides: [
        { key: "::ffff:10.0.0.1", exempt: true },
        { key: "10.0.0.1", exempt: true },
      ],
    }),
  ],
  [
    "$.rules[0].overrides[0].key: expected an IP address",
    rule({ key: { client_address: true }, overrides: [{ key: "10.0.0.0/8", exempt: true }] }),
  ],
  [
    "$.rules[0].overrides[0].key: expected 2 texts, one for each part of the rule's key, not 1",
    rule({ key: [{ header: "a" }, { header: "b" }], overrides: [{ key: "a", exempt: true }] }),
  ],
  [
    "$.rules[0].overrides[0].key: expected at least one part that is not empty",
    rule({ key: [{ header: "a" }, { header: "b" }], overrides: [{ key: ["", ""], exempt: true }] }),
  ],
  [
    "$.rules: expected at most 1024 overrides over all rules, not 1025",
    {
      rules: [1024, 1].map((count, index) => ({
        ...{ ...RULE, name: `r${index}`, key: { header: "x" } },
        overrides: Array.from({ length: count }, (_, i) => ({ key: `k${i}`, exempt: true })),
      })),
    },
  ],
];

const ACCEPTED: unknown[] = [
  path({ prefix: "/" }),
  ...["Bearer ", "a\t", `${"a".repeat(1023)} `].map((prefix) => header({ prefix })),
  path({ exact: `/${"é".repeat(1023)}` }),
  header({ exact: "a b\tc" }),
  header({ name: "x".repeat(128), prefix: "é".repeat(512) }),
  header({ present: false }),
  rule({ match: {} }),
  rule({ match: { methods: ["M-SEARCH", "GET"] } }),
  rule({ key: { header: "authorization" } }),
  rule({ key: { client_address: true } }),
  ...["exact", "prefix", "suffix", "template"].map((kind) => path({ [kind]: "/.well-known/a%2Fb;c" })),
  path({ template: "/{a}/{b-c}/{D_9}/x/**" }),
  path({ template: "/" }),
  path({ prefix: "/." }),
  path({ suffix: ".pdf" }),
  ...["exact", "prefix", "suffix"].map((kind) => authority({ [kind]: "[2001:db8::1]" })),
  authority({ in: ["a.example", "b_c.example", "localhost"] }),
  ...[true, false].map((not) => header({ in: ["a", "b"], not })),
  ...[" a", "\ta", "é", "a b"].map((suffix) => header({ suffix })),
  header({ in: Array.from({ length: 256 }, (_, i) => `v${i}`) }),
  ...["exact", "prefix", "suffix"].map((kind) => query({ [kind]: " any\0text\n" })),
  query({ name: "a b[]", in: ["é"], not: true }),
  rule({ match: { otherwise: true } }),
  rule({ exempt: [{ path: { exact: "/healthz" }, methods: ["GET"] }, { query: [{ name: "a", present: true }] }] }),
  ...["path", "method", "authority", "connection", "source_identity", "grpc_method"].map((kind) =>
    rule({ key: { [kind]: true } }),
  ),
  rule({ key: [{ header: "a" }, { cookie: "__Host-a.b" }, { query: "a b" }, { constant: "c" }, { path_segment: 32 }] }),
  rule({ match: { path: { template: "/{id}/x" } }, key: { path_parameter: "id" } }),
  address({}),
  ...[0, 16].map((trusted_hops) => address({ trusted_hops, ipv4_prefix: 8, ipv6_prefix: 16 })),
  address({ ipv4_prefix: 32, ipv6_prefix: 128 }),
  ...[1, 10].map((constant) => rule({ cost: { constant } })),
  rule({ cost: { header: "x-cost", default: 10, max: 10 } }),
  rule({ quota: { ...QUOTA, requests: 1_000_000 }, cost: { header: "x-cost", default: 1_000_000, max: 1_000_000 } }),
  overrides({ key: "a", exempt: true }, { key: "b", quota: { requests: 1, per: "day" } }),
  rule({ key: [{ header: "a" }, { path: true }], overrides: [{ key: ["", "/x"], exempt: true }] }),
  rule({ key: { client_address: { ipv4_prefix: 24 } }, overrides: [{ key: "10.0.0.9", exempt: true }] }),
];

refusedByBoth("ratelimit", () => module, schemaAccepts, REFUSED);
refusedByPlugin("ratelimit", () => module, schemaAccepts, ONLY_BY_THE_PLUGIN);
acceptedByBoth(() => module, schemaAccepts, ACCEPTED);
