import { before } from "node:test";
import type { PluginModule } from "../../tools/host/index.js";
import { acceptedByBoth, refusedByBoth, refusedByPlugin } from "../support/contract.js";
import { pluginModule } from "../support/plugin-module.js";
import { schemaOf } from "../support/plugin-schema.js";

// What canary's rules can ask of requests.

let module: PluginModule;
const schemaAccepts = schemaOf("canary");
before(async () => {
  module = await pluginModule("canary");
});

const LISTS = { testers: { ids: ["42"] } };

function rule(match: unknown): object {
  return { lists: LISTS, rules: [{ name: "r", match, arm: "v2" }] };
}

function header(test: object): object {
  return rule({ header: { name: "x-user-id", ...test } });
}

/** A condition in `depth - 1` others. */
function nested(depth: number): object {
  return depth === 1 ? { method: { exact: "GET" } } : { not: nested(depth - 1) };
}

function wide(groups: number, group: number): object {
  return {
    any: Array.from({ length: groups }, () => ({ all: Array<object>(group).fill({ method: { exact: "GET" } }) })),
  };
}

const BAD_TEXTS = ["", 5, null, ["a"], "a".repeat(1025)];
const BAD_HEADER_VALUES = [...BAD_TEXTS, " a", "a\n", "a\nb", "a\rb", "a\0b", "\x7f"];
const BAD_NAMES = ["", "x user", "X-User", ":path", "x\r\ny", "é", "x".repeat(129), 7, null];
const BAD_HOSTS = ["", "Shop.example", "shop.example:80", "a b", "a/b", "é", "[]", "a".repeat(256), 1];
const BAD_PATHS = ["", "api", "/a?b", "/a#b", "/a b", "/a\n", `/${"a".repeat(1024)}`, 1];
const BAD_RANGES = [
  "",
  7,
  null,
  "localhost",
  "10.0.0.0/",
  "10.0.0.0/8/8",
  "10.0.0.0/-1",
  " 10.0.0.1",
  "[::1]",
  "fe80::%eth0",
];

function each(path: string, values: readonly unknown[], at: (value: unknown) => object): [string, object][] {
  return values.map((value) => [path, at(value)]);
}

const MATCH = "$.rules[0].match";

refusedByBoth("canary", () => module, schemaAccepts, [
  [MATCH, rule("all")],
  [MATCH, rule({})],
  [MATCH, rule({ method: { exact: "GET" }, path: { exact: "/" } })],
  [`${MATCH}.all`, rule({ all: [] })],
  [`${MATCH}.all`, rule({ all: {} })],
  [`${MATCH}.any`, rule({ any: Array<object>(65).fill({ method: { exact: "GET" } }) })],
  [`${MATCH}.any[1]`, rule({ any: [{ method: { exact: "GET" } }, {}] })],
  [`${MATCH}.not.not`, rule({ not: { not: [] } })],
  ...each(`${MATCH}.header.name`, BAD_NAMES, (name) => rule({ header: { name, exact: "a" } })),
  ...each(`${MATCH}.header.exact`, BAD_HEADER_VALUES, (exact) => header({ exact })),
  ...each(`${MATCH}.header.prefix`, BAD_HEADER_VALUES, (prefix) => header({ prefix })),
  ...each(`${MATCH}.header.suffix`, [...BAD_TEXTS, "a ", "a\n"], (suffix) => header({ suffix })),
  ...each(`${MATCH}.header.in[1]`, [...BAD_HEADER_VALUES, "a".repeat(257)], (text) => header({ in: ["a", text] })),
  ...each(`${MATCH}.header.in`, [[], "a", Array<string>(1001).fill("a")], (texts) => header({ in: texts })),
  ...each(`${MATCH}.header.in_list`, [7, null], (name) => header({ in_list: name })),
  ...each(`${MATCH}.header.regex`, ["", 7, null, "a".repeat(1025)], (regex) => header({ regex })),
  ...each(`${MATCH}.header.present`, ["yes", 1, null], (present) => header({ present })),
  [`${MATCH}.header`, header({})],
  [`${MATCH}.header`, header({ exact: "a", prefix: "a" })],
  [`${MATCH}.header`, rule({ header: { exact: "a" } })],
  ...each(`${MATCH}.cookie.name`, ["", "a b", "a=b", "é", "a".repeat(129), 7], (name) =>
    rule({ cookie: { name, exact: "a" } }),
  ),
  ...each(`${MATCH}.query.name`, ["", "a".repeat(129), 7], (name) => rule({ query: { name, exact: "a" } })),
  ...each(`${MATCH}.query.exact`, BAD_TEXTS, (exact) => rule({ query: { name: "a", exact } })),
  ...each(`${MATCH}.claim.name`, ["", "a\0b", "a".repeat(129), 7, [], Array<string>(9).fill("a")], (name) =>
    rule({ claim: { name, exact: "a" } }),
  ),
  ...each(`${MATCH}.claim.name[1]`, ["", "a\0b", 7], (name) => rule({ claim: { name: ["a", name], exact: "a" } })),
  ...each(`${MATCH}.claim.payload`, ["", "a\0b", 7], (payload) => rule({ claim: { name: "a", payload, exact: "a" } })),
  ...each(`${MATCH}.path.exact`, BAD_PATHS, (exact) => rule({ path: { exact } })),
  ...each(`${MATCH}.path.in[0]`, BAD_PATHS, (text) => rule({ path: { in: [text] } })),
  ...each(`${MATCH}.path.template`, ["", "users", "/{}", "/{id", "/*", "/**/a", 1], (template) =>
    rule({ path: { template } }),
  ),
  ...each(`${MATCH}.method.exact`, ["", "get", "-A", "A B", "A".repeat(33), 7], (exact) => rule({ method: { exact } })),
  ...each(`${MATCH}.method.in[0]`, ["", "get", 7], (method) => rule({ method: { in: [method] } })),
  ...each(`${MATCH}.authority.suffix`, BAD_HOSTS, (suffix) => rule({ authority: { suffix } })),
  ...each(`${MATCH}.client_address.in[0]`, BAD_RANGES, (range) => rule({ client_address: { in: [range] } })),
  ...each(`${MATCH}.client_address.trusted_hops`, [-1, 17, 0.5, "1"], (hops) =>
    rule({ client_address: { in: ["::1"], trusted_hops: hops } }),
  ),
  [`${MATCH}.client_address`, rule({ client_address: {} })],
  [`${MATCH}.client_address.in`, rule({ client_address: { in: Array<string>(257).fill("::1") } })],
  [`${MATCH}.source_identity`, rule({ source_identity: true })],
  ...each(`${MATCH}.source_identity.exact`, BAD_TEXTS, (exact) => rule({ source_identity: { exact } })),
]);

