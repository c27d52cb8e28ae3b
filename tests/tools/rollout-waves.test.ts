import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { parse, parseAllDocuments } from "yaml";
import { readWave, waveFaults } from "../../tools/rollout/waves.js";
import type { PolicyDocument } from "../../tools/policy/model.js";
import { assertGolden, goldenFolder } from "./golden-file.js";
import { type Ran, tidegate } from "./memory-io.js";

const folder = mkdtempSync(join(tmpdir(), "tidegate-waves-"));
after(() => rmSync(folder, { recursive: true }));

const POLICY = `apiVersion: tidegate.dev/v1alpha1
kind: PluginPolicy
metadata: { name: reviews, namespace: shop }
spec:
  workload: { labels: { app: reviews } }
  attach: { direction: inbound, ports: [9080, 9081] }
  tracer: none
  moduleUrl: file:///etc/tidegate/{plugin}.wasm
  plugins:
    - { name: trace, config: {} }
    - { name: ratelimit, config: { rules: [{ name: all, quota: { requests: 50, per: second } }] } }
  rollout:
    percent: 10
    salt: 2026-11-limits
    stable: { plugins: [{ name: ratelimit, config: { rules: [{ name: all, quota: { requests: 100, per: second } }] } }] }
`;

interface Filter {
  name: string;
  typed_config: { config: { configuration: { value: string } } };
}
interface EnvoyFilter {
  kind: string;
  metadata: { name: string };
  spec: {
    priority: number;
    workloadSelector: { labels: Record<string, string> };
    configPatches: {
      applyTo: string;
      match: { listener: { portNumber: number; filterChain: { filter: { subFilter: { name: string } } } } };
      patch: { operation: string; value: Filter };
    }[];
  };
}

const waves = (policy: string, ...args: string[]): Promise<Ran> => {
  writeFileSync(join(folder, "policy.yaml"), policy);
  const named = ["--wave", "canary=track:canary", "--wave", "eu=region:eu,zone:a"];
  return tidegate(["rollout", "waves", "-f", "policy.yaml", "--out", "waves", ...(args.length > 0 ? args : named)], { cwd: folder }); // prettier-ignore
};
const written = (step: string): EnvoyFilter[] =>
  parseAllDocuments(readFileSync(join(folder, "waves", step, "resources.yaml"), "utf8")).map(
    (one) => one.toJS() as EnvoyFilter,
  );

/** The filters of a pod, as Istio puts them together: patches by priority, on one port. */
function chainOf(resources: readonly EnvoyFilter[], labels: Record<string, string>): Filter[] {
  const selected = resources.filter(({ spec }) => Object.entries(spec.workloadSelector.labels).every(([key, value]) => labels[key] === value)); // prettier-ignore
  const chain: Filter[] = [];
  for (const { spec } of [...selected].sort((one, other) => one.spec.priority - other.spec.priority)) {
    for (const { match, patch } of spec.configPatches.filter((one) => one.match.listener.portNumber === 9081)) {
      const place = chain.findIndex(({ name }) => name === match.listener.filterChain.filter.subFilter.name);
      if (patch.operation === "INSERT_BEFORE") chain.push(patch.value);
      else if (patch.operation === "REPLACE" && place >= 0) chain[place] = patch.value;
    }
  }
  return chain;
}
const shares = (chain: Filter[]): [string, number][] =>
  chain.map(({ name, typed_config }) => [name, (JSON.parse(typed_config.config.configuration.value) as { rollout: { percent: number } }).rollout.percent]); // prettier-ignore

