// The rig of envoy-configs/my-plugin in a real Envoy shows what its README says, in two workers as well.
import assert from "node:assert/strict";
import { after, it } from "node:test";
import { TestRig, valuesOf } from "../../tools/rig/test-rig.js";

const NAME = "my-plugin";
/** How the names of its metrics begin. */
const METRICS = "tidegate_my_plugin";
const REQUESTS = 20;
const rig = await TestRig.start(NAME, { workers: 2 });
after(() => rig.stop());

it("tells each response how many both workers have given", async () => {
  for (let i = 0; i < REQUESTS; i++) await rig.get("/");
  let sent = REQUESTS;
  let served = 0;
  for (const end = Date.now() + 10_000; served < REQUESTS && Date.now() < end; sent++) {
    const { headers } = await rig.get("/");
    served = Number(valuesOf(headers, "x-served")[0]);
  }
  assert.ok(served >= REQUESTS && served < sent, `${served} of ${sent}`);
  await rig.metricBecomes(`${METRICS}_responses_total`, sent);
});
