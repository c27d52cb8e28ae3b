// The release module in a proxy-wasm host for Node: all that Envoy would do with it, and how much each request costs.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Proxy } from "../../tools/host/index.js";
import { pluginModule } from "../support/plugin-module.js";

const NAME = "my-plugin";
/** How the names of its metrics begin. */
const METRICS = "tidegate_my_plugin";
const release = await pluginModule(NAME);
const counting = await pluginModule(NAME, "counting");

/** A worker of an Envoy, with the plugin. */
async function start(proxy = new Proxy(), configuration = "{}", module = release) {
  const vm = await proxy.createVm(module);
  const plugin = vm.startPlugin({ name: NAME, rootId: NAME, configuration });
  return { proxy, plugin };
}

/** What a response says, and what it costs. */
function answer({ plugin } = started, status = "200") {
  const stream = plugin.openStream();
  stream.requestHeaders([[":path", "/"]], true);
  const { counts } = stream.responseHeaders(Object.entries({ ":status": status }), true);
  const served = Object.fromEntries(stream.response.headers)["x-served"];
  stream.close();
  return { served, counts };
}

const started = await start();

describe(NAME, () => {
  it("tells how many responses all workers have given, as of the last tick", async () => {
    const one = await start();
    const other = await start(one.proxy);
    assert.equal(answer(one).served, "0");
    answer(one);
    answer(other);
    one.proxy.clock.advanceMs(2000);
    assert.equal(answer(one).served, "3");
    assert.equal(answer(other).served, "3");
  });

  it("counts by the class of the status", async () => {
    const worker = await start();
    for (const status of ["200", "204", "404", "503", "xyz"]) answer(worker, status);
    worker.proxy.clock.advanceMs(1000);
    const counted = ["1xx", "2xx", "3xx", "4xx", "5xx"].map((name) =>
      worker.proxy.metrics.value(`class=.=${name};.;${METRICS}_responses_total`),
    );
    assert.deepEqual(counted, [0, 2, 0, 1, 1]);
  });

  it("goes on from the sum when the configuration changes", async () => {
    const before = await start();
    answer(before);
    before.proxy.clock.advanceMs(1000);
    const after = await start(before.proxy, '{"every_ms":100}');
    after.proxy.clock.advanceMs(100);
    assert.equal(answer(after).served, "1");
  });

  for (const call of ["proxy_get_shared_data", "proxy_set_shared_data"]) {
    it(`loses nothing while the host does not answer ${call}, and counts that`, async () => {
      const worker = await start();
      const fault = worker.proxy.faults.inject({ call, status: 10 });
      answer(worker);
      worker.proxy.clock.advanceMs(1000);
      assert.equal(worker.proxy.metrics.value(`${METRICS}_host_errors_total`), 1);
      fault.remove();
      worker.proxy.clock.advanceMs(1000);
      assert.equal(answer(worker).served, "1");
    });
  }

  it("takes an empty configuration, and refuses a wrong one with every problem at its JSON path", async () => {
    assert.equal((await start(new Proxy(), "")).plugin.failure, undefined);
    const { proxy, plugin } = await start(new Proxy(), '{"header":"X","every_ms":"1s"}');
    assert.equal(plugin.failure, "configure");
    assert.deepEqual(
      proxy.logs.map(({ message }) => message),
      [
        `${NAME}: $.header: expected a header name in lower case`,
        `${NAME}: $.every_ms: expected a whole number from 100 to 60000, not "1s"`,
      ],
    );
  });
});

describe("what it costs", () => {
  it("two host calls and no allocation for a response", async () => {
    const warm = await start(new Proxy(), "{}", counting);
    answer(warm); // makes the context that all streams share
    const { counts } = answer(warm);
    assert.deepEqual(counts.hostCalls, { proxy_get_header_map_value: 1, proxy_replace_header_map_value: 1 });
    assert.equal(counts.heapAllocations, 0);
  });

  it("a read and a write of shared data for a tick, and a call for each counter that grew", async () => {
    const worker = await start(new Proxy(), "{}", counting);
    answer(worker);
    const counts = worker.plugin.tick();
    const calls = { proxy_get_shared_data: 1, proxy_set_shared_data: 1, proxy_increment_metric: 1 };
    assert.deepEqual(counts.hostCalls, calls);
    assert.equal(counts.heapAllocations, 0);
  });
});
