// What is wrong is seen to be wrong: the tests beside this one could fail.
import assert from "node:assert/strict";
import { after, afterEach, before, it } from "node:test";
import { type Answer, valuesOf } from "../../tools/rig/exchange.js";
import type { Resource } from "../support/istio/cluster.js";
import { filterChain } from "../support/istio/filter-chain.js";
import { generated } from "../support/istio/generated.js";
import { Lab } from "../support/istio/lab.js";
import { until } from "../support/until.js";

const policy = (app: string, plugins: string[]): string => `apiVersion: tidegate.dev/v1alpha1
kind: PluginPolicy
metadata: { name: controls, namespace: default }
spec:
  workload: { labels: { app: ${app} } }
  tracer: none
  plugins:
${plugins.map((plugin) => `    - ${plugin}\n`).join("")}`;

const CANARY = "{ name: canary, config: { decision_header: x-mark, rules: [{ name: all, arm: marked }] } }";
const TRACE = "{ name: trace, config: { trust: full } }";

const isMarked = ({ upstream }: Answer): boolean => valuesOf(upstream?.received ?? [], "x-mark").join() === "marked";

let lab: Lab;
let applied: Resource[] = [];
before(async () => void (lab = await Lab.start()));
after(() => lab?.stop());
afterEach(async () => {
  for (const resource of applied.splice(0)) lab.cluster.remove(resource);
  await lab.expect("inbound", "nothing is left", (answer) => answer.status === 200 && !isMarked(answer));
});

function apply(resources: Resource[]): void {
  applied = resources;
  lab.apply(...resources);
}

/** The same resources with a text in them changed. */
function changed(resources: Resource[], from: string, to: string): Resource[] {
  const text = JSON.stringify(resources);
  assert.ok(text.includes(from), `${from} in ${text}`);
  return JSON.parse(text.replaceAll(from, to)) as Resource[];
}

it("an Envoy refuses a module that is not there, and keeps what it had", async () => {
  const good = await generated("istio-envoyfilter", policy("app", [CANARY]));
  apply(good);
  await lab.expect("inbound", "the plugin runs", isMarked);
  lab.apply(...changed(good, "canary.wasm", "nowhere.wasm"));
  const rejects = (): Promise<number> => lab.istiod.metric(/^pilot_total_xds_rejects\{type="lds"\}/);
  await until("Envoy refuses it", 20_000, async () => (await rejects()) > 0);
  assert.ok(isMarked(await lab.send("inbound")));
});

it("a filter that another is put before must be there", async () => {
  const good = await generated("istio-envoyfilter", policy("app", [CANARY]));
  apply(good);
  await lab.expect("inbound", "the plugin runs", isMarked);
  lab.apply(...changed(good, '"subFilter":{"name":"envoy.filters.http.router"}', '"subFilter":{"name":"nowhere"}'));
  await lab.expect("inbound", "the plugin is gone", (answer) => !isMarked(answer));
});

it("another workload's policy does not arrive", async () => {
  // The second tells that the first has been read.
  apply([
    ...(await generated("istio-envoyfilter", policy("other", [CANARY]))),
    ...changed(await generated("istio-envoyfilter", policy("app", [TRACE])), '"name":"controls"', '"name":"mine"'),
  ]);
  const traced = ({ upstream }: Answer): boolean => valuesOf(upstream?.received ?? [], "traceparent").length === 1;
  assert.equal(isMarked(await lab.expect("inbound", "the other runs", traced)), false);
});

it("another order is another chain", async () => {
  for (const order of [
    [TRACE, CANARY],
    [CANARY, TRACE],
  ]) {
    apply(await generated("istio-envoyfilter", policy("app", order)));
    const wanted = order.map((plugin) => /name: (\w+)/.exec(plugin)![1]);
    const chain = async (): Promise<string[]> =>
      (await filterChain(lab.proxy("inbound"), lab.ports.inbound)).flatMap((name) => /trace$|canary$/.exec(name) ?? []);
    await until(`${wanted.join()}`, 20_000, async () => (await chain()).join() === wanted.join());
  }
});
