// What is generated for Istio arrives, by a real istiod, in real Envoys: it runs, in the order written, where it was meant.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { type Answer, valuesOf } from "../../tools/rig/exchange.js";
import { filterChain } from "../support/istio/filter-chain.js";
import { type Form, FORMS, generated } from "../support/istio/generated.js";
import { Lab, type Way } from "../support/istio/lab.js";
import type { Resource } from "../support/istio/cluster.js";

const TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/** Three plugins that each leave a mark: a header of the request, another, and a rejection of what has a third. */
function policyFor(way: Way): string {
  const place =
    way === "gateway"
      ? "  gateway: { labels: { istio: ingressgateway } }"
      : `  workload: { labels: { app: app } }\n  attach: { direction: ${way} }`;
  return `apiVersion: tidegate.dev/v1alpha1
kind: PluginPolicy
metadata: { name: marks, namespace: default }
spec:
${place}
  tracer: none
  plugins:
    - { name: trace, config: { trust: full, span: new } }
    - name: canary
      config: { decision_header: x-mark, rules: [{ name: all, arm: marked }] }
    - name: ratelimit
      config:
        rules:
          - name: none
            match: { headers: [{ name: x-reject, present: true }, { name: x-mark, exact: marked }] }
            quota: { requests: 1, per: day }
`;
}

const isMarked = ({ upstream }: Answer): boolean => valuesOf(upstream?.received ?? [], "x-mark").join() === "marked";

let lab: Lab;
before(async () => void (lab = await Lab.start()));
after(() => lab?.stop());

for (const form of Object.keys(FORMS) as Form[]) {
  for (const way of ["inbound", "outbound", "gateway"] as const) {
    describe(`${form}, ${way}`, () => {
      let resources: Resource[];
      before(async () => {
        resources = await generated(form, policyFor(way));
        lab.apply(...resources);
        await lab.expect(way, "the plugins run", isMarked);
      });
      after(async () => {
        for (const resource of resources) lab.cluster.remove(resource);
        await lab.expect(way, "they are gone", (answer) => answer.status === 200 && !isMarked(answer));
      });

      it("does what it says to requests", async () => {
        const { upstream } = await lab.send(way, [["traceparent", TRACEPARENT]]);
        const [traceparent = ""] = valuesOf(upstream!.received, "traceparent");
        assert.match(traceparent, /^00-0af7651916cd43dd8448eb211c80319c-(?!b7ad6b7169203331)[0-9a-f]{16}-01$/);
      });

      it("runs the plugins in the order written", async () => {
        const chain = await filterChain(lab.proxy(way), lab.ports[way]);
        const ours = chain.flatMap((name) => /\b(trace|canary|ratelimit)\b/.exec(name)?.[0] ?? []);
        assert.deepEqual(ours, ["trace", "canary", "ratelimit"], chain.join(", "));
        assert.equal(chain.at(-1), "envoy.filters.http.router");
        // The limiter counts only what canary has marked before it.
        const reject = [["x-reject", "1"]] as [string, string][];
        await lab.expect(way, "a rejection", ({ status }) => status === 429, reject);
      });

      it("leaves other listeners alone", async () => {
        for (const other of (["inbound", "outbound", "gateway"] as const).filter((one) => one !== way)) {
          const chain = await filterChain(lab.proxy(other), lab.ports[other]);
          assert.ok(chain.length > 0, other);
          const ours = chain.filter((name) => /trace|canary|ratelimit/.test(name));
          assert.deepEqual(ours, [], other);
          assert.equal(isMarked(await lab.send(other)), false, other);
        }
      });

      it("is accepted whole by istiod and Envoy", async () => {
        assert.equal(await lab.istiod.metric(/^pilot_total_xds_rejects/), 0);
        if (form === "istio-wasmplugin") return;
        assert.ok(await isToldApplied(), lab.istiod.log.slice(-2000));
      });
    });
  }
}

/** istiod tells of patches one push later, for which something must change. */
async function isToldApplied(): Promise<boolean> {
  const applied = /^pilot_envoy_filter_status\{name="default\/marks",.*result="applied"/;
  const ports = [{ number: 80, name: "http", protocol: "HTTP" }];
  for (let push = 0; push < 10; push++) {
    if ((await lab.istiod.metric(applied)) > 0) return true;
    const spec = { hosts: [`push-${push}.test`], ports, resolution: "NONE" };
    lab.apply({ apiVersion: "networking.istio.io/v1", kind: "ServiceEntry", metadata: { name: "push" }, spec });
    await delay(1000);
  }
  return false;
}
