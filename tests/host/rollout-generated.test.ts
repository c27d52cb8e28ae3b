// What the tool predicts of proxies, held against what the release module does with the configuration that it generates.
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { parse } from "yaml";
import { type PluginModule, Proxy } from "../../tools/host/index.js";
import { Places } from "../../tools/rollout/place.js";
import { readStats } from "../../tools/rollout/stats.js";
import { STATES, statusOf } from "../../tools/rollout/status.js";
import { pluginModule } from "../support/plugin-module.js";
import { tidegate } from "../tools/memory-io.js";

const SALT = "2026-11-limits";
const nodeIds = [
  ...Array.from({ length: 200 }, (_, i) => `sidecar~10.0.0.${i}~reviews-${i}.shop~shop.svc.cluster.local`),
  "",
  "ä",
  "x".repeat(1024),
  "x".repeat(1025),
];

const policyText = (percent: number): string => `apiVersion: tidegate.dev/v1alpha1
kind: PluginPolicy
metadata: { name: reviews, namespace: shop }
spec:
  workload: { labels: { app: reviews } }
  moduleUrl: file:///etc/tidegate/{plugin}.wasm
  plugins: [{ name: ratelimit, config: { rules: [{ name: all, quota: { requests: 5, per: second } }] } }]
  rollout: { percent: ${percent}, salt: ${SALT}, stable: { plugins: [] }, revert: { enabled: false } }
`;

let module: PluginModule;
before(async () => void (module = await pluginModule("ratelimit")));

/** The proxies that take the new side, by what their statistics say. */
async function taken(percent: number): Promise<string[]> {
  const { out, err, exitCode } = await tidegate(["generate", "-t", "istio-wasmplugin", "-f", "-"], {
    stdin: policyText(percent),
  });
  assert.equal(exitCode, 0, err);
  const configuration = JSON.stringify((parse(out) as { spec: { pluginConfig: object } }).spec.pluginConfig);
  const proxies = nodeIds.map(async (nodeId) => {
    const proxy = new Proxy({ nodeId });
    const vm = await proxy.createVm(module, { vmId: "ratelimit" });
    assert.ok(vm.startPlugin({ name: "ratelimit", rootId: "ratelimit", configuration }).ok);
    const name = `rollout=.=${SALT};.;tidegate_ratelimit_rollout_state`;
    const stats = readStats(`wasmcustom.${name}: ${proxy.metrics.value(name)}\n`)!;
    const wanted = { percent, salt: SALT, plugins: ["ratelimit"] };
    const { rows, proxies: counts } = statusOf([{ proxy: nodeId, nodeId, stats }], wanted);
    assert.deepEqual([counts.missing, counts.unexpected], [0, 0], `${nodeId} is ${rows[0]!.state}`);
    return rows[0]!.state === STATES[2] ? [nodeId] : [];
  });
  return (await Promise.all(proxies)).flat();
}

describe("the release module", () => {
  it("takes a change in the proxies that the tool says, and in no fewer when the share grows", async () => {
    const places = new Places(SALT);
    const seen: string[][] = [];
    for (const percent of [0, 12.34, 50, 100]) {
      seen.push(await taken(percent));
      assert.deepEqual(seen.at(-1), nodeIds.filter((id) => places.isWithin(id, percent))); // prettier-ignore
      assert.deepEqual((seen.at(-2) ?? []).filter((id) => !seen.at(-1)!.includes(id)), []); // prettier-ignore
    }
    assert.deepEqual([seen[0]!.length, seen[3]!.length], [0, nodeIds.length]);
  });
});
