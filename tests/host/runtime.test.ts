import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { type HeaderList, type Plugin, type PluginModule, Proxy } from "../../tools/host/index.js";
import { fixture } from "../support/fixture.js";

const PATHS = ["/a", "/b", "/c", "/d", "/e"];

function open(plugin: Plugin, path: string) {
  const stream = plugin.openStream();
  stream.requestHeaders([[":path", path]], true);
  return stream;
}

function answer(stream: ReturnType<typeof open>): Record<string, string> {
  stream.responseHeaders([[":status", "200"]], true);
  return Object.fromEntries(stream.response.headers);
}

for (const name of ["tracked", "stateless"]) {
  describe(`a module whose streams are ${name}`, () => {
    let module: PluginModule;
    before(async () => {
      module = await fixture(`runtime/${name}`);
    });

    test("serves several root contexts, each stream by its own", async () => {
      const vm = await new Proxy().createVm(module);
      const plugins = ["one", "two", "three"].map((configuration) => vm.startPlugin({ configuration }));
      const streams = plugins.flatMap((plugin) => PATHS.map((path) => ({ plugin, stream: open(plugin, path) })));
      for (const { plugin, stream } of streams.reverse()) {
        assert.equal(answer(stream)["x-tag"], Buffer.from(plugin.configuration).toString());
        stream.close();
      }
    });

    test("allocates nothing per stream once warm, and its memory stays as it is", async () => {
      const counting = await fixture(`runtime/${name}`, "counting");
      const vm = await new Proxy().createVm(counting);
      const plugin = vm.startPlugin({ configuration: "tag" });
      let allocations = 0;
      let warm = 0;
      for (let i = 0; i < 20_000; i++) {
        if (i === 1000) warm = vm.memoryBytes;
        const stream = plugin.openStream();
        const request = stream.requestHeaders([[":path", `/${i}`]], true);
        const response = stream.responseHeaders([[":status", "200"]], true);
        const end = stream.close();
        if (i >= 1000) allocations += [request.counts, response.counts, end].reduce((n, c) => n + c.heapAllocations, 0);
      }
      assert.equal(allocations, 0);
      assert.equal(vm.memoryBytes, warm);
    });

    test("passes a stream untouched whose root context is gone", async () => {
      const vm = await new Proxy().createVm(module);
      const plugin = vm.startPlugin({ configuration: "old" });
      vm.startPlugin({ configuration: "new" });
      const stream = plugin.openStream();
      plugin.done();
      assert.equal(stream.requestHeaders([[":path", "/"]], true).paused, false);
      assert.equal(vm.trapped, undefined);
    });

    test("takes a header of many kilobytes, and gives the memory back", async () => {
      const vm = await new Proxy().createVm(module);
      const plugin = vm.startPlugin({ configuration: "tag" });
      const long = `/${"x".repeat(60_000)}`;
      answer(open(plugin, long));
      const after = vm.memoryBytes;
      for (let i = 0; i < 200; i++) {
        const stream = open(plugin, long);
        assert.equal(answer(stream)["x-path"], long.slice(0, 64));
        stream.close();
      }
      assert.equal(vm.memoryBytes, after);
    });
  });
}

describe("with proxy_on_delete", () => {
  let module: PluginModule;
  before(async () => {
    module = await fixture("runtime/tracked");
  });

  test("a stream's state lasts from its request to its response, beside other streams", async () => {
    const vm = await new Proxy().createVm(module);
    const plugin = vm.startPlugin({ configuration: "tag" });
    const streams = PATHS.map((path) => open(plugin, path));
    for (const [index, stream] of [...streams.entries()].reverse()) {
      const headers = answer(stream);
      assert.equal(headers["x-path"], PATHS[index]);
      assert.equal(headers["x-seen"], "1");
      stream.close();
    }
  });

  test("a context that serves another stream begins anew", async () => {
    const vm = await new Proxy().createVm(module);
    const plugin = vm.startPlugin({ configuration: "tag" });
    for (let i = 0; i < 5; i++) {
      const stream = open(plugin, "/");
      assert.equal(answer(stream)["x-seen"], "1");
      stream.close();
    }
  });

  test("a root context is forgotten when Envoy deletes it", async () => {
    const proxy = new Proxy();
    const vm = await proxy.createVm(module);
    const plugins = ["a", "b", "c"].map((configuration) => vm.startPlugin({ configuration }));
    plugins[0]!.done();
    plugins[1]!.done();
    plugins[2]!.tick();
    assert.equal(proxy.logs.at(-1)?.message, "roots=1");
  });
});