describe("rollout waves", () => {
  it("let each pod run each plugin once, with the new side in the waves that came and the stable one elsewhere", async () => {
    const { exitCode } = await waves(POLICY);
    assert.equal(exitCode, 0);
    assert.deepEqual(readdirSync(join(folder, "waves")), ["0-prepare", "1-canary", "2-eu", "3-everybody"]);
    const [base, canary, eu, everybody] = ["0-prepare", "1-canary", "2-eu", "3-everybody"].map(written);
    const filters = ["tidegate.shop.reviews.trace", "tidegate.shop.reviews.ratelimit"];
    const chain = (percent: number): [string, number][] => filters.map((name) => [name, percent]);
    const pods = {
      other: { app: "reviews" },
      canary: { app: "reviews", track: "canary" },
      eu: { app: "reviews", region: "eu", zone: "a" },
      both: { app: "reviews", track: "canary", region: "eu", zone: "a" },
    };
    const seen = (...resources: EnvoyFilter[]): object =>
      Object.fromEntries(Object.entries(pods).map(([pod, labels]) => [pod, shares(chainOf(resources, labels))[1]![1]]));
    for (const labels of Object.values(pods)) {
      assert.deepEqual(shares(chainOf([...base!, ...canary!, ...eu!], labels)).map(([name]) => name), filters); // prettier-ignore
    }
    assert.deepEqual(shares(chainOf(base!, pods.canary)), chain(0));
    assert.deepEqual(seen(...base!, ...canary!), { other: 0, canary: 100, eu: 0, both: 100 });
    assert.deepEqual(seen(...base!, ...canary!, ...eu!), { other: 0, canary: 100, eu: 100, both: 100 });
    assert.deepEqual(seen(...everybody!, ...canary!, ...eu!), { other: 100, canary: 100, eu: 100, both: 100 });
    // The last step replaces the first, and taking the waves away after it changes nothing.
    assert.equal(everybody![0]!.metadata.name, base![0]!.metadata.name);
    assert.deepEqual(chainOf(everybody!, pods.both), chainOf([...everybody!, ...canary!, ...eu!], pods.both));
  });

  it("print the plan", async () => {
    const { out, err } = await waves(POLICY);
    assertGolden(join(goldenFolder("golden"), "rollout-waves.plan.txt"), out);
    assert.match(err, /^wrote waves\/0-prepare\/resources\.yaml$/m);
  });

  it("are told apart by labels of pods", async () => {
    const message = async (policy: string, ...args: string[]): Promise<string> => {
      const { exitCode, err } = await waves(policy, ...args);
      return `${exitCode} ${err}`;
    };
    assert.match(
      await message(POLICY, "--wave", "a=app:canary"),
      /^1 policy\.yaml:5:30: error TG3409 the wave a asks for app:/,
    );
    const gateway = POLICY.replace("workload: { labels: { app: reviews } }", "gateway: { name: public }").replace("inbound", "gateway"); // prettier-ignore
    assert.match(await message(gateway), /error TG3409/);
    assert.match(await message(POLICY.replace("tracer: none", "tracer: propagates")), /TG3409 with tracer: propagates/);
    const swapped = POLICY.replace("{ name: trace, config: {} }", "{ name: canary, config: { rules: [] } }").replace("plugins: [{", "plugins: [{ name: trace }, {"); // prettier-ignore
    const [fault] = waveFaults(parse(swapped.replace("tracer: none", "tracer: propagates")) as PolicyDocument, []);
    assert.equal(fault?.path.join("."), "spec.rollout.stable.plugins.0");
    assert.match(await message(POLICY.slice(0, POLICY.indexOf("  rollout"))), /^1 .* TG3407/);
    for (const wave of ["a", "a=b", "A=b:c", "prepare=b:c", "a=b:c,", "a=:c", "a=b:c=d"])
      assert.equal((await waves(POLICY, "--wave", wave)).exitCode, 2, wave);
    assert.equal((await waves(POLICY, "--wave", "a=b:c", "--wave", "a=d:e")).exitCode, 2);
  });

  it("are read from names and labels", () => {
    assert.deepEqual(readWave("eu-1=topology.kubernetes.io/region:eu-west-1,track:canary"), {
      name: "eu-1",
      labels: { "topology.kubernetes.io/region": "eu-west-1", track: "canary" },
    });
    assert.deepEqual(waveFaults(parse(POLICY) as PolicyDocument, [readWave("a=b:c")!]), []);
  });
});
