// Plugins written on others' SDKs for AssemblyScript, as the tool builds them: a real Envoy and the Node host run them alike.
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
