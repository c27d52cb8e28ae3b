import { before } from "node:test";
import type { PluginModule } from "../../tools/host/index.js";
import { acceptedByBoth, refusedByBoth, refusedByPlugin } from "../support/contract.js";
import { pluginModule } from "../support/plugin-module.js";
import { schemaOf } from "../support/plugin-schema.js";
import { rule } from "../support/ratelimit-rules.js";

let module: PluginModule;
const schemaAccepts = schemaOf("ratelimit");
before(async () => {
  module = await pluginModule("ratelimit");
});

const limit = (concurrency: unknown) => ({ concurrency });
const priorities = (changes: object) => ({
  concurrency: {},
  priorities: { classes: [{ name: "first", match: { methods: ["GET"] } }, { name: "rest" }], ...changes },
});
const classes = (...list: object[]) => priorities({ classes: list });
const floors = (...percents: number[]) =>
  classes(...percents.map((floor_percent, i) => ({ name: `c${i}`, match: { methods: ["GET"] }, floor_percent })));

const REFUSED: [path: string, configuration: unknown][] = [
  ...[null, true, [], 100].map((value): [string, unknown] => ["$.concurrency", limit(value)]),
  ...["min_limit", "max_limit", "initial_limit"].flatMap((key) =>
    [0, -1, 1.5, 1_000_001, "5", null].map((value): [string, unknown] => [
      `$.concurrency.${key}`,
      limit({ [key]: value }),
    ]),
  ),
  ...[200, 399, 600, "503"].map((status): [string, unknown] => ["$.concurrency.status", limit({ status })]),
  ["$.concurrency.shadow", limit({ shadow: "yes" })],
  ...[-1, 100.5, "50"].map((enabled_percent): [string, unknown] => [
    "$.concurrency.enabled_percent",
    limit({ enabled_percent }),
  ]),
  ["$.concurrency.exempt", limit({ exempt: [] })],
  ["$.concurrency.exempt[0]", limit({ exempt: [{}] })],
  ["$.concurrency.exempt[0].otherwise", limit({ exempt: [{ otherwise: true }] })],
  ["$.priorities", { concurrency: {}, priorities: {} }],
  ["$.priorities.classes", classes()],
  [
    "$.priorities.classes",
    classes(...Array.from({ length: 9 }, (_, i) => ({ name: `c${i}`, match: { methods: ["A"] } }))),
  ],
  ["$.priorities.classes[0]", classes({ match: { methods: ["GET"] } })],
  ...["", "First", "a b"].map((name): [string, unknown] => ["$.priorities.classes[0].name", classes({ name })]),
  ["$.priorities.classes[0].match", classes({ name: "a", match: {} })],
  ["$.priorities.classes[0].match.otherwise", classes({ name: "a", match: { otherwise: true } })],
  ...[-1, 101, "1"].map((floor_percent): [string, unknown] => [
    "$.priorities.classes[0].floor_percent",
    classes({ name: "a", floor_percent }),
  ]),
  ["$.priorities.cohort_key", priorities({ cohort_key: {} })],
  ...[5, "5", "5 m", "five"].map((rotation): [string, unknown] => ["$.priorities.rotation", priorities({ rotation })]),
];

const ONLY_BY_THE_PLUGIN: [line: string, configuration: unknown][] = [
  ["$.concurrency.min_limit: expected at most max_limit", limit({ min_limit: 10, max_limit: 9 })],
  [
    '$.priorities.classes[1].name: "a" is the name of an earlier class too',
    classes({ name: "a" }, { name: "a", match: { methods: ["GET"] } }),
  ],
  [
    '$.priorities.classes[1]: expected the key "match": "a" already takes what no class matches',
    classes({ name: "a" }, { name: "b" }),
  ],
  ["$.priorities.classes: expected floors that add up to at most 100 percent", floors(50, 50.1)],
  [
    "$.priorities.cohort_key.path_parameter: expected another source, such as path_segment: no template names parameters here",
    priorities({ cohort_key: { path_parameter: "id" } }),
  ],
  ...["concurrency.limit > 5", "concurrency.utilization > 90%", "rejected_rate > 1%"].map((when): [string, unknown] => [
    `$.rules: expected the key "concurrency" beside it, since a condition is on ${when.split(" ")[0]}`,
    rule({ conditions: [{ name: "c", when, then: { percent: 50 } }] }),
  ]),
];

const ACCEPTED: unknown[] = [
  limit({}),
  limit({ min_limit: 1, max_limit: 1, initial_limit: 1_000_000, status: 599, shadow: true, enabled_percent: 0.01 }),
  limit({ exempt: [{ path: { exact: "/healthz" } }] }),
  priorities({ cohort_key: [{ header: "x-user" }, { client_address: true }], rotation: "24h" }),
  priorities({ rotation: "1s" }),
  floors(33.3, 33.3, 33.4),
];

refusedByBoth("ratelimit", () => module, schemaAccepts, REFUSED);
refusedByPlugin("ratelimit", () => module, schemaAccepts, ONLY_BY_THE_PLUGIN);
acceptedByBoth(() => module, schemaAccepts, ACCEPTED);
