import { before } from "node:test";
import type { PluginModule } from "../../tools/host/index.js";
import { acceptedByBoth, refusedByBoth, refusedByPlugin } from "../support/contract.js";
import { FETCH } from "../support/fetched-list.js";
import { pluginModule } from "../support/plugin-module.js";
import { schemaOf } from "../support/plugin-schema.js";

let module: PluginModule;
const schemaAccepts = schemaOf("canary");
before(async () => {
  module = await pluginModule("canary");
});

/** A configuration whose list is fetched, with some keys changed; undefined takes a key away. */
function fetching(changes: object): object {
  return { lists: { testers: { fetch: { ...FETCH, ...changes } } }, rules: [] };
}

/** Cases of one key. */
function wrong(key: string, ...values: unknown[]): [path: string, configuration: unknown][] {
  return values.map((value) => [`$.lists.testers.fetch.${key}`, fetching({ [key]: value })]);
}

refusedByBoth("canary", () => module, schemaAccepts, [
  ...["cluster", "authority", "path"].map((key): [string, unknown] => [
    "$.lists.testers.fetch",
    fetching({ [key]: undefined }),
  ]),
  ...wrong("cluster", "", "a b", "a\n", "é", 5, "x".repeat(257)),
  ...wrong("authority", "", "a b", "lists\r\nx: y", "x".repeat(257)),
  ...wrong("path", "", "ids", "/a b", "/é", "/" + "x".repeat(1024), null),
  ...wrong("refresh", 60, "60", "1d", "-5s"),
  ...wrong("timeout", 5, "5"),
  ...wrong("max_bytes", 0, -1, 1.5, 67_108_865, "1000"),
  ...wrong("max_ids", 0, 1_000_001, "5"),
  ...wrong("max_id", 5),
]);

refusedByPlugin("canary", () => module, schemaAccepts, [
  ...["9s", "999ms", "25h"].map((refresh): [string, object] => [
    `$.lists.testers.fetch.refresh: expected a duration from 10s to 24h, a whole number and us, ms, s, m or h, not "${refresh}"`,
    fetching({ refresh }),
  ]),
  ...["99ms", "61s"].map((timeout): [string, object] => [
    `$.lists.testers.fetch.timeout: expected a duration from 100ms to 60s, a whole number and us, ms, s, m or h, not "${timeout}"`,
    fetching({ timeout }),
  ]),
]);

acceptedByBoth(
  () => module,
  schemaAccepts,
  [
    { refresh: undefined },
    { cluster: "outbound|80||lists.ops.svc.cluster.local", path: "/a?b=c" },
    { refresh: "10s", timeout: "100ms", max_bytes: 1, max_ids: 1 },
    { refresh: "24h", timeout: "60s", max_bytes: 67_108_864, max_ids: 1_000_000 },
  ].map(fetching),
);
