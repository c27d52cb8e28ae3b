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
const CONFIGURATION = '{"header":"x-hello","value":"world"}';
const KEEPING = '{"header":"x-hello","value":"world","existing":"keep"}';
const ADDING = '{"header":"x-hello","value":"world","existing":"add"}';

/** An Envoy with the plugin. */
async function start(configuration = CONFIGURATION, module = release) {
  const proxy = new Proxy();
  const vm = await proxy.createVm(module);
  const plugin = vm.startPlugin({ name: NAME, rootId: NAME, configuration });
  return { proxy, plugin };
}

/** What becomes of a response with these headers. */
function answer({ plugin } = started, headers = { ":status": "200" }) {
  const stream = plugin.openStream();
  stream.requestHeaders([[":path", "/"]], true);
  const { counts } = stream.responseHeaders(Object.entries(headers), true);
  const values = stream.response.headers.filter(([name]) => name === "x-hello").map(([, value]) => value);
  stream.close();
  return { values, counts };
}

const started = await start();
const MOON = { ":status": "200", "x-hello": "moon" };

describe(NAME, () => {
  it("writes its header into a response", () => {
    assert.deepEqual(answer().values, ["world"]);
  });

  it("does as `existing` says with a header that is there", async () => {
    assert.deepEqual(answer(started, MOON).values, ["world"]);
    assert.deepEqual(answer(await start(KEEPING), MOON).values, ["moon"]);
    assert.deepEqual(answer(await start(ADDING), MOON).values, ["moon", "world"]);
  });

  it("counts what it wrote", async () => {
    const { proxy, plugin } = await start();
    answer({ proxy, plugin });
    answer({ proxy, plugin });
    assert.equal(proxy.metrics.value(`${METRICS}_written_total`), 0);
    proxy.clock.advanceMs(1000);
    assert.equal(proxy.metrics.value(`${METRICS}_written_total`), 2);
  });

  it("leaves a response as it is when the host does not answer, and counts that", async () => {
    const { proxy, plugin } = await start();
    proxy.faults.inject({ call: "proxy_replace_header_map_value", status: 10 });
    assert.deepEqual(answer({ proxy, plugin }).values, []);
    proxy.clock.advanceMs(1000);
    assert.equal(proxy.metrics.value(`${METRICS}_host_errors_total`), 1);
  });

  it("refuses a wrong configuration with every problem at its JSON path", async () => {
    const { proxy, plugin } = await start('{"header":"x-hello","valu":"world","existing":1}');
    assert.equal(plugin.failure, "configure");
    assert.deepEqual(
      proxy.logs.map(({ message }) => message),
      [
        `${NAME}: $.valu: unknown key; did you mean "value"?`,
        `${NAME}: $: expected the key "value", which is missing`,
        `${NAME}: $.existing: expected one of "replace", "keep", "add", not 1`,
      ],
    );
    assert.equal((await start("")).plugin.failure, "configure");
  });
});

describe("what a response costs", () => {
  const cases = [
    { configuration: CONFIGURATION, calls: { proxy_replace_header_map_value: 1 } },
    { configuration: KEEPING, calls: { proxy_get_header_map_value: 1, proxy_add_header_map_value: 1 } },
    { configuration: ADDING, calls: { proxy_add_header_map_value: 1 } },
  ];
  for (const { configuration, calls } of cases) {
    it(`${Object.keys(calls).join(", ")}, and no allocation`, async () => {
      const warm = await start(configuration, counting);
      answer(warm); // makes the context that all streams share
      const { counts } = answer(warm);
      assert.deepEqual(counts.hostCalls, calls);
      assert.equal(counts.heapAllocations, 0);
    });
  }
});
