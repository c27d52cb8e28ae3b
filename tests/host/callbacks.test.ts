import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { type PluginModule, Proxy } from "../../tools/host/index.js";
import { fixture } from "../support/fixture.js";

let module: PluginModule;
before(async () => {
  module = await fixture("runtime/callbacks");
});

async function start(vmConfiguration = "vm") {
  const proxy = new Proxy();
  const vm = await proxy.createVm(module, { configuration: vmConfiguration });
  const plugin = vm.startPlugin({ rootId: "callbacks", configuration: "plugin" });
  /** What was logged since the last call. */
  const said = () => proxy.logs.splice(0).map(({ message }) => message);
  return { proxy, vm, plugin, said };
}

describe("callbacks reach the context that they are for, with what the host says", () => {
  test("of a stream with bodies and trailers, in order", async () => {
    const { plugin, said } = await start();
    said();
    const stream = plugin.openStream();
    stream.requestHeaders([[":path", "/"], ["a", "b"]]); // prettier-ignore
    stream.requestBody("abc");
    stream.requestTrailers([["t", "1"]]);
    stream.responseHeaders([[":status", "200"]]);
    assert.equal(stream.responseBody("first ").paused, true);
    assert.equal(stream.responseBody("second", true).paused, true);
    assert.equal(Buffer.from(stream.request.body).toString(), "replaced");
    stream.close();
    assert.deepEqual(said(), [
      "create",
      "request headers 2 false",
      "request body abc false",
      "request trailers 1",
      "response headers 1 false",
      "response body 6 false",
      "response body 12 true",
      "log",
      "done",
      "delete",
    ]);
  });

  test("of a response that ends with trailers", async () => {
    const { plugin, said } = await start();
    const stream = plugin.openStream();
    stream.requestHeaders([[":path", "/"]], true);
    stream.responseHeaders([[":status", "200"]]);
    said();
    stream.responseTrailers([["t", "1"], ["u", "2"]]); // prettier-ignore
    assert.deepEqual(said(), ["response trailers 2"]);
  });

  test("of a plugin's life", async () => {
    const { proxy, plugin, said } = await start();
    assert.deepEqual(said(), ["start vm", "configure plugin"]);
    proxy.clock.advanceMs(2000);
    assert.deepEqual(said(), ["tick", "tick"]);
    plugin.done();
    assert.deepEqual(said(), ["root done", "root delete"]);
    proxy.clock.advanceMs(2000);
    assert.deepEqual(said(), []);
  });
});

test("a VM configuration that the plugin refuses keeps it from starting", async () => {
  const { plugin, said } = await start("refuse");
  assert.equal(plugin.failure, "vm_start");
  assert.deepEqual(said(), ["start refuse"]);
});

test("a module with one root context plays it under any root id", async () => {
  const vm = await new Proxy().createVm(module);
  assert.ok(vm.startPlugin({ rootId: "another" }).ok);
});

test("a module with several root contexts plays the one that the root id names, and no other", async () => {
  const proxy = new Proxy();
  const vm = await proxy.createVm(await fixture("runtime/two-roots"));
  assert.ok(vm.startPlugin({ rootId: "accepting" }).ok);
  assert.equal(vm.startPlugin({ rootId: "refusing" }).failure, "configure");
  assert.equal(proxy.logs.length, 0);
  assert.equal(vm.startPlugin({ rootId: "neither" }).failure, "configure");
  assert.deepEqual(proxy.logs.at(-1), {
    level: "critical",
    message: "no plugin is registered under this root_id",
    vm: 0,
  });
});
