// Plugins on others' SDKs in a project of their author's, as the tool takes them: built, checked, generated and packaged.
import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import fc from "fast-check";
import { compile } from "../../tools/build/asc.js";
import { buildPlugin } from "../../tools/build/build-plugin.js";
import { withoutOutputs } from "../../tools/build/sdks/asconfig.js";
import { sdkOf } from "../../tools/build/sdks/detect.js";
import { gcore } from "../../tools/build/sdks/gcore.js";
import { missingFinding, sdkJob } from "../../tools/build/sdks/job.js";
import { registeredRootIds } from "../../tools/build/sdks/root-ids.js";
import { chainChanges } from "../../tools/diff/chain.js";
import { formatFinding } from "../../tools/errors.js";
import type { Target } from "../../tools/generate/target.js";
import { TARGETS } from "../../tools/generate/targets.js";
import type { PluginUse, PolicyDocument } from "../../tools/policy/model.js";
import { repoRoot } from "../../tools/root.js";
import { projectIn, tidegateIn } from "../support/project.js";
import { entryOf, SDK_FIXTURES } from "../support/sdks/assemblyscript.js";

const scratch = realpathSync(mkdtempSync(join(tmpdir(), "tidegate-sdks-")));
after(() => rmSync(scratch, { recursive: true }));

describe("an SDK", () => {
  it("is known by what a plugin exports again", () => {
    assert.equal(sdkOf(entryOf("solo-tour"))?.package, "@solo-io/proxy-runtime");
    assert.equal(sdkOf(entryOf("gcore-tour"))?.package, "@gcoredev/proxy-wasm-sdk-as");
    for (const plugin of ["canary", "ratelimit", "trace"]) {
      assert.equal(sdkOf(join(repoRoot, "plugins", plugin, "index.ts")), undefined);
    }
    const folder = join(scratch, "nested", "assembly");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "index.ts"), 'export * from "./all";\nimport "../../outside";\nimport "./nowhere";\n');
    writeFileSync(join(folder, "all.ts"), "import './index';\nexport * from '@solo-io/proxy-runtime/proxy';\n");
    assert.equal(sdkOf(join(folder, "index.ts"))?.package, "@solo-io/proxy-runtime");
    assert.equal(sdkOf(join(scratch, "nowhere.ts")), undefined);
  });

  it("has root ids that its plugins write out", () => {
    assert.deepEqual(registeredRootIds(entryOf("solo-tour")), ["tour"]);
    assert.deepEqual(registeredRootIds(entryOf("solo-defects")), ["", "telling", "property", "state"]);
    assert.deepEqual(registeredRootIds(join(repoRoot, "plugins/trace/index.ts")), ["trace"]);
  });

  it("that is not installed is named, and so is what it needs", () => {
    const folder = join(scratch, "bare");
    const missing = (): string => {
      const job = sdkJob(gcore, join(folder, "assembly/index.ts"), "release", []);
      return "missing" in job ? formatFinding(missingFinding(gcore, job, "index.ts")) : "nothing";
    };
    assert.equal(
      missing(),
      "index.ts:1:1: error TG9501 the plugin is written on @gcoredev/proxy-wasm-sdk-as, which is not installed. Run npm install --save-dev @gcoredev/proxy-wasm-sdk-as@1.2.3.",
    );
    mkdirSync(join(folder, "node_modules", gcore.package), { recursive: true });
    assert.match(missing(), /which needs @assemblyscript\/wasi-shim, and that is not installed\. Run npm install/);
    mkdirSync(join(scratch, "node_modules", "@assemblyscript/wasi-shim"), { recursive: true });
    assert.equal(missing(), "nothing");
    rmSync(join(scratch, "node_modules"), { recursive: true });
  });
});

