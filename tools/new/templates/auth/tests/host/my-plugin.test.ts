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
const KEY = "ada-0123456789abcdef";
const KEYS = `"keys":[{"name":"ada","key":"${KEY}"},{"name":"bob","key":"bob-0123456789abcdef"}]`;
const CONFIGURATION = `{${KEYS}}`;

/** An Envoy with the plugin. */
async function start(configuration = CONFIGURATION, module = release) {
  const proxy = new Proxy();
  const vm = await proxy.createVm(module);
  const plugin = vm.startPlugin({ name: NAME, rootId: NAME, configuration });
  return { proxy, plugin };
}

/** What becomes of a request with this header beside the ordinary ones. */
function ask({ plugin } = started, name = "authorization", value = `Bearer ${KEY}`) {
  const stream = plugin.openStream();
  const { counts } = stream.requestHeaders(Object.entries({ ":path": "/", "x-user": "root", [name]: value }), true);
  const status = stream.localResponse?.status;
  const challenge = stream.localResponse?.headers.find(([header]) => header === "www-authenticate")?.[1];
  const passed = Object.fromEntries(stream.request.headers);
  stream.close();
  return { status, challenge, user: passed["x-user"], key: passed[name], counts };
}

const started = await start();

describe(NAME, () => {
  it("lets who has a key pass under its name, without the key", () => {
    const { status, user, key } = ask();
    assert.deepEqual({ status, user, key }, { status: undefined, user: "ada", key: undefined });
  });

  it("answers 401 to who has none, and says what is wanted", () => {
    for (const value of ["Bearer nobody-0123456789", `Basic ${KEY}`, `Bearer ${KEY}x`, KEY, ""]) {
      const { status, challenge } = ask(started, "authorization", value);
      assert.deepEqual({ status, challenge }, { status: 401, challenge: `Bearer realm="${NAME}"` }, value);
    }
    assert.equal(ask(started, "x-other").status, 401);
  });

  it("reads another header, without a scheme, and forwards the key when told so", async () => {
    const plugin = await start(`{"header":"x-api-key","scheme":"","forward_key":true,${KEYS}}`);
    const { status, user, key } = ask(plugin, "x-api-key", KEY);
    assert.deepEqual({ status, user, key }, { status: undefined, user: "ada", key: KEY });
    assert.equal(ask(plugin, "x-api-key", `Bearer ${KEY}`).challenge, `Key realm="${NAME}"`);
  });

  it("counts who passed and who did not", async () => {
    const { proxy, plugin } = await start();
    ask({ proxy, plugin });
    ask({ proxy, plugin }, "authorization", "Bearer no");
    ask({ proxy, plugin }, "authorization", "Bearer no");
    proxy.clock.advanceMs(1000);
    assert.equal(proxy.metrics.value(`${METRICS}_allowed_total`), 1);
    assert.equal(proxy.metrics.value(`${METRICS}_rejected_total`), 2);
  });

  for (const call of ["get", "replace", "remove"].map((verb) => `proxy_${verb}_header_map_value`)) {
    it(`lets nobody pass when the host does not answer ${call}, and counts that`, async () => {
      const { proxy, plugin } = await start();
      proxy.faults.inject({ call, status: 10 });
      assert.equal(ask({ proxy, plugin }).status, 401);
      proxy.clock.advanceMs(1000);
      assert.equal(proxy.metrics.value(`${METRICS}_host_errors_total`), 1);
    });
  }

  it("refuses a wrong configuration with every problem at its JSON path, and shows no key", async () => {
    const { proxy, plugin } = await start('{"keys":[{"name":"ada","key":"s3cret"}],"forward_keys":true}');
    assert.equal(plugin.failure, "configure");
    assert.deepEqual(
      proxy.logs.map(({ message }) => message),
      [
        `${NAME}: $.forward_keys: unknown key; did you mean "forward_key"?`,
        `${NAME}: $.keys[0].key: expected 16 to 256 characters, not 6`,
      ],
    );
    assert.equal((await start("")).plugin.failure, "configure");
  });
});

describe("what a request costs", () => {
  const get = "proxy_get_header_map_value";
  const cases = [
    {
      value: `Bearer ${KEY}`,
      calls: { [get]: 1, proxy_replace_header_map_value: 1, proxy_remove_header_map_value: 1 },
    },
    { value: "Bearer no", calls: { [get]: 1, proxy_send_local_response: 1 } },
  ];
  for (const { value, calls } of cases) {
    it(`${Object.keys(calls).join(", ")}, and no allocation`, async () => {
      const warm = await start(CONFIGURATION, counting);
      ask(warm, "authorization", value); // makes the context that all streams share
      const { counts } = ask(warm, "authorization", value);
      assert.deepEqual(counts.hostCalls, calls);
      assert.equal(counts.heapAllocations, 0);
    });
  }
});
