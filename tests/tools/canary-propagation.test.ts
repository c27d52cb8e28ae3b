import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { propagationFaults } from "../../tools/canary/propagation.js";
import type { PolicyDocument, PolicySpec } from "../../tools/policy/model.js";

const LANE = { name: "lanes", lane: { from: { header: "x-lane" }, lanes: ["team"] } };
const SIDECAR: Partial<PolicySpec> = { workload: { labels: { app: "a" } } };
const GATEWAY: Partial<PolicySpec> = { gateway: { name: "g" } };

/** Faults as "place severity code message. remedy", the place counted from the configuration. */
function faults(mode: unknown, spec: Partial<PolicySpec>, rules: object[] = []): string[] {
  const config = { rules, lane_propagation: { mode, group: "shop" } };
  const policy = { spec: { ...spec, plugins: [{ name: "canary", config }] } } as unknown as PolicyDocument;
  return propagationFaults(policy).map(
    ({ path, code, severity, message, remedy }) =>
      `${path.slice(4).join(".")} ${severity ?? "error"} ${code} ${message}. ${remedy}`,
  );
}

const attached = (direction: "inbound" | "outbound"): Partial<PolicySpec> => ({ ...SIDECAR, attach: { direction } });

describe("lane_propagation", () => {
  it("fits the direction", () => {
    assert.deepEqual(faults("inbound", SIDECAR), []);
    assert.deepEqual(faults("inbound", attached("inbound")), []);
    assert.deepEqual(faults("outbound", attached("outbound")), []);
    for (const spec of [GATEWAY, SIDECAR, attached("outbound")]) assert.deepEqual(faults("edge", spec, [LANE]), []);
  });

  it("is refused in the other direction, and in a gateway", () => {
    const mode = "lane_propagation.mode error TG3108 the policy is attached";
    assert.deepEqual(faults("outbound", SIDECAR), [
      `${mode} inbound, where no label is remembered that could be added. Write mode: inbound, or another attach.direction`,
    ]);
    assert.deepEqual(faults("inbound", attached("outbound")), [
      `${mode} outbound, where remembering a label is of no use. Write mode: outbound, or another attach.direction`,
    ]);
    assert.deepEqual(faults("inbound", GATEWAY), [
      `${mode} to a gateway, where remembering a label is of no use. Write mode: edge`,
    ]);
  });

  it("is told to remove all labels when the edge chooses no lane", () => {
    assert.deepEqual(faults("edge", GATEWAY, [{ name: "all", arm: "v1" }]), [
      "lane_propagation warning TG3108 no rule chooses a lane, so that every label is removed. " +
        'Add a rule with "lane", or leave lane_propagation out',
    ]);
  });

  it("leaves what the schema refuses to the schema", () => {
    for (const mode of [undefined, null, 7, "both", ["edge"]]) assert.deepEqual(faults(mode, GATEWAY), []);
    const policy = { spec: { plugins: [{ name: "trace" }] } } as unknown as PolicyDocument;
    assert.deepEqual(propagationFaults(policy), []);
  });
});