describe("a plugin's own asconfig.json", () => {
  it("counts but for what is written where, and what the tool brings along", () => {
    const given = {
      extends: "./node_modules/@assemblyscript/wasi-shim/asconfig.json",
      entries: ["assembly/index.ts"],
      options: { bindings: "esm", use: ["abort=abort_proc_exit"], transform: ["json-as"] },
      targets: { release: { outFile: "build/a.wasm", sourceMap: true, optimizeLevel: 3 } },
    };
    const taken = { use: ["abort=abort_proc_exit"], transform: ["json-as"] };
    const rest = { options: taken, targets: { release: { optimizeLevel: 3 } } };
    assert.deepEqual(JSON.parse(withoutOutputs(JSON.stringify(given), "@assemblyscript/wasi-shim")), rest);
    const kept = JSON.parse(withoutOutputs(JSON.stringify(given), undefined)) as object;
    assert.deepEqual(kept, { extends: given.extends, ...rest });
  });

  it("may be anything: JSON comes of it, or an error that names it", () => {
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      fc.jsonValue().map((options) => JSON.stringify({ options, targets: options })),
    );
    fc.assert(
      fc.property(text, (given) => {
        try {
          JSON.parse(withoutOutputs(given, "@assemblyscript/wasi-shim"));
        } catch (error) {
          assert.match((error as Error).message, /^asconfig\.json: /);
        }
      }),
    );
  });

  it("that is no JSON is a finding", async () => {
    const folder = join(scratch, "broken");
    cpSync(join(SDK_FIXTURES, "solo-tour"), folder, { recursive: true });
    writeFileSync(join(folder, "asconfig.json"), "{ broken");
    const { wasm, findings } = await compile(join(folder, "assembly/index.ts"), "release", folder);
    assert.equal(wasm, undefined);
    assert.match(findings.map(formatFinding).join("\n"), /^assembly\/index\.ts:1:1: error TG6001 asconfig\.json: /);
  });
});

describe("a plugin that Envoy would not link", () => {
  it("is not built, and the call named", async () => {
    const outFile = join(scratch, "route.wasm");
    const { module, findings } = await buildPlugin({ entry: entryOf("solo-route-cache"), outFile, mode: "release" });
    assert.equal(module, undefined);
    assert.deepEqual(findings.map(formatFinding), [
      "tests/fixtures/sdks/solo-route-cache/assembly/index.ts:1:1: error TG6002 the module imports env.proxy_clear_route_cache, which Envoy has for modules of ABI 0.1.0 alone. leave the call out: the route is matched again when a request header changes, or call the foreign function clear_route_cache.",
    ]);
  });
});

const URL = `oci://registry.example.com/{plugin}@sha256:${"a".repeat(64)}`;

describe("what targets make of a plugin's root id and configuration", () => {
  const policyOf = (...plugins: PluginUse[]): PolicyDocument => ({
    apiVersion: "tidegate.dev/v1alpha1",
    kind: "PluginPolicy",
    metadata: { name: "both", namespace: "shop" },
    spec: { gateway: { name: "public" }, moduleUrl: "https://modules.example.com/{plugin}.wasm", plugins },
  });
  const targetNamed = (name: string): Target => TARGETS.find((target) => target.name === name)!;
  const made = (target: string, policy: PolicyDocument): string =>
    JSON.stringify(targetNamed(target).generate(policy, {}));
  const text = policyOf({ name: "auth", rootId: "tour", config: "some text" });

  it("each has the root id, or the plugin's name", () => {
    const policy = policyOf({ name: "auth", rootId: "tour", config: { a: 1 } }, { name: "edge" });
    const fields = { "istio-wasmplugin": "pluginName", higress: "pluginName", "envoy-gateway": "rootID" };
    for (const [target, field] of Object.entries({ ...fields, "istio-envoyfilter": "root_id", envoy: "root_id" })) {
      const said = [...made(target, policy).matchAll(new RegExp(`"${field}":"(\\w*)"`, "g"))].map(([, id]) => id);
      assert.deepEqual(said, ["tour", "edge"], target);
    }
  });

  it("an empty root id is left out where names cannot be empty", () => {
    const policy = policyOf({ name: "auth", rootId: "" });
    assert.doesNotMatch(made("istio-wasmplugin", policy), /pluginName/);
    assert.match(made("envoy-gateway", policy), /"rootID":""/);
    assert.match(made("envoy", policy), /"root_id":""/);
  });

  it("text goes on as it is, or is refused", () => {
    for (const target of ["istio-wasmplugin", "envoy-gateway", "higress"]) {
      const faults = targetNamed(target).faults(text, {});
      assert.ok(
        faults.some(({ code, path }) => code === "TG9502" && path.join(".") === "spec.plugins.0.config"),
        target,
      );
    }
    for (const target of ["istio-envoyfilter", "envoy"]) {
      assert.match(made(target, text), /"value":"some text"/);
      assert.ok(
        targetNamed(target)
          .faults(text, {})
          .every(({ code }) => code !== "TG9502"),
      );
    }
  });
});

