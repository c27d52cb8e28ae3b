// The rig of envoy-configs/my-plugin in a real Envoy shows what its README says.
import assert from "node:assert/strict";
import { after, it } from "node:test";
import { TestRig, valuesOf } from "../../tools/rig/test-rig.js";

const NAME = "my-plugin";
/** How the names of its metrics begin. */
const METRICS = "tidegate_my_plugin";
const rig = await TestRig.start(NAME);
after(() => rig.stop());

it("lets who has a key pass under its name, without the key", async () => {
  const { status, upstream } = await rig.get("/", { authorization: "Bearer ada-0123456789abcdef", "x-user": "root" });
  assert.equal(status, 200);
  assert.deepEqual(valuesOf(upstream?.received ?? [], "x-user"), ["ada"]);
  assert.deepEqual(valuesOf(upstream?.received ?? [], "authorization"), []);
  await rig.metricBecomes(`${METRICS}_allowed_total`, 1);
});

it("answers 401 to who has none", async () => {
  const { status, headers, upstream } = await rig.get("/", { authorization: "Bearer nobody-0123456789" });
  assert.equal(status, 401);
  assert.deepEqual(valuesOf(headers, "www-authenticate"), [`Bearer realm="${NAME}"`]);
  assert.equal(upstream, undefined);
  await rig.metricBecomes(`${METRICS}_rejected_total`, 1);
});
