import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { parseAllDocuments } from "yaml";
import { formatFinding } from "../../tools/errors.js";
import { inWords } from "../../tools/generate/in-words.js";
import type { ModuleOptions } from "../../tools/generate/module-source.js";
import { FORMS, TARGETS } from "../../tools/generate/targets.js";
import { jsonText, yamlText } from "../../tools/generate/text.js";
import type { Target } from "../../tools/generate/target.js";
import { loadRig } from "../../tools/rig/load-rig.js";
import { repoRoot } from "../../tools/root.js";
import { type CheckedPolicy, findingsOf, PolicyChecker } from "../../tools/validate/policies.js";
import { SHIPPED_RIGS } from "../support/shipped.js";
import { assertGolden, goldenFolder } from "./golden-file.js";

/** Plugins that take any configuration: these tests are about what surrounds it. */
const ANY = { type: "object" };
const catalog = new Map(
  ["trace", "ratelimit", "canary"].map((name) => [name, { name, folder: name, schema: ANY, ownSchema: ANY }]),
);
/** Where the bootstrap's modules are said to lie, since the default depends on the machine. */
const FILES = { moduleUrl: "file:///etc/tidegate/{plugin}.wasm" };

const folder = goldenFolder("golden");
const cases = readdirSync(folder).filter((file) => file.endsWith(".in.yaml"));

describe("generate, golden", () => {
  for (const file of cases) {
    for (const target of [...TARGETS, ...Object.values(FORMS)]) {
      const name = file.replace(".in.yaml", "");
      it(`${name} as ${target.name}`, () => {
        const policies = read(file);
        const out = join(folder, `${name}.${target.name}.out.yaml`);
        if (!canExpress(target, policies, name)) return assert.ok(!existsSync(out), out);
        const resources = policies.flatMap(({ policy }) => [
          ...(target.routes?.generate(policy) ?? []),
          ...target.generate(policy, optionsOf(target, name)),
        ]);
        assertGolden(out, yamlText(resources, "Golden."));
        assertSameInYaml11(resources);
      });
    }
  }

  it("has several resources in one List when it is JSON", () => {
    const resources = [{ kind: "A" }, { kind: "B" }];
    assert.deepEqual(JSON.parse(jsonText(resources)), { apiVersion: "v1", kind: "List", items: resources });
    assert.deepEqual(JSON.parse(jsonText([{ kind: "A" }])), { kind: "A" });
  });
});

/** The cases that are about failures, restrictions and VMs; others are restricted to nothing, since no module is known. */
const OF_MODULES = ["failure", "reload"];
/** Stands for every plugin's module. */
const MODULE = {
  sha256: "0123456789abcdef".repeat(4),
  bytes: new Uint8Array(),
  imports: ["env.proxy_log", "env.proxy_get_property", "wasi_snapshot_preview1.random_get"],
  exports: ["proxy_abi_version_0_2_1", "proxy_on_memory_allocate", "memory", "proxy_on_configure", "proxy_on_log"],
};

describe("generate --explain, golden", () => {
  for (const name of [...OF_MODULES, "gateway-own", "gateway-one-route"]) {
    for (const target of [...TARGETS, ...Object.values(FORMS)]) {
      it(`${name} as ${target.name}`, () => {
        const policies = read(`${name}.in.yaml`);
        const out = join(folder, `${name}.${target.name}.explain.txt`);
        if (!canExpress(target, policies, name)) return assert.ok(!existsSync(out), out);
        const all = policies.map(({ policy }) => policy);
        assertGolden(out, inWords(all, target, optionsOf(target, name)));
      });
    }
  }
});

describe("a rig, golden", () => {
  for (const rig of SHIPPED_RIGS) {
    for (const target of [...TARGETS, ...Object.values(FORMS)].filter(({ name }) => name !== "envoy")) {
      it(`${rig} as ${target.name}`, async () => {
        const { policy } = await loadRig(rig, repoRoot);
        const out = join(folder, `rig-${rig}.${target.name}.out.yaml`);
        const faults = [...(target.routes?.faults(policy!) ?? []), ...target.faults(policy!, FILES)];
        if (faults.some(({ severity }) => severity !== "warning")) return assert.ok(!existsSync(out), out);
        const resources = [...(target.routes?.generate(policy!) ?? []), ...target.generate(policy!, FILES)];
        assertGolden(out, yamlText(resources, "Golden."));
      });
    }
  }
});

function canExpress(target: Target, policies: CheckedPolicy[], name: string): boolean {
  const faults = policies.flatMap(({ policy }) => [
    ...(target.routes?.faults(policy) ?? []),
    ...target.faults(policy, optionsOf(target, name)),
  ]);
  return !(target.single && policies.length > 1) && faults.every(({ severity }) => severity === "warning");
}

function optionsOf(target: Target, name: string): ModuleOptions {
  return { ...(target.single ? FILES : {}), ...(OF_MODULES.includes(name) ? { module: () => MODULE } : {}) };
}

function read(file: string): CheckedPolicy[] {
  const checked = new PolicyChecker(catalog).check([{ file, text: readFileSync(join(folder, file), "utf8") }]);
  const errors = findingsOf(checked).filter(({ severity }) => severity === "error");
  assert.deepEqual(errors.map(formatFinding), []);
  return checked.policies;
}

/** What Kubernetes reads from the YAML, which it takes for YAML 1.1, is what was generated. */
function assertSameInYaml11(resources: object[]): void {
  const documents = parseAllDocuments(yamlText(resources, "x"), { version: "1.1" });
  assert.ok(Array.isArray(documents));
  assert.deepEqual(
    documents.map((document) => document.toJS() as object),
    JSON.parse(JSON.stringify(resources)),
  );
}
