// A plugin on the Rust SDK, which cargo builds: a real Envoy and the Node host run it alike.
import assert from "node:assert/strict";
import { test } from "node:test";
import { rustTour, whyNoRust } from "../support/sdks/rust.js";
import { MORE, TOUR, tourTests } from "../support/sdks/tour.js";

const why = whyNoRust();
if (why === undefined) {
  tourTests("rust-tour", {
    async subject() {
      const environment = { TOUR: "de France" };
      return { name: "rust-tour", wasm: await rustTour(), rootId: "any", configuration: "good morning", environment };
    },
    visits: [...TOUR, ...MORE],
    counters: { tour_requests: 1 },
  });
} else {
  test("a plugin on the Rust SDK", { skip: process.env["CI"] === "true" ? false : why }, () => assert.fail(why));
}
