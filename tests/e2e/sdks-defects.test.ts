// What goes wrong in plugins on others' SDKs, in a real Envoy: tests/host/sdks.test.ts has the same in the Node host.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { compiledSdk, uncheckedSdk } from "../support/sdks/assemblyscript.js";
import { DEFECTS, oldest, OLDEST, OLDEST_LOGS, OLDEST_VISIT, REFUSED, SHARING } from "../support/sdks/defects.js";
import { EnvoyHost } from "../support/sdks/envoy-host.js";

describe("@solo-io/proxy-runtime in Envoy", { timeout: 120_000 }, () => {
  const envoy = new EnvoyHost();
  let wasm: Uint8Array;
  before(async () => {
    wasm = await compiledSdk("solo-defects");
    await envoy.start(DEFECTS.map(({ subject }) => ({ ...subject, wasm })));
  });
  after(() => envoy.stop());

  for (const { what, subject, visit, seen } of DEFECTS) {
    test(what, async () => {
      const { status, headers, logs } = await envoy.visit(subject.name, visit);
      assert.deepEqual({ status, headers, logs }, seen);
    });
  }

  for (const { what, subject, logs, envoySays } of REFUSED) {
    test(what, async () => {
      const refusing = new EnvoyHost();
      await assert.rejects(refusing.start([{ ...subject, wasm }]), envoySays);
      await refusing.stop();
      assert.deepEqual(refusing.started(subject.name), logs);
    });
  }

  test("clearing the route cache is a call of ABI 0.1.0, which Envoy does not link", async () => {
    const refusing = new EnvoyHost();
    const subject = { name: "route", rootId: "route", wasm: await uncheckedSdk("solo-route-cache") };
    await assert.rejects(refusing.start([subject]), /missing import: env\.proxy_clear_route_cache/);
    await refusing.stop();
  });
});

describe("@gcoredev/proxy-wasm-sdk-as in Envoy", { timeout: 120_000 }, () => {
  test("plugins that share a VM share the configuration that came last", async () => {
    const envoy = new EnvoyHost();
    const wasm = await compiledSdk("gcore-tour");
    try {
      await envoy.start(SHARING.map((subject) => ({ ...subject, wasm })));
      const { headers } = await envoy.visit("one", { name: "one", request: { path: "/few" } });
      assert.deepEqual(headers, ["hello: of the other"]);
    } finally {
      await envoy.stop();
    }
  });
});

describe("a module of ABI 0.1.0 in Envoy", { timeout: 60_000 }, () => {
  test("has the calls of that version", async () => {
    const envoy = new EnvoyHost();
    try {
      await envoy.start([{ ...OLDEST, wasm: await oldest() }]);
      assert.deepEqual(envoy.started(OLDEST.name), OLDEST_LOGS);
      assert.deepEqual((await envoy.visit(OLDEST.name, OLDEST_VISIT)).headers, ["hello: 0"]);
    } finally {
      await envoy.stop();
    }
  });
});
