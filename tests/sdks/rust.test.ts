// A plugin on the Rust SDK, which cargo builds: a real Envoy and the Node host run it alike.
import { rustTour, whyNoRust } from "../support/sdks/rust.js";
import { builtTourTests, MORE, TOUR } from "../support/sdks/tour.js";

builtTourTests("rust-tour", whyNoRust(), {
  async subject() {
    const environment = { TOUR: "de France" };
    return { name: "rust-tour", wasm: await rustTour(), rootId: "any", configuration: "good morning", environment };
  },
  visits: [...TOUR, ...MORE],
  counters: { tour_requests: 1 },
});
