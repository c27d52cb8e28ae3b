// Whatever a sound policy says, each target says what it cannot do, or makes what its kind takes.
import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatFinding } from "../../tools/errors.js";
import { ageFaults } from "../../tools/generate/host.js";
import { inWords } from "../../tools/generate/in-words.js";
import type { ModuleOptions } from "../../tools/generate/module-source.js";
import type { Target } from "../../tools/generate/target.js";
import { FORMS, TARGETS } from "../../tools/generate/targets.js";
import { yamlText } from "../../tools/generate/text.js";
import { checkResources } from "../../tools/istio/check.js";
import type { PolicyDocument, PolicySpec } from "../../tools/policy/model.js";
import { parseYaml } from "../../tools/policy/yaml-documents.js";
import { checks, faultsOf, ownSchemas, resourcesOf } from "../support/crd-schemas.js";

/** Of all targets together 10,000. */
const RUNS_A_TARGET = 1_250;
const SEED = 20261121;
/** Of so many that are generated one is looked into. */
const EACH = 8;
const SHA = "0123456789abcdef".repeat(4);

const name = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,20}[a-z0-9])?$/);
const labels = fc.dictionary(fc.constantFrom("app", "higress", "istio", "n", "version"), fc.string({ maxLength: 63 }), {
  minKeys: 1,
});
const place = fc.oneof<fc.Arbitrary<Partial<PolicySpec>>[]>(
  fc.record({ workload: fc.record({ labels }) }),
  fc.record({ gateway: fc.record({ labels }) }),
  fc.constant({ gateway: { labels: { app: "higress-gateway" } } }),
  fc.record({ gateway: fc.record({ name }) }),
  fc.record({ gateway: fc.record({ httpRoute: name }) }),
  fc.constant({ allowNamespaceWide: true }),
);
const url = fc.constantFrom(
  "file:///etc/{plugin}.wasm",
  "http://modules.example/{plugin}.wasm",
  "https://u:p@modules.example:8443/a%20b/{plugin}.wasm?x=1#y",
  "oci://registry.example/{plugin}:1",
  `oci://registry.example:5000/{plugin}@sha256:${SHA}`,
);
const attach = fc.record(
  {
    direction: fc.constantFrom("inbound" as const, "outbound" as const),
    ports: fc.uniqueArray(fc.integer({ min: 1, max: 65535 }), { minLength: 1, maxLength: 3 }),
    phase: fc.constantFrom("authn" as const, "authz" as const, "stats" as const, "last" as const),
    order: fc.integer({ min: -1000, max: 1000 }),
  },
  { requiredKeys: [] },
);
const config = fc
  .dictionary(fc.string(), fc.jsonValue())
  .map((value) => JSON.parse(JSON.stringify(value)) as Record<string, unknown>); // JSON has no -0
const disabledFor = fc.record(
  { hosts: fc.subarray(["a.example", "*.a.example", "b.example"], { minLength: 1 }), routes: fc.constant(["health"]) },
  { requiredKeys: [] },
);
const seldomDisabled = fc.oneof(
  { weight: 24, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.record({ disabledFor }) },
);
const failing = fc.record(
  {
    failure: fc.constantFrom("open" as const, "closed" as const, "reload" as const),
    reload: fc.record({ baseInterval: fc.constantFrom("10ms", "1500ms", "99m") }),
    capabilities: fc.constantFrom("restricted" as const, "all" as const),
  },
  { requiredKeys: [] },
);
const seldomOwn = fc.oneof({ weight: 4, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: failing });
const plugins = fc
  .subarray(["trace", "ratelimit", "canary"], { minLength: 1 })
  .chain((names) =>
    fc.tuple(
      ...names.map((one) =>
        fc
          .tuple(
            fc.record({ name: fc.constant(one), config, sha256: fc.constant(SHA) }, { requiredKeys: ["name"] }),
            seldomDisabled,
            seldomOwn,
          )
          .map(([use, ...more]) => Object.assign({}, use, ...more) as PolicySpec["plugins"][number]),
      ),
    ),
  );
