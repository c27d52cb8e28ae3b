// The rig of envoy-configs/my-plugin in a real Envoy shows what its README says. Its upstreams answer with the status that
// a path such as /status/403 names, and late when it is /delay/500: both, so what the checker says must come first.
import assert from "node:assert/strict";
import { after, it } from "node:test";
import { TestRig } from "../../tools/rig/test-rig.js";

const NAME = "my-plugin";
/** How the names of its metrics begin. */
const METRICS = "tidegate_my_plugin";
const rig = await TestRig.start(NAME);
after(() => rig.stop());

it("lets a request pass that the checker allows", async () => {
  const { status, upstream } = await rig.get("/");
  assert.equal(status, 200);
  assert.equal(upstream?.name, "app");
});

it("answers a request that the checker refuses", async () => {
  for (const [path, expected] of Object.entries({ "/status/403": 403, "/status/401": 401, "/status/404": 403 })) {
    const { status, upstream } = await rig.get(path);
    assert.equal(status, expected, path);
    assert.equal(upstream, undefined, path);
  }
});

it("lets a request pass when the checker is late or broken", async () => {
  assert.equal((await rig.get("/delay/500")).upstream?.name, "app");
  assert.equal((await rig.get("/status/500")).upstream?.name, "app");
  await rig.metricBecomes(`${METRICS}_unanswered_total`, 2);
  await rig.metricBecomes(`${METRICS}_allowed_total`, 3);
  await rig.metricBecomes(`${METRICS}_rejected_total`, 3);
});
