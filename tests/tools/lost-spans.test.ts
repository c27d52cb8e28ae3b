import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { PolicyDocument } from "../../tools/policy/model.js";
import { lostSpansFaults } from "../../tools/trace/lost-spans.js";

/** The findings for spans that go to a cluster, in an Envoy with these upstreams. */
function found(cluster: unknown, upstreams: string[]): string[] {
  const trace = { name: "trace", config: { span: "new", spans: { cluster } } };
  const listed = upstreams.map((name, i) => ({ name, address: "127.0.0.1", port: 81 + i }));
  const spec = { plugins: [trace], envoy: { upstreams: listed } };
  const faults = lostSpansFaults({ spec } as unknown as PolicyDocument);
  return faults.map(({ code, severity, path, message, remedy }) =>
    [severity ?? "error", code, path.join("."), `${message}. ${remedy}`].join(" "),
  );
}

describe("spans in plain Envoy", () => {
  it("go to an upstream", () => {
    assert.deepEqual(found("col", ["app", "col"]), []);
    assert.deepEqual(found("cul", ["app", "col"]), [
      "warning TG3208 spec.plugins.0.config.spans.cluster spans are sent to cul, which plain Envoy has not, " +
        "so they are lost there. Add an upstream named cul to spec.envoy",
    ]);
  });

  it("may be for Istio alone", () => {
    assert.deepEqual(found("outbound|4318||col.ops.svc.cluster.local", ["app"]), []);
    assert.deepEqual(found("col", []), []);
  });

  it("are another's to complain of where they have no cluster", () => {
    assert.deepEqual(found(1, ["app"]), []);
    assert.deepEqual(lostSpansFaults({ spec: { plugins: [] } } as unknown as PolicyDocument), []);
  });
});
