import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { type PluginModule, Proxy } from "../../tools/host/index.js";
import { fixture } from "../support/fixture.js";

let module: PluginModule;
before(async () => {
  module = await fixture("runtime/queues");
});

const OK = 0;
const NOT_FOUND = 1;

describe("a shared queue", () => {
  it("brings what one VM puts in to the VM that has registered it, also what has no bytes", async () => {
    const proxy = new Proxy();
    const giver = (await proxy.createVm(module, { vmId: "giver" })).startPlugin();
    const send = (path: string) => giver.openStream().requestHeaders([[":path", path]], true);
    send("/early");
    (await proxy.createVm(module, { vmId: "taker" })).startPlugin({ configuration: "take" });
    send("/a");
    send("");
    assert.deepEqual(
      proxy.logs.map(({ message }) => message),
      [
        ...[`resolve: ${NOT_FOUND}`, `enqueue: ${NOT_FOUND}`],
        ...[`resolve: ${OK}`, `enqueue: ${OK}`, "took /a"],
        ...[`resolve: ${OK}`, `enqueue: ${OK}`, "took "],
      ],
    );
  });
});

describe("done", () => {
  it("lets a root context go that held its end back", async () => {
    const proxy = new Proxy();
    const vm = await proxy.createVm(module);
    const plugin = vm.startPlugin();
    plugin.done();
    assert.equal(vm.pendingDone.has(plugin), true);
    plugin.tick();
    assert.equal(vm.pendingDone.has(plugin), false);
    assert.deepEqual(
      proxy.logs.map(({ message }) => message),
      [`done: ${OK}`],
    );
  });
});