describe("without proxy_on_delete", () => {
  test("a root context is forgotten when it has not ticked for long while others did", async () => {
    const proxy = new Proxy();
    const vm = await proxy.createVm(await fixture("runtime/stateless"));
    const plugins = ["old", "stays", "new"].map((configuration) => vm.startPlugin({ configuration }));
    proxy.clock.advanceMs(5_000);
    assert.equal(proxy.logs.at(-1)?.message, "roots=3");
    plugins[0]!.done();
    proxy.clock.advanceMs(120_000);
    assert.equal(proxy.logs.at(-1)?.message, "roots=2");
    assert.equal(answer(open(plugins[1]!, "/"))["x-tag"], "stays");
    assert.equal(answer(open(plugins[2]!, "/"))["x-tag"], "new");
  });

  test("a root context that was replaced before its first tick is forgotten, too, and one that refused at once", async () => {
    const proxy = new Proxy();
    const vm = await proxy.createVm(await fixture("runtime/stateless"));
    for (const configuration of ["one", "two", "three"]) vm.startPlugin({ configuration }).done();
    assert.equal(vm.startPlugin({ configuration: "refuse" }).ok, false);
    vm.startPlugin({ configuration: "stays" });
    proxy.clock.advanceMs(1_000);
    assert.equal(proxy.logs.at(-1)?.message, "roots=4");
    proxy.clock.advanceMs(110_000);
    assert.equal(proxy.logs.at(-1)?.message, "roots=1");
  });

  test("no root context is forgotten that ticks, however many there are", async () => {
    const proxy = new Proxy();
    const vm = await proxy.createVm(await fixture("runtime/stateless"));
    const plugins = Array.from({ length: 150 }, (_, i) => vm.startPlugin({ configuration: `${i}` }));
    for (let minutes = 0; minutes < 3; minutes++) proxy.clock.advanceMs(60_000);
    for (const [index, plugin] of plugins.entries()) {
      const stream = open(plugin, "/");
      assert.equal(answer(stream)["x-tag"], `${index}`);
      stream.close();
    }
  });

  test("a stream that is older than thousands of later ones passes untouched beside a second root context", async () => {
    const vm = await new Proxy().createVm(await fixture("runtime/stateless"));
    const plugin = vm.startPlugin({ configuration: "one" });
    vm.startPlugin({ configuration: "two" });
    const old = open(plugin, "/");
    for (let i = 0; i < 5000; i++) open(plugin, "/").close();
    const headers: HeaderList = Object.entries(answer(old)) as HeaderList;
    assert.deepEqual(headers, [[":status", "200"]]);
  });
});

test("without proxy_on_context_create the newest root context serves all streams", async () => {
  const vm = await new Proxy().createVm(await fixture("runtime/newest"));
  const [old] = ["old", "new"].map((configuration) => vm.startPlugin({ configuration }));
  assert.equal(answer(open(old!, "/"))["x-tag"], "new");
});

test("two plugins in one module share a stream's context and fetch a header once", async () => {
  const vm = await new Proxy().createVm(await fixture("runtime/composite"));
  const stream = vm.startPlugin().openStream();
  const { counts } = stream.requestHeaders([[":path", "/"], ["x-user", "1"]], true); // prettier-ignore
  assert.deepEqual(counts.hostCalls, { proxy_get_header_map_value: 1 });
  const headers = answer(stream);
  assert.equal(headers["x-one"], "yes");
  assert.equal(headers["x-two"], "yes");
});
