import assert from "node:assert/strict";
import { before, test } from "node:test";
import type { PluginModule } from "../../tools/host/index.js";
import { type CanaryConfig, CanaryRig } from "../support/canary.js";
import { pluginBytes, pluginModule } from "../support/plugin-module.js";

const IDS = Array.from({ length: 10_000 }, (_, index) =>
  index % 2 ? `${1000 + index}` : `user-${index}@shop.example`,
);
const lists = { testers: { ids: IDS } };
const LIST = { name: "list", match: { header: { name: "x-user-id", in_list: "testers" } }, arm: "v2" };
const RAMP = { name: "ramp", percent: 50, key: { header: "x-user-id" }, salt: "s", arm: "v3" };
const HIT: [string, string][] = [["x-user-id", IDS[7]!]];
const MISS: [string, string][] = [["x-user-id", "nobody"]];
const SPOOFED: [string, string][] = [["x-canary", "v2"], ["x-canary", "v1"], ...MISS]; // prettier-ignore

let counting: PluginModule;
before(async () => {
  counting = await pluginModule("canary", "counting");
});

/** What a request costs once the plugin is warm. */
async function costOf(config: CanaryConfig, headers: [string, string][]) {
  const rig = await CanaryRig.start(counting, config);
  rig.send(headers);
  return rig.send(headers).counts;
}

test("the counting build counts", async () => {
  assert.ok(counting.countsAllocations);
  const rig = await CanaryRig.start(counting, { lists, rules: [LIST] });
  assert.ok(rig.send(HIT).counts.heapAllocations > 0, "the first request makes the context that all share");
});

test("10,000 ids: at most 3 host calls and no allocation, whatever the request", async () => {
  const get = "proxy_get_header_map_value";
  const cases: [name: string, config: CanaryConfig, headers: [string, string][], calls: Record<string, number>][] = [
    ["hit", { lists, default: "v1", rules: [LIST] }, HIT, { [get]: 2, proxy_replace_header_map_value: 1 }],
    [
      "miss with a default",
      { lists, default: "v1", rules: [LIST] },
      MISS,
      { [get]: 2, proxy_replace_header_map_value: 1 },
    ],
    [
      "list and share",
      { lists, default: "v1", rules: [LIST, RAMP] },
      MISS,
      { [get]: 2, proxy_replace_header_map_value: 1 },
    ],
    [
      "spoofed, default",
      { lists, default: "v1", rules: [LIST] },
      SPOOFED,
      { [get]: 2, proxy_replace_header_map_value: 1 },
    ],
    [
      "already decided",
      { lists, default: "v1", rules: [LIST] },
      [...HIT, ["x-canary", "v2"]],
      { [get]: 2, proxy_get_property: 1 },
    ],
    ["miss without a default", { lists, rules: [LIST] }, MISS, { [get]: 2 }],
    ["spoofed, no default", { lists, rules: [LIST] }, SPOOFED, { [get]: 2, proxy_remove_header_map_value: 1 }],
    ["no id at all", { lists, rules: [LIST, RAMP] }, [], { [get]: 2 }],
  ];
  for (const [name, config, headers, calls] of cases) {
    const counts = await costOf(config, headers);
    assert.deepEqual(counts.hostCalls, calls, name);
    assert.ok(counts.hostCallTotal <= 3, name);
    assert.equal(counts.heapAllocations, 0, name);
  }
});

test("a header that several rules look at is read once", async () => {
  const rules = Array.from({ length: 20 }, (_, index) => ({ ...LIST, name: `list${index}` }));
  const counts = await costOf({ lists, default: "v1", rules }, MISS);
  assert.equal(counts.hostCallTotal, 3);
});

test("the release module is under 192 KB", async () => {
  const { length } = await pluginBytes("canary");
  assert.ok(length < 192 * 1024, `${length} bytes`);
});