refusedByPlugin("canary", () => module, schemaAccepts, [
  [
    `${MATCH}.header.name: expected another header than decision_header, which a client could set to choose its arm`,
    rule({ header: { name: "x-canary", exact: "v2" } }),
  ],
  [
    `${MATCH}.header.in_list: expected one of "testers", not "tester"; did you mean "testers"?`,
    header({ in_list: "tester" }),
  ],
  [
    `${MATCH}.header.in_list: expected the key "lists" beside "rules", with a list of this name`,
    { rules: [{ name: "r", match: { header: { name: "a", in_list: "testers" } }, arm: "v2" }] },
  ],
  [`${MATCH}.query.in[0]: expected a text of at most 256 bytes`, rule({ query: { name: "a", in: ["é".repeat(129)] } })],
  [`${MATCH}.path.prefix: expected a path in its normal form, "/b"`, rule({ path: { prefix: "/a/../b" } })],
  [
    `${MATCH}.client_address.in[0]: expected no bits set after the first 8; "10.0.0.1/8" has some`,
    rule({ client_address: { in: ["10.0.0.1/8"] } }),
  ],
  [
    `${MATCH}.client_address.in[0]: expected a whole number from 0 to 32 after the /`,
    rule({ client_address: { in: ["10.0.0.0/33"] } }),
  ],
  [`${MATCH}${".not".repeat(8)}: expected at most 8 conditions inside one another`, rule(nested(9))],
  [`${MATCH}.any[5]: expected at most 256 conditions in one; this is one more`, rule(wide(6, 50))],
]);

acceptedByBoth(() => module, schemaAccepts, [
  rule(nested(8)),
  rule(wide(5, 50)),
  {
    lists: LISTS,
    rules: [],
    trusted: { client_address: { in: ["10.0.0.0/8", "2001:db8::/32", "192.0.2.7", "::/0"] } },
  },
  header({ in: Array.from({ length: 1000 }, (_, i) => `${i}`) }),
  header({ in: ["é".repeat(128)] }),
  header({ in_list: "testers" }),
  header({ regex: "v[0-9]+(-rc[0-9]+)?" }),
  header({ prefix: "a " }),
  header({ suffix: " a" }),
  header({ present: false }),
  rule({ cookie: { name: "tester", exact: " a\n" } }),
  rule({ claim: { name: ["realm_access", "roles"], payload: "https://issuer.example", exact: "tester" } }),
  rule({ path: { template: "/users/{id}/**" } }),
  rule({ path: { present: true } }),
  rule({ method: { in: ["GET", "X-CUSTOM"] } }),
  rule({ authority: { in: ["shop.example", "[::1]"] } }),
  rule({ source_identity: { prefix: "spiffe://cluster.local/ns/qa/" } }),
]);
