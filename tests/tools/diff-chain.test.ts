// Policies in another order are another order of plugins, though each is as it was.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { policyDifferences } from "../../tools/diff/policies.js";
import type { PolicyDocument } from "../../tools/policy/model.js";

function policy(name: string, labels: Record<string, string>, order?: number): PolicyDocument {
  return {
    apiVersion: "tidegate.dev/v1alpha1",
    kind: "PluginPolicy",
    metadata: { name },
    spec: { workload: { labels }, plugins: [{ name: "trace" }], ...(order === undefined ? {} : { attach: { order } }) },
  };
}

/** What changes, as lines of `policy: change`. */
function changes(before: PolicyDocument[], after: PolicyDocument[]): string[] {
  return policyDifferences(before, after, new Map()).flatMap(({ subject, changes: all }) =>
    all.map(({ text }) => `${subject}: ${text}`),
  );
}

describe("diff of the order of policies", () => {
  const [a, b, apart] = [policy("a", { app: "x" }), policy("b", { version: "v1" }), policy("c", { app: "y" })];

  it("tells of two that may meet and changed places", () => {
    assert.deepEqual(changes([a, b], [b, a]), ["a: before b -> after b, in proxies that have both"]);
    assert.deepEqual(changes([a, b], [a, b]), []);
  });

  it("tells nothing of two that cannot meet", () => {
    assert.deepEqual(changes([a, apart], [apart, a]), []);
  });

  it("tells what another `order` comes to", () => {
    const early = policy("b", { version: "v1" }, -1);
    assert.deepEqual(changes([a, b], [a, early]).sort(), [
      "a: before b -> after b, in proxies that have both",
      "b: attach: not set -> { order: -1 }",
    ]);
  });
});
