import assert from "node:assert/strict";
import { before, test } from "node:test";
import type { PluginModule } from "../../tools/host/index.js";
import { encodeIds } from "../../tools/lists/encode.js";
import { IdList } from "../../tools/lists/id-list.js";
import { CanaryRig } from "../support/canary.js";
import { pluginModule } from "../support/plugin-module.js";

let module: PluginModule;
before(async () => {
  module = await pluginModule("canary");
});

/** User numbers of nine digits, about every ninth one. */
const id = (i: number): string => String(100_000_000 + ((i * 7919) % 9_000_001));
const rules = [{ name: "testers", match: { header: { name: "x-user-id", in_list: "testers" } }, arm: "v2" }];

function encoded(count: number): string {
  const list = new IdList();
  for (let i = 0; i < count; i++) list.add(id(i));
  return encodeIds(list);
}

test("a million encoded ids: started within 2 s, at most 16 bytes each, each decided right", async () => {
  const lists = { testers: { encoded: encoded(1_000_000) } };
  const few = await CanaryRig.start(module, { lists: { testers: { encoded: encoded(100) } }, rules });
  const start = performance.now();
  const rig = await CanaryRig.start(module, { lists, rules });
  const took = performance.now() - start;
  assert.ok(rig.plugin.ok);
  assert.ok(took < 2000, `${took} ms`);
  const perId = (rig.vm.memoryBytes - few.vm.memoryBytes) / 1_000_000;
  assert.ok(perId > 8 && perId <= 16, `${perId} bytes`);
  for (let i = 0; i < 1_000_000; i += 997) {
    assert.deepEqual(rig.send([["x-user-id", id(i)]]).decision, ["v2"], id(i));
    assert.deepEqual(rig.send([["x-user-id", id(i + 1_000_000)]]).decision, [], id(i + 1_000_000));
  }
});

test("ids are in no log, header or metric, right ones or wrong", async () => {
  const secret = "secret-number";
  const wrong = await CanaryRig.start(module, { lists: { testers: { ids: [`${secret}\n`, secret] } }, rules });
  assert.equal(wrong.plugin.ok, false);
  const rig = await CanaryRig.start(module, { lists: { testers: { ids: [secret] } }, rules });
  const { decision, headers } = rig.send([["x-user-id", secret]]);
  assert.deepEqual(decision, ["v2"]);
  rig.plugin.tick();
  const told = [...wrong.proxy.logs, ...rig.proxy.logs].map(({ message }) => message);
  assert.match(told.join("\n"), /\$\.lists\.testers\.ids\[0\]/);
  const others = headers.filter(([name]) => name !== "x-user-id");
  assert.doesNotMatch(
    JSON.stringify([told, others, rig.proxy.metrics.all().map(({ name }) => name)]),
    new RegExp(secret),
  );
});

test("the file of a list is for the tool to read", async () => {
  const { plugin, proxy } = await CanaryRig.start(module, { lists: { testers: { file: "testers.txt" } }, rules });
  assert.equal(plugin.ok, false);
  assert.match(
    proxy.logs.map(({ message }) => message).join("\n"),
    /\$\.lists\.testers\.file: expected ids; tidegate gen/,
  );
});
