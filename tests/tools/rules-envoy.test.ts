import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { PolicyDocument } from "../../tools/policy/model.js";
import { envoyFaults } from "../../tools/policy/rules-envoy.js";

describe("fetched lists in plain Envoy", () => {
  it("come from upstreams", () => {
    const found = (cluster: string): string[] => {
      const lists = { t: { fetch: { cluster, authority: "lists", path: "/" } } };
      const upstreams = ["v1", "lists"].map((name, i) => ({ name, address: "127.0.0.1", port: 81 + i }));
      const spec = { plugins: [{ name: "canary", config: { lists } }], envoy: { upstreams } };
      const faults = envoyFaults({ spec } as unknown as PolicyDocument);
      const ofLists = faults.filter(({ code }) => code !== "TG3009");
      return ofLists.map(({ code, severity, message }) => `${severity} ${code} ${message}`);
    };
    assert.deepEqual(found("lists"), []);
    assert.deepEqual(found("outbound|80||lists.ops.svc.cluster.local"), []);
    const message = "the list t is fetched from ops, which plain Envoy has not, so it stays empty there";
    assert.deepEqual(found("ops"), [`warning TG3109 ${message}`]);
  });
});
