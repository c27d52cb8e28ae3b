// Modules that are part of the configuration.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { parse } from "yaml";
import { istioEnvoyFilter } from "../../tools/generate/istio-envoyfilter.js";
import { modulePath } from "../../tools/plugin-folders.js";
import type { PolicyDocument } from "../../tools/policy/model.js";
import { tidegate } from "./memory-io.js";

const POLICY = `apiVersion: tidegate.dev/v1alpha1
kind: PluginPolicy
metadata: { name: reviews }
spec:
  workload: { labels: { app: reviews } }
  moduleUrl: inline
  plugins: [{ name: trace }]
`;

/** All values of a key, however deep. */
function valuesAt(key: string, value: unknown): unknown[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [...(name === key ? [inner] : []), ...valuesAt(key, inner)]);
}

const generate = (...args: string[]) => tidegate(["generate", "-f", "-", "-o", "json", ...args], { stdin: POLICY });

describe("moduleUrl: inline", () => {
  const bytes = readFileSync(modulePath("trace")).toString("base64");

  for (const args of [["istio-envoyfilter"], ["istio-envoyfilter", "--ecds"]]) {
    it(`puts the module that is built here into ${args.join(" ")}`, async () => {
      const { exitCode, out, err } = await generate("-t", ...args);
      assert.equal(exitCode, 0, err);
      assert.deepEqual(valuesAt("code", JSON.parse(out)), [{ local: { inline_bytes: bytes } }]);
    });
  }

  it("does so for plain Envoy by the option, since a policy says where a mesh has its modules from", async () => {
    for (const form of ["bootstrap", "filters"]) {
      const { exitCode, out, err } = await generate("-t", "envoy", "--envoy-form", form, "--module-url", "inline");
      assert.equal(exitCode, 0, err);
      assert.deepEqual(valuesAt("code", JSON.parse(out)), [{ local: { inline_bytes: bytes } }]);
    }
  });

  for (const target of ["istio-wasmplugin", "envoy-gateway", "higress"]) {
    it(`is refused by ${target}, which says what has it`, async () => {
      const { exitCode, out, err } = await generate("-t", target);
      assert.deepEqual({ exitCode, out }, { exitCode: 1, out: "" });
      assert.match(err, /<stdin>:7:13: error TG3008 .* cannot hold a module\. .*generate istio-envoyfilter or envoy/);
    });
  }

  it("needs a module that is built", () => {
    const faults = istioEnvoyFilter.faults(parse(POLICY) as PolicyDocument, { module: () => undefined });
    const found = faults.filter(({ code }) => code === "TG3008").map(({ message }) => message);
    assert.deepEqual(found, ["the module of trace is not built here, so it cannot be put into the configuration"]);
  });
});