/** Each of these is more than some target has. */
const attached = fc.record(
  {
    attach,
    failure: fc.constantFrom("open" as const, "closed" as const, "reload" as const),
    capabilities: fc.constantFrom("restricted" as const, "all" as const),
    tracer: fc.constantFrom("none" as const, "reports" as const, "propagates" as const),
  },
  { requiredKeys: [] },
);
const spec = fc
  .tuple(
    place,
    fc.record({ plugins, moduleUrl: url }, { requiredKeys: ["plugins"] }),
    fc.oneof({ weight: 1, arbitrary: fc.constant({}) }, { weight: 2, arbitrary: attached }),
  )
  .map((parts) => Object.assign({}, ...parts) as PolicySpec);
const policies: fc.Arbitrary<PolicyDocument> = fc.record({
  apiVersion: fc.constant("tidegate.dev/v1alpha1" as const),
  kind: fc.constant("PluginPolicy" as const),
  metadata: fc.record({ name, namespace: name }, { requiredKeys: ["name"] }),
  spec,
});
const MODULE = {
  sha256: SHA,
  bytes: new Uint8Array(),
  imports: ["env.proxy_log"],
  exports: ["proxy_on_log", "proxy_abi_version_0_2_1", "malloc", "memory"],
};
const version = fc.tuple(fc.integer({ min: 1, max: 2 }), fc.nat(50), fc.nat(9)).map((numbers) => numbers.join("."));
const options: fc.Arbitrary<ModuleOptions> = fc.record(
  {
    envoyVersion: version,
    istioVersion: version,
    gatewayVersion: version,
    module: fc.constantFrom(
      () => MODULE,
      () => undefined,
    ),
  },
  { requiredKeys: [] },
);

describe("any policy", () => {
  const by = checks(ownSchemas());
  for (const [i, target] of [...TARGETS, ...Object.values(FORMS)].entries()) {
    it(`as ${target.name} has findings that say what to do, or is what its kind takes`, async () => {
      const texts: string[] = [];
      let generated = 0;
      fc.assert(
        fc.property(policies, options, (policy, versions) => {
          const text = assertSound(target, policy, versions);
          if (text !== undefined && generated++ % EACH === 0) texts.push(text);
        }),
        { numRuns: RUNS_A_TARGET, seed: SEED + i },
      );
      assert.ok(generated > RUNS_A_TARGET / 200, `only ${generated} generated`);
      if (target.inKubernetes) await assertNoPitfall(texts);
    });
  }

  /** @returns what the target made, undefined when it made nothing. */
  function assertSound(target: Target, policy: PolicyDocument, versions: ModuleOptions): string | undefined {
    const faults = [...ageFaults(target.host, versions), ...target.faults(policy, versions)];
    for (const { message, remedy } of faults) assert.ok(message.length > 0 && remedy, message);
    if (faults.some(({ severity }) => severity !== "warning")) return undefined;
    assert.match(inWords([policy], target, versions), /^[^\n]+ as [^\n]+\n {2}order/);
    const resources = target.generate(policy, versions);
    const text = yamlText(resources, "Any.");
    const read = resourcesOf(text);
    assert.deepEqual(read, JSON.parse(JSON.stringify(resources)));
    for (const resource of target.inKubernetes ? read : []) assert.deepEqual(faultsOf(resource, by), []);
    return text;
  }

  /** What is generated has none of the faults that Istio's own checks miss. Rules of policies keep its ports out. */
  async function assertNoPitfall(texts: readonly string[]): Promise<void> {
    const documents = texts.flatMap((text) => parseYaml("r", text).documents);
    const { findings } = await checkResources(documents, { catalog: new Map() });
    const faults = findings.filter(({ severity, code }) => severity === "error" && code !== "TG3706");
    assert.deepEqual(faults.map(formatFinding), []);
    assert.ok(texts.length > 0);
  }
});
