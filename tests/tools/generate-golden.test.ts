import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { parseAllDocuments } from "yaml";
import { formatFinding } from "../../tools/errors.js";
import { FORMS, TARGETS } from "../../tools/generate/targets.js";
import { jsonText, yamlText } from "../../tools/generate/text.js";
import type { Target } from "../../tools/generate/target.js";
import { type CheckedPolicy, findingsOf, PolicyChecker } from "../../tools/validate/policies.js";
import { assertGolden, goldenFolder } from "./golden-file.js";

/** Plugins that take any configuration: these tests are about what surrounds it. */
const catalog = new Map(["trace", "ratelimit", "canary"].map((name) => [name, { name, schema: { type: "object" } }]));
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
        if (!canExpress(target, policies)) return assert.ok(!existsSync(out), out);
        const resources = policies.flatMap(({ policy }) => [
          ...(target.routes?.generate(policy) ?? []),
          ...target.generate(policy, optionsOf(target)),
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

function canExpress(target: Target, policies: CheckedPolicy[]): boolean {
  const faults = policies.flatMap(({ policy }) => [
    ...(target.routes?.faults(policy) ?? []),
    ...target.faults(policy, optionsOf(target)),
  ]);
  return !(target.single && policies.length > 1) && faults.every(({ severity }) => severity === "warning");
}

function optionsOf(target: Target): { moduleUrl?: string } {
  return target.single ? FILES : {};
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
