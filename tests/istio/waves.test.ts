// Waves of a rollout, by a real istiod in a real Envoy: a proxy of a wave has the new side in the place of the stable one.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Answer } from "../../tools/rig/exchange.js";
import { repoRoot } from "../../tools/root.js";
import { resourcesOf } from "../support/crd-schemas.js";
import type { Resource } from "../support/istio/cluster.js";
import { filterChain } from "../support/istio/filter-chain.js";
import { Lab } from "../support/istio/lab.js";
import { tidegate } from "../tools/memory-io.js";

const marked = (arm: string): string =>
  `{ name: canary, config: { decision_header: x-mark, rules: [{ name: all, arm: ${arm} }], debug: { response_header: x-debug } } }`;

/** Trace is on the new side alone, so that there are places to be kept. */
const POLICY = `apiVersion: tidegate.dev/v1alpha1
kind: PluginPolicy
metadata: { name: marks, namespace: default }
spec:
  workload: { labels: { app: app } }
  tracer: none
  plugins: [{ name: trace, config: { trust: full } }, ${marked("new")}]
  rollout: { percent: 1, salt: a, revert: { enabled: false }, stable: { plugins: [${marked("old")}] } }
`;

describe("waves", () => {
  let lab: Lab;
  let folder: string;
  before(async () => {
    lab = await Lab.start();
    folder = await mkdtemp(join(tmpdir(), "tidegate-waves-"));
    await writeFile(join(folder, "p.yaml"), POLICY);
    const modules = `file://${join(repoRoot, "build")}/{plugin}.wasm`;
    const named = ["--wave", "mine=version:v1", "--wave", "others=version:v9"];
    const args = ["rollout", "waves", "-f", "p.yaml", "--out", "w", "--module-url", modules, ...named];
    const { exitCode, err } = await tidegate(args, { cwd: folder });
    assert.equal(exitCode, 0, err);
  });
  after(async () => {
    await lab?.stop();
    await rm(folder, { recursive: true });
  });

  const step = async (name: string): Promise<Resource[]> =>
    resourcesOf(await readFile(join(folder, "w", name, "resources.yaml"), "utf8"));
  const is =
    (arm: string) =>
    ({ upstream }: Answer): boolean =>
      upstream?.received.some(([name, value]) => name === "x-mark" && value === arm) ?? false;
  const chain = async (): Promise<string[]> =>
    (await filterChain(lab.proxy("inbound"), lab.ports.inbound)).filter((name) => name.startsWith("tidegate."));
  const CHAIN = ["tidegate.default.marks.trace", "tidegate.default.marks.canary"];

  it("bring the new side, with each plugin once, and take it back", async () => {
    lab.apply(...(await step("0-prepare")));
    await lab.expect("inbound", "the stable side", is("old"));
    assert.deepEqual(await chain(), CHAIN);
    lab.apply(...(await step("2-others")));
    const mine = await step("1-mine");
    lab.apply(...mine);
    await lab.expect("inbound", "the new side", is("new"));
    assert.deepEqual(await chain(), CHAIN);
    for (const resource of mine) lab.cluster.remove(resource);
    await lab.expect("inbound", "the stable side again", is("old"));
    assert.deepEqual(await chain(), CHAIN);
    lab.apply(...(await step("3-everybody")));
    await lab.expect("inbound", "the new side for everybody", is("new"));
    lab.apply(...mine);
    await lab.expect("inbound", "no change", is("new"));
    assert.deepEqual(await chain(), CHAIN);
  });
});
