import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { capabilitiesNeeded, capabilityFaults } from "../../tools/generate/capabilities.js";
import type { BuiltModule, ModuleOptions } from "../../tools/generate/module-source.js";
import { vmFaults } from "../../tools/generate/shared-vm.js";
import { FORMS, TARGETS } from "../../tools/generate/targets.js";
import { wasmHttpFilter } from "../../tools/generate/wasm-filter.js";
import type { Fault } from "../../tools/policy/fault.js";
import type { PluginUse, PolicyDocument, PolicySpec } from "../../tools/policy/model.js";
import { failureFaults } from "../../tools/policy/rules-failure.js";

const MODULE: BuiltModule = {
  sha256: "a".repeat(64),
  bytes: new Uint8Array(),
  imports: ["env.proxy_log", "wasi_snapshot_preview1.random_get", "env.emscripten_notify_memory_growth"],
  exports: ["memory", "_initialize", "proxy_abi_version_0_2_1", "proxy_on_memory_allocate", "proxy_on_tick", "other"],
};
const NEEDED = ["proxy_log", "proxy_on_tick", "random_get"];
const BUILT = { module: () => MODULE };

function policyOf(spec: Partial<PolicySpec>, ...plugins: PluginUse[]): PolicyDocument {
  const given = plugins.length > 0 ? plugins : [{ name: "a" }];
  const all = { moduleUrl: "file:///etc/{plugin}.wasm", plugins: given, ...spec };
  return { apiVersion: "tidegate.dev/v1alpha1", kind: "PluginPolicy", metadata: { name: "p" }, spec: all };
}

/** Where the restriction stands in the filter of a policy's first plugin. */
function restrictions(policy: PolicyDocument, options: ModuleOptions): (string[] | undefined)[] {
  const [plugin] = policy.spec.plugins;
  const filter = wasmHttpFilter(policy, plugin!, { local: { filename: "/a.wasm" } }, options) as unknown as {
    typed_config: { config: Holder & { vm_config: Holder } };
  };
  const { config } = filter.typed_config;
  return [config, config.vm_config].map(({ capability_restriction_config: field }) =>
    field ? Object.keys(field.allowed_capabilities) : undefined,
  );
}
interface Holder {
  capability_restriction_config?: { allowed_capabilities: object };
}

const told = (faults: readonly Fault[]): string[] =>
  faults.map(({ code, severity = "error", path }) => `${severity} ${code} ${path.join(".")}`);

