import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type FailurePolicy, PluginModule, Proxy } from "../../tools/host/index.js";
import { op } from "../support/parity/script.js";
import { ProbeRig } from "../support/probe-rig.js";

const trap = { requestHeaders: [op.trap()] };

async function trapped(failurePolicy: FailurePolicy): Promise<{ rig: ProbeRig; first: string; second: string }> {
  const rig = await ProbeRig.start({ plugin: { failurePolicy } });
  const statuses = [trap, {}].map((script) => {
    const stream = rig.send(script);
    if (!stream.localResponse) stream.responseHeaders([[":status", "200"]], true);
    stream.close();
    return `${stream.response.headers[0]![1]} ${stream.localResponse?.details ?? "passed"}`;
  });
  return { rig, first: statuses[0]!, second: statuses[1]! };
}

describe("a trap", () => {
  for (const [policy, first, second] of [
    ["closed", "503 wasm_fail_stream", "503 wasm_fail_stream"],
    ["open", "503 wasm_fail_stream", "200 passed"],
    ["open-at-once", "200 passed", "200 passed"],
  ] as const) {
    test(`under failure policy ${policy}`, async () => {
      const seen = await trapped(policy);
      assert.deepEqual([seen.first, seen.second], [first, second]);
      assert.match(seen.rig.vm.trapped?.message ?? "", /unreachable/);
      assert.equal(seen.rig.proxy.logs.at(-1)?.level, "error");
    });
  }

  test("shows once in an outcome", async () => {
    const rig = await ProbeRig.start();
    const { stream, headers } = rig.open(trap);
    assert.equal(stream.requestHeaders(headers).failed, "wasm_fail_stream");
  });

  test("in a VM leaves other VMs alone", async () => {
    const proxy = new Proxy();
    const one = await ProbeRig.start({ proxy });
    const two = await ProbeRig.start({ proxy });
    one.send(trap);
    proxy.logs.length = 0;
    two.send({ requestHeaders: [op.get(0, ":path")] });
    assert.deepEqual(two.answers(), ['0 "/"']);
  });

  test("while the plugin starts is its failure", async () => {
    const rig = await ProbeRig.start({ root: { configure: [op.trap()] } });
    assert.deepEqual([rig.plugin.ok, rig.plugin.failure], [false, "trap"]);
    assert.throws(() => rig.plugin.openStream(), /did not start: trap/);
  });
});

describe("a plugin that says no", () => {
  test("in on_configure", async () => {
    const rig = await ProbeRig.start({ root: { configure: [op.returns(0)] } });
    assert.equal(rig.plugin.failure, "configure");
  });

  test("in on_vm_start, which can read the plugin's configuration through context_create only", async () => {
    const rig = await ProbeRig.start({ root: { vmStart: [op.returns(0)] } });
    assert.equal(rig.plugin.failure, "vm_start");
  });
});

describe("a module that Envoy would not load", () => {
  /** The smallest modules: sections by hand, since no compiler of ours makes such. */
  const module = (...sections: number[]): Promise<PluginModule> =>
    PluginModule.compile(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...sections));
  const name = (text: string): number[] => [text.length, ...Buffer.from(text)];

  test("because it has no ABI version", async () => {
    await assert.rejects(new Proxy().createVm(await module()), /Missing or unknown Proxy-Wasm ABI version/);
  });

  test("because it imports what there is not", async () => {
    const imports = [1, ...name("env"), ...name("abort"), 0, 0];
    const exports = [1, ...name("proxy_abi_version_0_2_1"), 0, 0];
    const sections = [1, 4, 1, 0x60, 0, 0, 2, imports.length, ...imports, 7, exports.length, ...exports];
    await assert.rejects(new Proxy().createVm(await module(...sections)), /missing import: env\.abort/);
  });

  test("because it is none", async () => {
    await assert.rejects(PluginModule.compile(Buffer.from("no wasm")), WebAssembly.CompileError);
  });
});