describe("what changes between two texts", () => {
  const policyWith = (config: PluginUse["config"]): PolicyDocument => ({
    apiVersion: "tidegate.dev/v1alpha1",
    kind: "PluginPolicy",
    metadata: { name: "a" },
    spec: { plugins: [{ name: "auth", ...(config === undefined ? {} : { config }) }] },
  });
  const told = (one: PluginUse["config"], other: PluginUse["config"]): string[] =>
    chainChanges(policyWith(one), policyWith(other), new Map()).map(({ text }) => text);

  it("is told as a whole", () => {
    assert.deepEqual(told("good morning", "good evening"), ['config: "good morning" -> "good evening"']);
    assert.deepEqual(told("text", "text"), []);
    assert.equal(told("text", { a: 1 }).length, 1);
    assert.equal(told(undefined, "text").length, 1);
  });
});

describe("a project with plugins on two SDKs", () => {
  let folder: string;

  /** Policies by name, each of which has only its plugins and what more of spec. */
  function write(policies: Record<string, string>): string {
    const documents = Object.entries(policies).map(
      ([name, spec]) => `apiVersion: tidegate.dev/v1alpha1
kind: PluginPolicy
metadata: { name: ${name}, namespace: shop }
spec:
  gateway: { labels: { app: ${name} } }
  moduleUrl: ${URL}
  ${spec}
`,
    );
    writeFileSync(join(folder, "policy.yaml"), documents.join("---\n"));
    return "policy.yaml";
  }

  before(async () => {
    mkdirSync(join(scratch, "empty"));
    folder = projectIn(join(scratch, "project"), join(scratch, "empty"));
    cpSync(join(SDK_FIXTURES, "solo-tour"), join(folder, "plugins", "auth"), { recursive: true });
    cpSync(join(SDK_FIXTURES, "gcore-tour"), join(folder, "plugins", "edge"), { recursive: true });
    const { exitCode, out, err } = await tidegateIn(folder, "build");
    assert.deepEqual([exitCode, err], [0, ""]);
    assert.deepEqual(out.match(/^\S*\.wasm/gm), ["build/auth.wasm", "build/edge.wasm"]);
  });

  it("hears of root ids, configurations and rollouts that plugins do not know", async () => {
    const stable =
      "rollout: { percent: 5, salt: a, stable: { plugins: [{ name: auth, rootId: tour, config: { a: 1 } }] } }";
    const file = write({
      nameless: "plugins: [{ name: auth, config: text }]",
      misnamed: "plugins: [{ name: auth, config: text, rootId: other }]",
      fine: "plugins: [{ name: auth, config: text, rootId: tour }, { name: edge }]",
      refused: "plugins: [{ name: auth, config: refuse, rootId: tour }]",
      textual: "plugins: [{ name: trace, config: text }]",
      staged: `plugins: [{ name: auth, rootId: tour, config: { a: 2 } }]\n  ${stable}`,
      same: `plugins: [{ name: auth, rootId: tour, config: { a: 1 } }, { name: trace }]\n  ${stable}`,
    });
    const { err } = await tidegateIn(folder, "validate", "-f", file);
    const lines = err.split("\n").filter((line) => / TG(9\d|40|20)/.test(line));
    const traps = (id: string): string =>
      `the plugin auth traps when it is started as "${id}": Missing root context factory for root id: ${id} at: ~lib/@solo-io/proxy-runtime/assembly/runtime.ts(991:5). Write rootId: "tour".`;
    assert.deepEqual(lines, [
      `policy.yaml:7:21: error TG9504 ${traps("auth")}`,
      `policy.yaml:15:49: error TG9504 ${traps("other")}`,
      "policy.yaml:31:35: error TG4002 the plugin auth refuses this configuration: it logs no reason.",
      lines.find((line) => line.includes("TG2003"))!,
      "policy.yaml:47:21: error TG9503 auth does not know of rollouts: all proxies would take its change at once. Roll it out wave by wave, or change it by itself.",
    ]);
    assert.match(lines[3]!, /^policy\.yaml:39:\d+: error TG2003 the string "text" where an object belongs/);
  });

  it("is inspected and packaged", async () => {
    const inspected = await tidegateIn(folder, "inspect", "build/edge.wasm");
    assert.match(inspected.out, /written with +AssemblyScript, @gcoredev\/proxy-wasm-sdk-as/);
    const packaged = await tidegateIn(folder, "package", "auth", "edge", "--version", "1.0.0");
    assert.deepEqual([packaged.exitCode, packaged.out.match(/^\w+ 1\.0\.0$/gm)], [0, ["auth 1.0.0", "edge 1.0.0"]]);
  });
});