describe("what a plugin may call", () => {
  it("is what its module imports and offers, by the names that Envoy has", () => {
    assert.deepEqual(capabilitiesNeeded(MODULE), NEEDED);
  });

  it("stands in the VM where every Envoy has that field, else in the plugin", () => {
    const policy = policyOf({});
    assert.deepEqual(restrictions(policy, BUILT), [NEEDED, undefined]);
    assert.deepEqual(restrictions(policy, { ...BUILT, envoyVersion: "1.39.3" }), [NEEDED, undefined]);
    assert.deepEqual(restrictions(policy, { ...BUILT, envoyVersion: "1.40.0" }), [undefined, NEEDED]);
  });

  it("is everything where the policy says so, a plugin's word before the policy's", () => {
    const none = [undefined, undefined];
    assert.deepEqual(restrictions(policyOf({ capabilities: "all" }), BUILT), none);
    assert.deepEqual(restrictions(policyOf({}, { name: "a", capabilities: "all" }), BUILT), none);
    const own = policyOf({ capabilities: "all" }, { name: "a", capabilities: "restricted" });
    assert.deepEqual(restrictions(own, BUILT), [NEEDED, undefined]);
  });

  it("is not guessed: without the module nothing is restricted, with a warning, or an error if it was asked for", () => {
    const unbuilt = { module: () => undefined };
    const other = { name: "a", sha256: "b".repeat(64), moduleUrl: "https://modules.example/a.wasm" };
    for (const [policy, options] of [
      [policyOf({}), unbuilt],
      [policyOf({}), {}],
      [policyOf({}, other), BUILT],
    ] as const) {
      assert.deepEqual(restrictions(policy, options), [undefined, undefined]);
      assert.deepEqual(told(capabilityFaults(policy, options)), ["warning TG3502 spec.plugins.0.name"]);
      const asked = { ...policy, spec: { ...policy.spec, capabilities: "restricted" as const } };
      assert.deepEqual(told(capabilityFaults(asked, options)), ["error TG3502 spec.plugins.0.name"]);
      assert.deepEqual(capabilityFaults({ ...policy, spec: { ...policy.spec, capabilities: "all" } }, options), []);
    }
    assert.deepEqual(capabilityFaults(policyOf({}, { ...other, sha256: MODULE.sha256 }), BUILT), []);
    const image = { ...other, moduleUrl: "oci://registry.example/a:1" }; // its hash is the manifest's
    assert.deepEqual(capabilityFaults(policyOf({}, image), BUILT), []);
  });

  it("is an error to restrict where the target cannot, and names those that can", () => {
    for (const target of [...TARGETS, ...Object.values(FORMS)]) {
      const faults = (spec: Partial<PolicySpec>): string[] =>
        target
          .faults(policyOf(spec), BUILT)
          .filter(({ code }) => code === "TG3501" && target.name)
          .map(({ path, remedy = "" }) => `${path.join(".")} ${/istio-envoyfilter or envoy/.test(remedy)}`);
      assert.deepEqual(faults({ capabilities: "restricted" }), target.ownsVm ? [] : ["spec.capabilities true"]);
      assert.deepEqual(faults({}), []);
      assert.deepEqual(faults({ capabilities: "all" }), []);
    }
  });

  it("is the same for plugins of two policies that share a VM", () => {
    const [envoyFilter] = TARGETS.filter(({ name }) => name === "istio-envoyfilter");
    const lanes = (spec: Partial<PolicySpec>): PolicyDocument =>
      policyOf(spec, { name: "canary", config: { lane_propagation: { group: "g" } } });
    const found = (...policies: PolicyDocument[]): string[] =>
      vmFaults(policies, envoyFilter!, BUILT).map(({ policy, fault }) => `${policies.indexOf(policy)} ${fault.code}`);
    assert.deepEqual(found(lanes({}), lanes({})), []);
    assert.deepEqual(found(lanes({}), lanes({ capabilities: "all" })), ["1 TG3504"]);
    const [one, other] = [lanes({}), lanes({ capabilities: "all" })];
    assert.deepEqual(vmFaults([one, other], envoyFilter!, { ...BUILT, envoyVersion: "1.40.0" }), []);
    const own = { ...lanes({ capabilities: "all" }), metadata: { name: "q", namespace: "other" } };
    assert.deepEqual(found(lanes({}), own), []);
  });
});

describe("how soon a plugin starts anew", () => {
  it("means nothing where it does not", () => {
    const reload = { baseInterval: "1s" };
    assert.deepEqual(failureFaults(policyOf({ failure: "reload", reload })), []);
    assert.deepEqual(failureFaults(policyOf({ reload }, { name: "a" }, { name: "b", failure: "reload" })), []);
    assert.deepEqual(told(failureFaults(policyOf({ reload }))), ["error TG3503 spec.reload"]);
    const closed = policyOf({ failure: "reload" }, { name: "a", failure: "closed", reload });
    assert.deepEqual(told(failureFaults(closed)), ["error TG3503 spec.plugins.0.reload"]);
    const unused = policyOf({ failure: "reload", reload }, { name: "a", reload });
    assert.deepEqual(told(failureFaults(unused)), ["error TG3503 spec.reload"]);
  });

  it("is written as Envoy has it, and refused for a WasmPlugin", () => {
    for (const [baseInterval, written] of [
      ["10ms", "0.01s"],
      ["1500ms", "1.5s"],
      ["3s", "3s"],
      ["2m", "120s"],
    ] as const) {
      const policy = policyOf({ failure: "reload", reload: { baseInterval } });
      const filter = wasmHttpFilter(policy, { name: "a" }, { local: { filename: "/a.wasm" } });
      const config = JSON.stringify(filter.typed_config);
      assert.ok(config.includes(`"reload_config":{"backoff":{"base_interval":"${written}"}}`), config);
      assert.ok(
        !JSON.stringify(wasmHttpFilter(policyOf({}), { name: "a" }, { local: { filename: "" } })).includes("reload"),
      );
      const wasmPlugin = TARGETS.find(({ name }) => name === "istio-wasmplugin")!.faults(policy, BUILT);
      assert.deepEqual(told(wasmPlugin.filter(({ severity }) => severity !== "warning")), ["error TG3503 spec.reload"]);
    }
  });
});
