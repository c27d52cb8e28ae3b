// What a long list costs in memory: its set, and never its text.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { type Plugin, type PluginModule, Proxy } from "../../tools/host/index.js";
import { type CanaryConfig, CanaryRig } from "../support/canary.js";
import { encodeIds } from "../../tools/lists/encode.js";
import { IdList } from "../../tools/lists/id-list.js";
import { pluginModule } from "../support/plugin-module.js";

let module: PluginModule;
before(async () => {
  module = await pluginModule("canary");
});

const COUNT = 300_000;
/** 36 bytes each, as UUIDs have. */
const TEXT = Array.from({ length: COUNT }, (_, i) => `0190b4e2-7c1f-7000-8000-${String(i).padStart(12, "0")}`).join(
  "\n",
);
const FETCH = { cluster: "lists", authority: "lists.test", path: "/testers.txt" };
const plain: CanaryConfig = {
  default: "v1",
  lists: { testers: { fetch: FETCH } },
  rules: [{ name: "testers", match: { header: { name: "x-user-id", in_list: "testers" } }, arm: "v2" }],
};
/** Its record is read before the pieces of the list are. */
const watched = { ...plain, arms: [{ name: "v2", abort: { errors: { more_percent: 5 } } }] };
/** Lies beside the pieces of the list when it is configured. */
const long: CanaryConfig = {
  ...plain,
  rules: Array.from({ length: 8 }, (_, i) => ({
    ...plain.rules[0]!,
    name: `testers-${i}`,
    salt: "s".repeat(256),
    key: { header: "x-user-id" },
    percent: 100,
    match: { any: [plain.rules[0]!.match!, { path: { exact: `/${"a".repeat(1000)}` } }] },
  })),
};

describe("a long list that is fetched", () => {
  for (const [name, config] of Object.entries({ plain, watched, long })) {
    test(`takes memory for its set alone, also when it is taken over: ${name}`, async () => {
      const proxy = new Proxy();
      const first = await CanaryRig.start(module, config, proxy);
      assert.ok(first.plugin.ok);
      const empty = first.vm.memoryBytes;
      proxy.clock.advanceMs(1000);
      proxy.httpCalls[0]!.respond({ body: TEXT });
      proxy.clock.advanceMs(20_000);
      const later = await CanaryRig.start(module, config, proxy);
      for (const rig of [first, later]) {
        assert.deepEqual(rig.send([["x-user-id", TEXT.slice(-36)]]).decision, ["v2"]);
        const perId = (rig.vm.memoryBytes - empty) / COUNT;
        // 9.6 bytes an id, and memory that has to grow doubles; the text has 37.
        assert.ok(perId < 20, `${perId} bytes`);
      }
    });
  }
});

/** A configuration with a list of numbers that is shorter in each round: it has room where the one before the last was. */
function configured(round: number): string {
  const list = new IdList();
  for (let i = 0; i < COUNT * (1 - round / 10); i++) list.add(String(round * 1e7 + 7 * i));
  return JSON.stringify({ ...plain, lists: { testers: { encoded: encodeIds(list) } } });
}

test("a VM that is configured anew and anew has the memory of two configurations", async () => {
  const proxy = new Proxy();
  const vm = await proxy.createVm(module);
  const sizes: number[] = [];
  let earlier: Plugin | undefined;
  for (let round = 0; round < 6; round++) {
    const plugin = vm.startPlugin({ name: "canary", rootId: "canary", configuration: configured(round) });
    assert.ok(plugin.ok);
    earlier?.done();
    earlier = plugin;
    proxy.clock.advanceMs(150_000);
    sizes.push(vm.memoryBytes);
  }
  assert.ok(Math.max(...sizes) <= 2 * sizes[0]!, sizes.join());
});
