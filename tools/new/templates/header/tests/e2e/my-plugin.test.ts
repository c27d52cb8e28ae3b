// The rig of envoy-configs/my-plugin in a real Envoy shows what its README says.
import assert from "node:assert/strict";
import { after, it } from "node:test";
import { TestRig, valuesOf } from "../../tools/rig/test-rig.js";

const NAME = "my-plugin";
/** How the names of its metrics begin. */
const METRICS = "tidegate_my_plugin";
const rig = await TestRig.start(NAME);
after(() => rig.stop());

it("writes its header into the upstream's answer", async () => {
  const { status, headers, upstream } = await rig.get("/");
  assert.equal(status, 200);
  assert.deepEqual(valuesOf(headers, "x-hello"), ["world"]);
  assert.equal(upstream?.name, "app");
  await rig.metricBecomes(`${METRICS}_written_total`, 1);
});
