// What goes wrong in plugins on others' SDKs, in the Node host as in Envoy: tests/e2e/sdks-defects.test.ts has the same there.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { checkModule, interfaceOf } from "../../tools/build/check-module.js";
import { PluginModule } from "../../tools/host/index.js";
import { compiledSdk, uncheckedSdk } from "../support/sdks/assemblyscript.js";
import { DEFECTS, oldest, OLDEST, OLDEST_LOGS, OLDEST_VISIT, REFUSED, SHARING } from "../support/sdks/defects.js";
import { NodeHost } from "../support/sdks/node-host.js";

describe("@solo-io/proxy-runtime", () => {
  let wasm: Uint8Array;
  before(async () => {
    wasm = await compiledSdk("solo-defects");
  });

  for (const { what, subject, visit, seen } of DEFECTS) {
    test(what, async () => {
      const node = await NodeHost.start({ ...subject, wasm });
      const { status, headers, logs } = node.visit(visit);
      assert.deepEqual({ status, headers, logs }, seen);
    });
  }

  for (const { what, subject, logs } of REFUSED) {
    test(what, async () => {
      const node = await NodeHost.start({ ...subject, wasm });
      assert.equal(node.plugin.failure, "trap");
      assert.deepEqual(node.logs, logs);
    });
  }

  test("clearing the route cache is a call of ABI 0.1.0, which Envoy does not link", async () => {
    const wasm = await uncheckedSdk("solo-route-cache");
    const module = await PluginModule.compile(wasm);
    const [problem, ...others] = checkModule(interfaceOf(module.compiled));
    assert.deepEqual(others, []);
    assert.match(problem!.message, /env\.proxy_clear_route_cache, which Envoy has for modules of ABI 0\.1\.0 alone$/);
    await assert.rejects(
      NodeHost.start({ name: "route", rootId: "route", wasm }),
      /^Error: Failed to load Wasm module due to a missing import: env\.proxy_clear_route_cache$/,
    );
  });
});

test("@gcoredev/proxy-wasm-sdk-as: plugins that share a VM share the configuration that came last", async () => {
  const wasm = await compiledSdk("gcore-tour");
  const [one, ...others] = SHARING.map((subject) => ({ ...subject, wasm }));
  const node = await NodeHost.start(one!, ...others);
  const { headers } = node.visit({ name: "one", request: { path: "/few" } });
  assert.deepEqual(headers, ["hello: of the other"]);
});

test("a module of ABI 0.1.0 has the calls of that version", async () => {
  const wasm = await oldest();
  const node = await NodeHost.start({ ...OLDEST, wasm });
  assert.deepEqual(node.logs, OLDEST_LOGS);
  assert.deepEqual(node.visit(OLDEST_VISIT).headers, ["hello: 0"]);
});
