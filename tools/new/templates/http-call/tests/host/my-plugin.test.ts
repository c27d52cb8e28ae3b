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
const CONFIGURATION = '{"cluster":"checker","authority":"checker.shop","forward":["authorization","x-user"]}';

/** An Envoy with the plugin. */
async function start(configuration = CONFIGURATION, module = release) {
  const proxy = new Proxy();
  const vm = await proxy.createVm(module);
  const plugin = vm.startPlugin({ name: NAME, rootId: NAME, configuration });
  return { proxy, plugin };
}

/** A request, and what came of it so far. */
function ask({ plugin } = started) {
  const stream = plugin.openStream();
  const headers = { ":method": "POST", ":path": "/cart?id=1", ":authority": "shop", "x-user": "ada", "x-other": "1" };
  const { paused, counts } = stream.requestHeaders(Object.entries(headers), false);
  return { stream, paused, counts };
}

/** The only question that waits for an answer. */
function question({ proxy } = started) {
  const [call, ...others] = proxy.httpCalls;
  assert.ok(call && others.length === 0);
  return call;
}

const started = await start();

describe(NAME, () => {
  it("asks about a request, which waits", () => {
    const { stream, paused } = ask();
    const { cluster, headers, timeoutMs } = question();
    assert.deepEqual({ paused, cluster, timeoutMs }, { paused: true, cluster: "checker", timeoutMs: 200 });
    assert.deepEqual(Object.fromEntries(headers), {
      ":method": "GET",
      ":authority": "checker.shop",
      ":path": "/cart?id=1",
      "x-original-method": "POST",
      "x-user": "ada",
    });
    question().respond();
    assert.equal(stream.requestPaused, false);
    assert.equal(stream.localResponse, undefined);
    stream.close();
  });

  for (const [status, expected] of Object.entries({ 401: 401, 403: 403, 404: 403, 429: 403 })) {
    it(`answers ${expected} when the service says ${status}`, () => {
      const { stream } = ask();
      question().respond({ headers: Object.entries({ ":status": status, "www-authenticate": "Basic" }) });
      assert.equal(stream.localResponse?.status, expected);
      const challenge = Object.fromEntries(stream.localResponse?.headers ?? [])["www-authenticate"];
      assert.equal(challenge, expected === 401 ? "Basic" : undefined);
      stream.close();
    });
  }

  for (const [onFailure, expected] of Object.entries({ allow: undefined, reject: 503 })) {
    const configuration = `{"cluster":"checker","on_failure":"${onFailure}"}`;
    const outcome = expected === undefined ? "lets the request pass" : `answers ${expected}`;

    it(`${outcome} when the service is late, gone, broken or cannot be asked: ${onFailure}`, async () => {
      const envoy = await start(configuration);
      const ends = [
        () => envoy.proxy.clock.advanceMs(200),
        () => question(envoy).fail(),
        () => question(envoy).respond({ headers: [[":status", "500"]] }),
      ];
      for (const end of ends) {
        const { stream } = ask(envoy);
        end();
        assert.equal(stream.localResponse?.status, expected);
        assert.equal(stream.requestPaused, expected !== undefined);
        stream.close();
      }
      envoy.proxy.faults.inject({ call: "proxy_http_call", status: 2 });
      assert.equal(ask(envoy).stream.localResponse?.status, expected);
      envoy.proxy.clock.advanceMs(1000);
      assert.equal(envoy.proxy.metrics.value(`${METRICS}_unanswered_total`), 4);
    });
  }

  it("forgets a request whose client is gone", async () => {
    const envoy = await start();
    ask(envoy).stream.close();
    question(envoy).respond({ headers: [[":status", "403"]] });
    envoy.proxy.clock.advanceMs(1000);
    assert.equal(envoy.proxy.metrics.value(`${METRICS}_rejected_total`), 0);
    assert.equal(envoy.plugin.vm.trapped, undefined);
  });

  it("tells many requests apart, whatever the order of the answers", async () => {
    const envoy = await start();
    const streams = Array.from({ length: 100 }, () => ask(envoy).stream);
    const questions = [...envoy.proxy.httpCalls];
    for (const [i, call] of [...questions.entries()].reverse()) {
      call.respond({ headers: [[":status", i % 2 ? "403" : "200"]] });
    }
    assert.deepEqual(
      streams.map((stream) => stream.localResponse?.status),
      streams.map((_, i) => (i % 2 ? 403 : undefined)),
    );
  });

  it("refuses a wrong configuration with every problem at its JSON path", async () => {
    const { proxy, plugin } = await start('{"cluster":"","timeout_ms":"1s"}');
    assert.equal(plugin.failure, "configure");
    assert.deepEqual(
      proxy.logs.map(({ message }) => message),
      [
        `${NAME}: $.cluster: expected 1 to 256 characters, not 0`,
        `${NAME}: $.timeout_ms: expected a whole number from 1 to 60000, not "1s"`,
      ],
    );
    assert.equal((await start("")).plugin.failure, "configure");
  });
});

describe("what a request costs", () => {
  it("a host call for each header that goes along, one to ask and three at the answer, and no allocation", async () => {
    const warm = await start(CONFIGURATION, counting);
    ask(warm).stream.close(); // makes the context that later streams use again
    question(warm).respond();
    const { stream, counts } = ask(warm);
    assert.deepEqual(counts.hostCalls, { proxy_get_header_map_value: 4, proxy_http_call: 1 });
    assert.equal(counts.heapAllocations, 0);
    const answered = question(warm).respond();
    const calls = { proxy_get_header_map_value: 1, proxy_set_effective_context: 1, proxy_continue_stream: 1 };
    assert.deepEqual(answered.hostCalls, calls);
    assert.equal(answered.heapAllocations, 0);
    assert.equal(stream.close().heapAllocations, 0);
  });
});
