// Modules that Istio's own agent fetches over HTTP, for WasmPlugins and for ECDS.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "node:test";
import { type Answer, valuesOf } from "../../tools/rig/exchange.js";
import { repoRoot } from "../../tools/root.js";
import { Agent } from "../support/istio/agent.js";
import type { Resource } from "../support/istio/cluster.js";
import { discoveredFilters } from "../support/istio/filter-chain.js";
import { type Form, generated } from "../support/istio/generated.js";
import { Lab } from "../support/istio/lab.js";

const module = readFileSync(join(repoRoot, "build", "canary.wasm"));
const SHA256 = createHash("sha256").update(module).digest("hex");

const policy = (name: string, failure: string, sha256 = SHA256): string => `apiVersion: tidegate.dev/v1alpha1
kind: PluginPolicy
metadata: { name: ${name}, namespace: default }
spec:
  workload: { labels: { app: app } }
  failure: ${failure}
  plugins:
    - name: canary
      sha256: ${sha256}
      config: { decision_header: x-mark, rules: [{ name: all, arm: ${name} }] }
`;

const mark = ({ upstream }: Answer): string => valuesOf(upstream?.received ?? [], "x-mark").join();

let files: Server;
let lab: Lab;
let asked: string[];
let applied: Resource[] = [];
before(async () => {
  files = createServer(({ url = "" }, response) => {
    asked.push(url);
    response.writeHead(url === "/canary.wasm" ? 200 : 404).end(url === "/canary.wasm" ? module : undefined);
  });
  files.listen(0, "127.0.0.1");
  await once(files, "listening");
  lab = await Lab.start({ startSidecar: (xdsPort) => Agent.start(xdsPort) });
});
after(async () => {
  await lab?.stop();
  files.close();
});

for (const form of ["istio-wasmplugin", "istio-trafficextension", "istio-envoyfilter --ecds"] as Form[]) {
  describe(form, () => {
    afterEach(async () => {
      for (const resource of applied.splice(0)) lab.cluster.remove(resource);
      await lab.expect("inbound", "nothing is left", (answer) => answer.status === 200 && mark(answer) === "");
    });

    async function apply(text: string, path = "canary.wasm"): Promise<void> {
      asked = [];
      const url = `http://127.0.0.1:${(files.address() as AddressInfo).port}/${path}`;
      applied = await generated(form, text, url);
      lab.apply(...applied);
    }

    it("runs what the agent fetched", async () => {
      const name = form.includes("ecds") ? "discovered" : "plugin";
      await apply(policy(name, "open"));
      await lab.expect("inbound", "the plugin runs", (answer) => mark(answer) === name);
      const found = [...(await discoveredFilters(lab.proxy("inbound"))).keys()];
      assert.ok(
        found.some((filter) => filter.includes(name)),
        found.join(", "),
      );
    });

    it("passes requests without a module that is not what its hash says, where failure is open", async () => {
      await apply(policy("wrong", "open", "f".repeat(64)));
      await lab.expect("inbound", "requests pass", ({ status }) => status === 200 && asked.length > 0);
      assert.equal(mark(await lab.send("inbound")), "");
    });

    it("refuses requests without a module that is not there, where failure is closed", async () => {
      await apply(policy("missing", "closed"), "missing.wasm");
      await lab.expect("inbound", "requests are refused", ({ status }) => status === 403);
      assert.ok(asked.includes("/missing.wasm"));
    });
  });
}
