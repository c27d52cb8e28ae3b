// A plugin on the Go SDK, which Go builds: a real Envoy and the Node host run it alike.
import { goTour, whyNoGo } from "../support/sdks/go.js";
import { builtTourTests, MORE, TOUR } from "../support/sdks/tour.js";

builtTourTests("go-tour", whyNoGo(), {
  async subject() {
    const environment = { TOUR: "de France" };
    return { name: "go-tour", wasm: await goTour(), rootId: "any", configuration: "good morning", environment };
  },
  visits: [...TOUR, ...MORE],
  counters: { tour_requests: 1 },
});
