// Plugins written on others' SDKs for AssemblyScript, as the tool builds them: a real Envoy and the Node host run them alike.
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { repoRoot } from "../../tools/root.js";
import { EchoEnvoy } from "../support/policy-envoy.js";
import { compiledSdk } from "../support/sdks/assemblyscript.js";
import { MORE, TOUR, tourTests } from "../support/sdks/tour.js";

const CONFIGURATION = "good morning";

tourTests("solo-tour", {
  async subject() {
    return { name: "solo-tour", wasm: await compiledSdk("solo-tour"), rootId: "tour", configuration: CONFIGURATION };
  },
  visits: TOUR,
  counters: {},
});

tourTests("gcore-tour", {
  async subject() {
    const wasm = await compiledSdk("gcore-tour");
    const environment = { TOUR: "de France" };
    return { name: "gcore-tour", wasm, rootId: "any", configuration: CONFIGURATION, environment };
  },
  visits: [...TOUR, ...MORE],
  counters: { tour_requests: 1 },
});

describe("others' SDKs in one chain, as the generator configures it", { timeout: 60_000 }, () => {
  test("each gets its text and its root id, restricted to what it needs", async () => {
    await Promise.all([compiledSdk("solo-tour"), compiledSdk("gcore-tour")]);
    const envoy = await EchoEnvoy.start({
      plugins: [
        { name: "solo-tour", rootId: "tour", config: "from one" },
        { name: "gcore-tour", config: { from: "the other" } },
      ],
      spec: { failure: "closed" },
      moduleFile: (plugin) => join(repoRoot, "build", "sdks", `${plugin}.wasm`),
    });
    try {
      const { status, headers } = await envoy.send([]);
      assert.equal(status, 200);
      const hellos = headers.filter(([name]) => name === "hello").map(([, value]) => value);
      assert.deepEqual(hellos.sort(), ["from one", '{"from":"the other"}']);
    } finally {
      await envoy.stop();
    }
  });
});
